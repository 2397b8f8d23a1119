"""The queue and its panel: by visit, narrowed, taken, given in bulk, and whole whatever is missing."""

import json
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from clinic import clock
from clinic.errors import Invalid
from clinic.models import Site, User
from clinic.policy import Role
from insurance import accepted, assigning, papers
from insurance.models import AcceptedPlan, Coverage, InsurancePaper, Payer, SelfPay, Verification
from insurance.money_words import answer as eligible
from insurance.queue import Queue, filters
from insurance.verification import agree_self_pay, claim, open_check
from patients.models import Patient
from tests import build
from tests.insurance.conftest import answer

pytestmark = pytest.mark.usefixtures("on_20_january")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def clerk(client: Client, insurance_admin: User) -> Client:
    client.force_login(insurance_admin)
    return client


def said(response: Any) -> str:
    return response.content.decode().replace("\u00a0", " ")


def with_check(site: Site, by: User, name: str, visit: datetime | None = None, **more: Any) -> Verification:
    check = open_check(patient_id=build.patient(site, given_name=name).pk, leg="medical", by=by, **more)
    Verification.objects.filter(pk=check.pk).update(next_visit_at=visit, next_visit_kind="infusion" if visit else "")
    return check


def test_the_soonest_visit_comes_first_and_no_visit_last(clerk: Client, site: Site, insurance_admin: User) -> None:
    with_check(site, insurance_admin, "Ann", due_on=date(2027, 1, 15))
    with_check(site, insurance_admin, "Zoe", build.moment(site, "2027-01-22"))
    with_check(site, insurance_admin, "Mia", build.moment(site, "2027-01-20", "16:00"))
    page = said(clerk.get("/insurance/"))
    assert page.index("Mia Torres") < page.index("Zoe Torres") < page.index("Ann Torres")
    for words in ("Today, Wed 20 Jan", "Fri 22 Jan", "No visit booked", "16:00", "ask for the plan", "Late</span>"):
        assert words in page
    week = said(clerk.get("/insurance/?show=week"))
    assert ("Zoe Torres" in week, "Ann Torres" in week) == (True, False)


def test_filters_by_payer_leg_and_self_pay(
    clerk: Client, site: Site, patient: Patient, plan: Coverage, check: Verification, insurance_admin: User
) -> None:
    with_check(site, insurance_admin, "Ann")
    agree_self_pay(patient_id=build.patient(site, given_name="Joel").pk, reason="No plan", by=insurance_admin)
    by_payer = said(clerk.get(f"/insurance/?payer={plan.payer_id}"))
    assert ("Maya Torres" in by_payer, "Ann Torres" in by_payer) == (True, False)
    assert "Maya Torres" not in said(clerk.get("/insurance/?leg=behavioral"))
    assert "Maya Torres" in said(clerk.get("/insurance/?payer=nonsense&leg=nonsense&show=nonsense&check=nonsense"))
    selves = said(clerk.get("/insurance/?show=self-pay"))
    assert ("Joel Torres" in selves, "Estimate to give" in selves, "Maya Torres" in selves) == (True, True, False)


def test_another_site_is_shown_where_one_works_there_too(
    client: Client, site: Site, other_site: Site, insurance_admin: User
) -> None:
    both = build.user(Role.INSURANCE_ADMIN, at=site)
    with_check(other_site, build.user(Role.INSURANCE_ADMIN, at=other_site), "Lena")
    client.force_login(both)
    assert "Lena Torres" not in said(client.get("/insurance/?at=all"))
    both.memberships.create(site=other_site, role=Role.INSURANCE_ADMIN)
    everywhere = said(client.get("/insurance/?at=all"))
    assert ("Lena Torres" in everywhere, "All my sites" in everywhere) == (True, True)


def test_a_statement_that_was_asked_before_is_asked_for_this_user_and_site(site: Site, insurance_admin: User) -> None:
    """The list and its counts are composed once a process, and asked of everybody."""
    away = build.site("Harbor")
    assert away.zone is site.zone, "so the same statement serves both"
    for at, by in ((site, insurance_admin), (site, build.user(Role.INSURANCE_ADMIN, at=site)), (away, None)):
        who = by or build.user(Role.INSURANCE_ADMIN, at=at)
        check = claim(verification_id=with_check(at, who, "Ann").pk, by=who)
        asked = Queue(who, at, [at])
        assert [one.pk for one in asked.checks(filters(at.zone)["mine"])[0:9]] == [check.pk]
        assert asked.counts()["mine"] == 1
    everywhere = Queue(insurance_admin, site, [site, away])
    assert (everywhere.counts()["open"], Queue(insurance_admin, site, [site]).counts()["open"]) == (3, 2)


def test_the_queue_and_its_panel_cost_the_same_for_one_and_for_three(
    clerk: Client, site: Site, payer: Payer, insurance_admin: User
) -> None:
    costs = []
    for number in range(3):
        person = build.patient(site, family_name=f"Person {number}")
        Coverage.objects.create(patient=person, payer=payer, plan_name="Choice")
        check = open_check(patient_id=person.pk, leg="medical", by=insurance_admin)
        answer(check, "needs_info", insurance_admin)
        clerk.get("/insurance/")
        asked = []
        for address in ("/insurance/", f"/insurance/checks/{check.pk}/panel/"):
            with CaptureQueriesContext(connection) as seen:
                assert clerk.get(address, headers=HTMX).status_code == 200
            asked.append(len(seen))
        costs.append(asked)
    assert costs[0] == costs[2]
    assert costs[0][0] <= 8, "as docs/performance.md says, frame and navigation included"


# Nothing that is missing takes a page down ---------------------------------------------------------------------


def retired(check: Verification) -> None:
    Payer.objects.update(is_active=False)


def nameless(check: Verification) -> None:
    Coverage.objects.update(member_id="", plan_name="")


def planless(check: Verification) -> None:
    Verification.objects.update(coverage=None)


def failed(check: Verification) -> None:
    Verification.objects.update(state="error", note="AAA 42: the payer’s system is down.")


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (retired, "Tidewater Mutual is no longer used."),
        (nameless, "No member id."),
        (planless, "No plan on file."),
        (failed, "The last check failed."),
    ],
)
def test_a_page_stands_whatever_is_missing_and_says_what_to_do(
    clerk: Client, check: Verification, broken: Any, words: str
) -> None:
    broken(check)
    for address in (
        "/insurance/",
        f"/insurance/?check={check.pk}",
        f"/insurance/checks/{check.pk}/",
        f"/insurance/patients/{check.patient_id}/",
    ):
        assert clerk.get(address).status_code == 200
    shown = clerk.get(f"/insurance/checks/{check.pk}/panel/", headers=HTMX)
    assert shown.status_code == 200
    assert words in said(shown)
    assert said(shown).count("No photo") == 2


def test_checks_of_a_payer_that_is_no_longer_used_can_still_be_found(
    clerk: Client, check: Verification, payer: Payer
) -> None:
    Payer.objects.filter(pk=payer.pk).update(is_active=False)
    page = said(clerk.get(f"/insurance/?payer={payer.pk}"))
    assert (f"{payer.name}, no longer used" in page, check.patient.name in page) == (True, True)


# The panel -----------------------------------------------------------------------------------------------------


def test_a_call_is_written_down_beside_the_list(clerk: Client, check: Verification, plan: Coverage) -> None:
    address = f"/insurance/checks/{check.pk}/panel/?show=mine"
    call = {"state": "active", "method": "phone", "representative": "Corinne", "coverage": str(plan.pk)}
    bad = clerk.post(address, call, headers=HTMX)
    assert (bad.status_code, "Write the call reference" in said(bad), 'value="Corinne"' in said(bad)) == (
        422, True, True,
    )  # fmt: skip
    benefits = {
        "in_network": "yes", "deductible": "2500", "deductible_met": "1890", "coinsurance_percent": "20",
        "out_of_pocket": "6000", "out_of_pocket_met": "1890", "visit_limit": "20", "visits_used": "3",
        "referral_required": "no", "telehealth_covered": "yes", "exclusions": "Off-label use",
        "plan_begins": "2027-01-01", "plan_ends": "2027-12-31", "other_insurance": "None known",
    }  # fmt: skip
    done = clerk.post(address, call | benefits | {"reference": "70-4418"}, headers=HTMX)
    assert json.loads(done["HX-Trigger"]) == {"toast": "Written down.", "queue-changed": {}}
    for words in (
        "$2,500, $610 left", "$6,000, $4,110 left", "3 of 20 used", "Off-label use", "reference 70-4418",
        "From 1 Jan 2027 to 31 Dec 2027", "Eligible", "$610 of the $2,500 deductible first, then 20 %.",
    ):  # fmt: skip
        assert words in said(done)
    assert 'href="/insurance/?show=mine"' in said(done)


def test_an_answer_that_ran_out_is_not_shown_as_good_and_can_be_asked_again(
    clerk: Client, site: Site, check: Verification, plan: Coverage, insurance_admin: User
) -> None:
    answer(check, "active", insurance_admin)
    with clock.at(build.moment(site, "2027-02-02", "09:00")):
        row = said(clerk.get("/insurance/?show=verified"))
        assert ("Ran out 31 Jan" in row, "check again" in row, "ek-ok" in row) == (True, True, False)
        shown = said(clerk.get(f"/insurance/checks/{check.pk}/panel/", headers=HTMX))
        again = f"/insurance/patients/{check.patient_id}/check/?leg={check.leg}&amp;coverage={plan.pk}"
        assert again in shown
        asked = said(clerk.get(again.replace("&amp;", "&")))
        open_check(patient_id=check.patient_id, leg=check.leg, coverage_id=plan.pk, by=insurance_admin)
        assert "check again" not in said(clerk.get("/insurance/?show=verified"))
    assert f'value="{plan.pk}" selected' in asked


def test_the_panel_by_its_address_is_the_whole_queue(clerk: Client, check: Verification) -> None:
    sent = clerk.get(f"/insurance/checks/{check.pk}/panel/?show=mine", follow=True)
    assert sent.request["QUERY_STRING"] == f"show=mine&check={check.pk}"
    assert "Who was asked" in said(sent)


def test_taking_and_giving_from_the_panel(
    clerk: Client, site: Site, check: Verification, insurance_admin: User
) -> None:
    other = build.user(Role.INSURANCE_ADMIN, at=site, name="Dele Adeyemi")
    taken = clerk.post(f"/insurance/checks/{check.pk}/claim/", headers=HTMX)
    assert "Maya Torres is yours." in taken["HX-Trigger"]
    given = clerk.post(f"/insurance/checks/{check.pk}/hand-over/", {"to": str(other.pk)}, headers=HTMX)
    assert "given to Dele Adeyemi" in said(given)
    check.refresh_from_db()
    assert check.owner == other


# Bulk ----------------------------------------------------------------------------------------------------------


def test_given_in_bulk_and_what_changed_meanwhile_is_named(
    clerk: Client, site: Site, plan: Coverage, check: Verification, insurance_admin: User
) -> None:
    other = build.user(Role.INSURANCE_ADMIN, at=site, name="Dele Adeyemi")
    rest, taken = with_check(site, insurance_admin, "Zoe"), with_check(site, insurance_admin, "Mia")
    claim(verification_id=taken.pk, by=insurance_admin)  # after the list was shown
    answer(check, "active", insurance_admin)
    ticked = [f"{one.pk}/" for one in (check, rest, taken)] + ["nonsense"]
    page = said(clerk.post("/insurance/checks/give/", {"checks": ticked, "to": str(other.pk)}, follow=True))
    assert "1 given to Dele Adeyemi." in page
    assert "Maya Torres, medical: closed meanwhile, verified, active." in page
    assert "Mia Torres, medical: " in page
    rest.refresh_from_db()
    taken.refresh_from_db()
    assert (rest.owner, taken.owner) == (other, insurance_admin)
    nothing = said(clerk.post("/insurance/checks/give/", {"to": str(other.pk)}, follow=True))
    assert "Choose at least one check." in nothing


def test_nothing_is_given_to_who_may_not_verify_nor_at_another_site(
    site: Site, other_site: Site, check: Verification, insurance_admin: User, nurse: User
) -> None:
    done = assigning.assign(seen={check.pk: None}, to=nurse, by=insurance_admin)
    assert (done.given, "may not verify benefits" in done.left[0]) == (0, True)
    stranger = build.user(Role.INSURANCE_ADMIN, at=other_site)
    assert assigning.assign(seen={check.pk: None}, to=stranger, by=stranger) == assigning.Assigned(0, ())


# Plans we take, papers, eligible -------------------------------------------------------------------------------


def test_the_line_of_a_plan_counts_before_that_of_its_payer(
    clerk: Client, site: Site, other_site: Site, plan: Coverage, check: Verification
) -> None:
    sent = {"payer": str(plan.payer_id), "standing": "in"}
    assert clerk.post("/insurance/plans/", sent).status_code == 302
    assert accepted.chips(site, [plan])[plan.pk] == ("ok", "In network")
    clerk.post("/insurance/plans/", sent | {"plan_name": "CHOICE 2500", "standing": "not"})
    assert accepted.chips(site, [plan])[plan.pk] == ("stop", "Not accepted here")
    assert accepted.chips(other_site, [plan]) == {}
    assert "Not accepted here" in said(clerk.get("/insurance/"))
    clerk.post("/insurance/plans/", sent | {"plan_name": "choice 2500", "standing": "accepted"})
    assert AcceptedPlan.objects.count() == 2
    clerk.post(f"/insurance/plans/{AcceptedPlan.objects.get(standing='accepted').pk}/drop/")
    assert AcceptedPlan.objects.get().standing == "in"


def test_a_payer_is_written_down_with_its_numbers(clerk: Client, payer: Payer) -> None:
    numbers = {"name": "Tidewater Mutual", "payer_id": "TWM01", "timely_filing_days": "90", "is_active": "on"}
    assert clerk.post(f"/insurance/payers/{payer.pk}/details/", numbers).status_code == 302
    payer.refresh_from_db()
    assert (payer.payer_id, payer.timely_filing_days) == ("TWM01", 90)
    twice = clerk.post("/insurance/payers/new/", numbers)
    assert (twice.status_code, "on the list already" in said(twice)) == (422, True)


def photo() -> bytes:
    kept = BytesIO()
    Image.new("RGB", (600, 400), "white").save(kept, "PNG")
    return kept.getvalue()


@pytest.mark.parametrize(("content", "kind"), [(b"%PDF-1.7 letter", "application/pdf"), (photo(), "image/jpeg")])
def test_a_paper_is_filed_shown_and_taken_back(clerk: Client, check: Verification, content: bytes, kind: str) -> None:
    sent = {"title": "Approval letter", "paper": SimpleUploadedFile("letter", content)}
    assert clerk.post(f"/insurance/checks/{check.pk}/paper/", sent).status_code == 302
    paper = InsurancePaper.objects.get()
    shown = clerk.get(f"/insurance/papers/{paper.pk}/")
    assert (shown["Content-Type"], shown["X-Content-Type-Options"]) == (kind, "nosniff")
    assert "Approval letter" in said(clerk.get(f"/insurance/checks/{check.pk}/panel/", headers=HTMX))
    clerk.post(f"/insurance/papers/{paper.pk}/error/", {"reason": "Another patient’s"})
    assert not papers.on_file(check.patient).exists()
    assert clerk.get(f"/insurance/papers/{paper.pk}/").status_code == 404  # it may be another patient's


def test_the_address_of_a_panel_leads_to_it_in_the_queue(clerk: Client, check: Verification) -> None:
    for asked in ("", f"?check={check.pk}", "?show=mine"):
        there = clerk.get(f"/insurance/checks/{check.pk}/panel/{asked}", follow=True)
        assert (there.status_code, there.request["PATH_INFO"]) == (200, "/insurance/")
        assert f"check={check.pk}" in there.request["QUERY_STRING"]


@pytest.mark.parametrize("content", [b"", b"<html>no paper</html>", b"%PDF-" + b"0" * papers.LARGEST])
def test_what_is_no_paper_is_refused(check: Verification, insurance_admin: User, content: bytes) -> None:
    with pytest.raises(Invalid):
        papers.keep(patient_id=check.patient_id, title="Letter", upload=content, by=insurance_admin)


def test_eligible_today_in_money_words(
    site: Site, patient: Patient, check: Verification, insurance_admin: User
) -> None:
    def words(day: int) -> tuple[str, str]:
        found = eligible(patient, date(2027, 1, day))
        return found.label, found.sentence.replace("\u00a0", " ")

    assert words(20) == (
        "Not known yet",
        (
            "A check of benefits is planned, not started. "
            "Until the payer has answered, the whole visit may be the patient’s to pay."
        ),
    )
    answer(check, "active", insurance_admin, copay=25, in_network=False, out_of_pocket=100, out_of_pocket_met=100)
    assert words(20) == (
        "Eligible",
        (
            "Verified until 31 Jan. Out of network. $25 copay a visit. "
            "The out-of-pocket limit is reached: the plan pays the rest of the year."
        ),
    )
    SelfPay.objects.create(
        patient=patient, since=date(2027, 1, 20), reason="x", agreed_at=check.opened_at, agreed_by=insurance_admin
    )
    assert words(21) == ("Self-pay", "The patient pays the visit. Self-pay since 20 Jan.")
