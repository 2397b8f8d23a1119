"""The insurance pages: who may open them, what they cost, what they say."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic.models import ReadEvent, Site, User
from clinic.policy import Role
from insurance.models import Coverage, Payer, PayerContact, SelfPay, Verification
from insurance.verification import agree_self_pay, open_check
from patients.models import Condition, Patient
from tests import build
from tests.insurance.conftest import answer

pytestmark = pytest.mark.usefixtures("on_20_january")


@pytest.fixture
def clerk(client: Client, insurance_admin: User) -> Client:
    client.force_login(insurance_admin)
    return client


def said(response: Any) -> str:
    return response.content.decode().replace("\u00a0", " ")


def test_the_pages_of_a_stranger_are_not_there(
    client: Client, stranger: User, check: Verification, plan: Coverage
) -> None:
    client.force_login(stranger)
    for address in (
        f"/insurance/checks/{check.pk}/",
        f"/insurance/checks/{check.pk}/hand-over/",
        f"/insurance/patients/{check.patient_id}/",
        f"/insurance/patients/{check.patient_id}/self-pay/",
        f"/insurance/coverage/{plan.pk}/end/",
        f"/insurance/coverage/{plan.pk}/error/",
    ):
        assert client.get(address).status_code == 404
    assert client.post(f"/insurance/checks/{check.pk}/claim/").status_code == 404
    assert "Torres" not in said(client.get("/insurance/"))


@pytest.mark.parametrize("role", [Role.NURSE, Role.THERAPIST])
def test_those_who_see_no_coverage_are_turned_away(client: Client, site: Site, check: Verification, role: Role) -> None:
    client.force_login(build.user(role, at=site))
    for address in ("/insurance/", f"/insurance/checks/{check.pk}/", f"/insurance/patients/{check.patient_id}/"):
        assert client.get(address).status_code == 403


def test_the_front_desk_sees_the_check_and_may_not_answer_it(
    client: Client, front_desk: User, check: Verification
) -> None:
    client.force_login(front_desk)
    page = client.get(f"/insurance/checks/{check.pk}/")
    assert page.status_code == 200
    assert "Write it down" not in said(page)
    sent = client.post(f"/insurance/checks/{check.pk}/", {"state": "error", "method": "271"})
    assert sent.status_code == 403
    assert client.post(f"/insurance/checks/{check.pk}/claim/").status_code == 403
    assert not PayerContact.objects.exists()


def test_nothing_clinical_stands_on_the_pages(
    client: Client, site: Site, insurance_admin: User, check: Verification
) -> None:
    Condition.objects.create(patient=check.patient, display="Recurrent depression")
    client.force_login(insurance_admin)
    for address in ("/insurance/", f"/insurance/checks/{check.pk}/", f"/insurance/patients/{check.patient_id}/"):
        assert "depression" not in said(client.get(address)).lower()


def test_opening_a_check_is_logged(clerk: Client, check: Verification) -> None:
    clerk.get(f"/insurance/checks/{check.pk}/")
    assert ReadEvent.objects.get().patient_id == check.patient_id


def queries(clerk: Client, address: str) -> int:
    """What the page asks of the database once the session is warm."""
    clerk.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert clerk.get(address).status_code == 200
    return len(asked)


def test_the_queue_costs_the_same_for_one_and_for_three(
    clerk: Client, site: Site, payer: Payer, insurance_admin: User
) -> None:
    costs = []
    for number in range(3):
        person = build.patient(site, family_name=f"Person {number}")
        Coverage.objects.create(patient=person, payer=payer)
        check = open_check(patient_id=person.pk, leg="medical", by=insurance_admin)
        answer(check, "error", insurance_admin)
        costs.append(queries(clerk, "/insurance/"))
    assert costs[0] == costs[1] == costs[2]
    assert said(clerk.get("/insurance/")).count("Check failed</span>") == 3


def test_the_queue_is_sorted_by_day_and_narrowed_by_filter(clerk: Client, site: Site, insurance_admin: User) -> None:
    for name, due in (("Zoe", date(2027, 1, 21)), ("Ann", None), ("Mia", date(2027, 1, 15))):
        person = build.patient(site, given_name=name)
        open_check(patient_id=person.pk, leg="medical", by=insurance_admin, due_on=due)
    page = said(clerk.get("/insurance/"))
    assert page.index("Mia Torres") < page.index("Zoe Torres") < page.index("Ann Torres")
    assert page.count("Late</span>") == 1
    assert "Zoe Torres" not in said(clerk.get("/insurance/?show=mine"))


def test_the_patients_page_costs_the_same_for_one_and_for_three(
    clerk: Client, patient: Patient, payer: Payer, insurance_admin: User
) -> None:
    address, costs = f"/insurance/patients/{patient.pk}/", []
    for year in (2020, 2022, 2024):
        plan = Coverage.objects.create(
            patient=patient,
            payer=payer,
            member_id=str(year),
            starts_on=date(year, 1, 1),
            ends_on=date(year, 12, 31),
        )
        open_check(patient_id=patient.pk, leg="medical", by=insurance_admin, coverage_id=plan.pk)
        costs.append(queries(clerk, address))
    assert costs[0] == costs[1] == costs[2]
    assert said(clerk.get(address)).count("Gap: nobody pays") == 2


def test_an_answer_is_written_from_the_page(clerk: Client, check: Verification, plan: Coverage) -> None:
    sent = clerk.post(
        f"/insurance/checks/{check.pk}/",
        {
            "state": "active",
            "method": "phone",
            "representative": "Corinne",
            "reference": "70-4418",
            "coverage": str(plan.pk),
            "in_network": "yes",
            "copay": "25",
            "coinsurance_percent": "20",
        },
    )
    assert sent.status_code == 302
    page = said(clerk.get(f"/insurance/checks/{check.pk}/"))
    for words in ("Verified until 31 Jan", "In network", "$25", "20 %", "Corinne, reference 70-4418"):
        assert words in page


def test_a_bad_answer_keeps_what_was_typed_and_says_how_to_mend_it(
    clerk: Client, check: Verification, plan: Coverage
) -> None:
    sent = clerk.post(
        f"/insurance/checks/{check.pk}/",
        {"state": "active", "method": "phone", "representative": "Corinne", "coverage": str(plan.pk), "copay": "-1"},
    )
    assert sent.status_code == 422
    page = said(sent)
    assert "Write the call reference; if there was none, write “none given”." in page
    assert "This can’t be less than 0." in page
    assert 'value="Corinne"' in page
    assert Verification.objects.get().state == "not_started"


def test_a_failed_check_leaves_the_page_standing(clerk: Client, check: Verification) -> None:
    assert clerk.post(f"/insurance/checks/{check.pk}/", {"state": "error", "method": "271"}).status_code == 302
    assert "The last check failed." in said(clerk.get(f"/insurance/checks/{check.pk}/"))


def test_self_pay_is_agreed_and_its_estimate_given(clerk: Client, patient: Patient) -> None:
    first_visit = {"reason": "Out of pocket", "service_on": "2027-02-02"}
    sent = clerk.post(f"/insurance/patients/{patient.pk}/self-pay/", first_visit, follow=True)
    assert "Give the cost estimate by Thu 21 Jan." in said(sent)
    assert clerk.post(f"/insurance/estimates/{SelfPay.objects.get().pk}/given/").status_code == 302
    assert SelfPay.objects.get().estimate_given_on == date(2027, 1, 20)
    clerk.post(f"/insurance/patients/{patient.pk}/self-pay/end/", {"until": "2027-02-14"})
    assert SelfPay.objects.get().until == date(2027, 2, 14)


def test_a_refusal_is_a_sentence_on_the_form(clerk: Client, patient: Patient, insurance_admin: User) -> None:
    bad = clerk.post(f"/insurance/patients/{patient.pk}/self-pay/", {"reason": "x", "service_on": "2027-01-01"})
    assert (bad.status_code, "The first visit can’t be before today." in said(bad)) == (422, True)
    nothing = clerk.post(f"/insurance/patients/{patient.pk}/self-pay/end/", {"until": "2027-02-14"})
    assert (nothing.status_code, "No self-pay agreement is in force." in said(nothing)) == (422, True)
    agree_self_pay(patient_id=patient.pk, reason="x", by=insurance_admin)
    early = clerk.post(f"/insurance/patients/{patient.pk}/self-pay/end/", {"until": "2026-02-14"})
    assert (early.status_code, "it can’t end before" in said(early)) == (422, True)


def test_a_plan_is_added_ended_and_taken_back(client: Client, front_desk: User, patient: Patient) -> None:
    client.force_login(front_desk)
    add = f"/insurance/patients/{patient.pk}/coverage/"
    card = {"payer_name": "Orchard Health", "rank": "1", "relation": "self", "starts_on": "2026-01-01"}
    assert client.post(add, card).status_code == 302
    again = client.post(add, card)
    assert (again.status_code, "is on file already" in said(again)) == (422, True)
    nobody = client.post(add, {**card, "payer_name": ""})
    assert (nobody.status_code, "Choose the payer, or write its name." in said(nobody)) == (422, True)
    plan = Coverage.objects.get()
    early = client.post(f"/insurance/coverage/{plan.pk}/end/", {"ends_on": "2025-12-31"})
    assert (early.status_code, "can’t end before" in said(early)) == (422, True)
    client.post(f"/insurance/coverage/{plan.pk}/end/", {"ends_on": "2027-02-09"})
    client.post(f"/insurance/coverage/{plan.pk}/error/", {"reason": "Wrong person"})
    plan.refresh_from_db()
    assert (plan.ends_on, plan.entered_in_error_reason) == (date(2027, 2, 9), "Wrong person")
    assert "Wrong person" in said(client.get(f"/insurance/patients/{patient.pk}/"))


def test_checks_are_opened_taken_and_handed_over(
    clerk: Client, site: Site, patient: Patient, insurance_admin: User, nurse: User
) -> None:
    clerk.post(f"/insurance/patients/{patient.pk}/check/", {"leg": "behavioral", "due_on": "2027-01-25"})
    check = Verification.objects.get()
    assert (check.leg, check.due_on) == ("behavioral", date(2027, 1, 25))
    clerk.post(f"/insurance/checks/{check.pk}/claim/")
    other = build.user(Role.INSURANCE_ADMIN, at=site)
    wrong = clerk.post(f"/insurance/checks/{check.pk}/hand-over/", {"to": str(nurse.pk)})
    assert wrong.status_code == 422
    clerk.post(f"/insurance/checks/{check.pk}/hand-over/", {"to": str(other.pk)})
    check.refresh_from_db()
    assert (check.owner, check.state) == (other, "in_progress")


def test_a_plan_that_has_ended_is_nowhere_called_active(
    clerk: Client, plan: Coverage, check: Verification, insurance_admin: User
) -> None:
    answer(check, "active", insurance_admin)
    Coverage.objects.filter(pk=plan.pk).update(ends_on=date(2027, 1, 19))
    page = said(clerk.get(f"/insurance/patients/{plan.patient_id}/"))
    assert ("Coverage ended 19 Jan" in page, "Verified, active" in page) == (True, False)


def test_what_both_legs_said_stands_beside_a_check_that_asks_anew(
    clerk: Client, check: Verification, patient: Patient, insurance_admin: User
) -> None:
    other = open_check(patient_id=patient.pk, leg="behavioral", by=insurance_admin)
    for one in (check, other):
        answer(one, "active", insurance_admin, copay=25)
    anew = open_check(patient_id=patient.pk, leg="medical", by=insurance_admin)
    page = said(clerk.get(f"/insurance/checks/{anew.pk}/"))
    assert page.count("$25") >= 2
