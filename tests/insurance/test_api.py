"""Payers, plans, prices and answers of payers, written by another system."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest

from clinic import clock
from clinic.models import ReadEvent, Site, User
from clinic.policy import Role
from insurance.models import AnswerFile, EligibilityAnswer, EligibilityInquiry, Fee, Payer, SelfPay
from patients.models import Patient
from tests import build
from tests.asking import Asker
from tests.insurance import x12

pytestmark = pytest.mark.django_db
DAY, NPI = "2027-02-02", "1234567893"


@pytest.fixture(autouse=True)
def morning(site: Site) -> Iterator[None]:
    with clock.at(build.moment(site, DAY, "09:00")):
        yield


@pytest.fixture
def clerk(insurance_admin: User, site: Site) -> Asker:
    return Asker(insurance_admin, Role.INSURANCE_ADMIN, site)


@pytest.fixture
def plan(clerk: Asker, patient: Patient) -> dict[str, Any]:
    payer = Payer.objects.create(name="Tidewater Mutual", payer_id="TIDE1")
    body = {"patient": str(patient.pk), "payer": str(payer.pk), "member_id": "TWM4471", "starts_on": "2026-01-01"}
    made: dict[str, Any] = clerk.post("coverages/", body).told
    return made


def test_a_payer_is_changed_in_part_and_says_what_it_asks(clerk: Asker) -> None:
    made = clerk.post("payers/", {"name": "Bluewater", "timely_filing_days": 90}).told
    here = f"payers/{made['id']}/"
    assert clerk.ask("PATCH", here, {"phone": "(555) 013-7740"}).told["timely_filing_days"] == 90
    asks = {"trials": 2, "weeks": 6, "classes": 3, "augmentations": 0, "psychotherapies": 0, "within_years": 0}
    refused = clerk.post(f"{here}profile/", {**asks, "phq9": 15, "policy": "MP-11, read 2 Feb 2027"})
    assert list(refused.told["errors"]) == ["classes"]
    kept = clerk.post(f"{here}profile/", {**asks, "classes": 2, "phq9": 15, "policy": "MP-11, read 2 Feb 2027"})
    assert (kept.status_code, kept.told["profile"]["trials"]) == (200, 2)


def test_a_paper_of_a_plan_is_filed_read_and_not_read_once_it_was_anothers(
    clerk: Asker, plan: dict[str, Any], patient: Patient
) -> None:
    papers = f"patients/{patient.pk}/papers/"
    made = clerk.post(papers, {"title": "Approval letter", "upload": b64encode(b"%PDF-1.7 of hers").decode()}).told
    here = f"{papers}{made['id']}/"
    file = clerk.get(f"{here}file/")
    assert (file.content, file["Content-Disposition"]) == (b"%PDF-1.7 of hers", 'attachment; filename="paper.pdf"')
    assert ReadEvent.objects.filter(patient_id=patient.pk, what="papers", route="api:patients-papers-file").exists()
    assert clerk.post(f"{here}error/", {"reason": "Her sister’s"}).status_code == 200
    assert clerk.get(f"{here}file/").status_code == 404


def test_who_pays_alone_agrees_and_a_plan_takes_over_again(clerk: Asker, patient: Patient) -> None:
    made = clerk.post("self-pay/", {"patient": str(patient.pk), "reason": "No plan covers it"}).told
    assert made["gfe_due"] is not None
    assert clerk.post(f"self-pay/{made['id']}/estimate-given/", {"given_on": DAY}).told["estimate_given_on"] == DAY
    ended = [clerk.post(f"self-pay/{made['id']}/end/", {"until": "2027-02-05"}) for _ in range(2)]
    assert [one.status_code for one in ended] == [200, 409]
    assert str(SelfPay.objects.get().until) == "2027-02-05"


def test_prices_are_new_versions_and_nobody_but_who_keeps_them_reads_them(
    clerk: Asker, site: Site, nurse: User
) -> None:
    price = {"code": "j3490", "label": "Ketamine", "billed": "40.00", "valid_from": DAY}
    made = clerk.post("fees/", price)
    assert (made.status_code, made.told["code"], made.told["site"]) == (201, "J3490", str(site.pk))
    assert clerk.post("fees/", {**price, "billed": "-1"}).told["errors"].keys() == {"billed"}
    assert clerk.post("fees/", {**price, "site": str(build.site("elm-road").pk)}).status_code == 422
    assert Asker(nurse, Role.NURSE, site).get("fees/").status_code == 403
    assert Fee.objects.count() == 1


def test_an_inquiry_goes_out_and_its_answer_fills_the_checks_once(clerk: Asker, plan: dict[str, Any]) -> None:
    Site.objects.update(npi=NPI)
    asked = clerk.post("eligibility-inquiries/", {"coverage": plan["id"], "legs": ["medical"]})
    assert asked.status_code == 201, asked.told
    file = clerk.get(f"inquiry-files/{asked.told['file']}/file/")
    assert asked.told["trace"].encode() in file.content
    assert ReadEvent.objects.filter(what="inquiry-files").count() == 1
    said = x12.answer_to(EligibilityInquiry.objects.get(pk=asked.told["id"]))
    body = {"name": "a.271", "content": b64encode(said).decode()}
    came = [clerk.post("answer-files/", body) for _ in range(2)]
    assert [one.status_code for one in came] == [201, 201]
    assert AnswerFile.objects.count() == 1
    (answer,) = clerk.get(f"eligibility-answers/?file={came[0].told['id']}").told["results"]
    assert (answer["state"], answer["coverage"]) == ("taken", plan["id"])
    assert clerk.post(f"eligibility-answers/{answer['id']}/set-aside/", {"reason": "No"}).status_code == 409


def test_an_answer_that_is_nobodys_waits_and_is_matched_by_hand(clerk: Asker, plan: dict[str, Any]) -> None:
    said = x12.file(x12.person(name="NM1*IL*1*ELSE*ANNA****MI*XX99", born=""))
    clerk.post("answer-files/", {"name": "b.271", "content": b64encode(said).decode()})
    row = EligibilityAnswer.objects.get()
    matched = clerk.post(f"eligibility-answers/{row.pk}/match/", {"coverage": plan["id"]})
    assert (matched.status_code, matched.told["state"]) == (200, "taken")
    broken = clerk.post("answer-files/", {"name": "c.271", "content": b64encode(b"no X12").decode()})
    assert (broken.status_code, list(broken.told["errors"])) == (422, ["file"])


def test_what_is_due_is_asked_for_together_and_not_twice(clerk: Asker, plan: dict[str, Any], site: Site) -> None:
    check = clerk.post("verifications/", {"patient": plan["patient"], "leg": "medical", "due_on": DAY})
    assert check.status_code == 201
    why = [one["coverage"] for one in clerk.post("eligibility-inquiries/due/").told["left"]]
    assert why == [plan["id"]]
    Site.objects.filter(pk=site.pk).update(npi=NPI)
    assert [clerk.post("eligibility-inquiries/due/").told["asked"] for _ in range(2)] == [1, 0]
