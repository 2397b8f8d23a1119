"""Checks of benefits: the verbs, each refusal alone."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import InternalError, transaction

from clinic import clock
from clinic.errors import IllegalTransition, Invalid, NotFound, NotPermitted, Refused
from clinic.ids import uuid7
from clinic.models import Site, User
from clinic.policy import Role
from insurance import states, verification
from insurance.models import Coverage, Payer, PayerContact, Verification
from patients.models import Patient
from tests import build
from tests.insurance.conftest import answer

pytestmark = pytest.mark.usefixtures("on_20_january")


def test_open_check_twice_gives_the_same_one_at_the_earlier_day(
    patient: Patient, plan: Coverage, insurance_admin: User
) -> None:
    first = verification.open_check(patient_id=patient.pk, leg="medical", by=insurance_admin, due_on=date(2027, 1, 30))
    again = verification.open_check(patient_id=patient.pk, leg="medical", by=insurance_admin, due_on=date(2027, 1, 25))
    assert (again.pk, again.due_on, again.coverage) == (first.pk, date(2027, 1, 25), plan)
    later = verification.open_check(patient_id=patient.pk, leg="medical", by=insurance_admin, due_on=date(2027, 2, 9))
    assert later.due_on == date(2027, 1, 25)


def test_the_legs_are_checked_apart(check: Verification, patient: Patient, insurance_admin: User) -> None:
    other = verification.open_check(patient_id=patient.pk, leg="behavioral", by=insurance_admin)
    assert other.pk != check.pk


def test_open_check_of_an_unknown_leg_is_refused(patient: Patient, insurance_admin: User) -> None:
    with pytest.raises(Invalid, match="medical or behavioral"):
        verification.open_check(patient_id=patient.pk, leg="dental", by=insurance_admin)


def test_open_check_of_somebody_elses_plan_is_refused(site: Site, plan: Coverage, insurance_admin: User) -> None:
    with pytest.raises(Invalid, match="not on file"):
        verification.open_check(
            patient_id=build.patient(site).pk, leg="medical", by=insurance_admin, coverage_id=plan.pk
        )


def test_open_check_without_a_patient_is_not_found(insurance_admin: User) -> None:
    with pytest.raises(NotFound):
        verification.open_check(patient_id=uuid7(), leg="medical", by=insurance_admin)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.INSURANCE_ADMIN])
def test_a_colleague_without_the_right_verifies_nothing(site: Site, patient: Patient, role: Role) -> None:
    with pytest.raises(NotPermitted):
        verification.open_check(patient_id=patient.pk, leg="medical", by=build.user(role, at=site))


def test_a_stranger_verifies_nothing(check: Verification, stranger: User) -> None:
    for attempt in (
        lambda: verification.claim(verification_id=check.pk, by=stranger),
        lambda: answer(check, "active", stranger),
        lambda: verification.agree_self_pay(patient_id=check.patient_id, reason="No plan", by=stranger),
    ):
        with pytest.raises(NotPermitted):
            attempt()
    assert Verification.objects.get().state == "not_started"


def test_claim_takes_the_check_into_work(check: Verification, insurance_admin: User) -> None:
    taken = verification.claim(verification_id=check.pk, by=insurance_admin)
    assert (taken.owner, taken.state) == (insurance_admin, "in_progress")


def test_claim_of_a_closed_check_is_refused(check: Verification, insurance_admin: User) -> None:
    answer(check, "active", insurance_admin)
    with pytest.raises(Refused, match="closed"):
        verification.claim(verification_id=check.pk, by=insurance_admin)


def test_hand_over_to_somebody_who_may_not_verify_is_refused(
    check: Verification, insurance_admin: User, nurse: User
) -> None:
    with pytest.raises(Invalid, match="may not verify"):
        verification.hand_over(verification_id=check.pk, to=nurse, by=insurance_admin)


def test_hand_over_keeps_the_state(site: Site, check: Verification, insurance_admin: User) -> None:
    other = build.user(Role.INSURANCE_ADMIN, at=site)
    given = verification.hand_over(verification_id=check.pk, to=other, by=insurance_admin)
    assert (given.owner, given.state) == (other, "not_started")


def test_an_active_answer_holds_to_the_end_of_the_month(check: Verification, insurance_admin: User) -> None:
    done = answer(check, "active", insurance_admin, copay=Decimal(25), coinsurance_percent=20, in_network=True)
    assert (done.state, done.valid_until, done.checked_by) == ("active", date(2027, 1, 31), insurance_admin)
    assert (done.copay, done.coinsurance_percent, done.in_network) == (Decimal(25), 20, True)
    said = PayerContact.objects.get()
    assert (said.state, said.method, said.representative, said.reference) == ("active", "phone", "Corinne", "70-4418")


def test_an_active_answer_holds_no_longer_than_the_plan(
    check: Verification, plan: Coverage, insurance_admin: User
) -> None:
    done = answer(check, "active", insurance_admin, coverage_ended_on=date(2027, 1, 25))
    plan.refresh_from_db()
    assert (done.valid_until, plan.ends_on) == (date(2027, 1, 25), date(2027, 1, 25))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"state": "expired"}, "state"),
        ({"state": "nonsense"}, "state"),
        ({"method": ""}, "method"),
        ({"representative": " "}, "representative"),
        ({"reference": ""}, "reference"),
        ({"reference": "7" * 61}, "reference"),
        ({"copay": Decimal(-1)}, "copay"),
        ({"deductible": Decimal(-1)}, "deductible"),
        ({"deductible": Decimal(100), "deductible_met": Decimal(101)}, "deductible_met"),
        ({"coinsurance_percent": 101}, "coinsurance_percent"),
        ({"coverage_ended_on": date(2025, 12, 31)}, "coverage_ended_on"),
        ({"coverage_ended_on": date(2027, 1, 19)}, "state"),
    ],
)
def test_a_bad_answer_names_its_field_and_changes_nothing(
    check: Verification, insurance_admin: User, change: dict[str, Any], field: str
) -> None:
    state = change.pop("state", "active")
    with pytest.raises(Invalid) as refused:
        answer(check, state, insurance_admin, **change)
    assert list(refused.value.fields) == [field]
    assert Verification.objects.get().state == "not_started"
    assert not PayerContact.objects.exists()


def test_an_active_answer_without_a_plan_is_refused(patient: Patient, insurance_admin: User) -> None:
    bare = verification.open_check(patient_id=patient.pk, leg="medical", by=insurance_admin)
    with pytest.raises(Invalid) as refused:
        answer(bare, "active", insurance_admin)
    assert list(refused.value.fields) == ["coverage"]


def test_the_portal_needs_no_name(check: Verification, insurance_admin: User) -> None:
    done = answer(check, "active", insurance_admin, method="portal", representative="", reference="")
    assert done.state == "active"


def test_a_failed_check_stays_on_the_queue_and_may_be_tried_again(check: Verification, insurance_admin: User) -> None:
    answer(check, "error", insurance_admin, method="271")
    again = answer(check, "error", insurance_admin, method="271")
    assert (again.state, again.checked_at, PayerContact.objects.count()) == ("error", None, 2)
    assert answer(check, "active", insurance_admin).state == "active"


def test_a_closed_check_takes_no_second_answer(check: Verification, insurance_admin: User) -> None:
    answer(check, "active", insurance_admin)
    with pytest.raises(IllegalTransition, match="Expired"):
        answer(check, "inactive", insurance_admin)


def test_a_new_answer_ends_the_one_before_and_its_row_is_locked(
    check: Verification, patient: Patient, insurance_admin: User
) -> None:
    answer(check, "active", insurance_admin)
    newer = verification.open_check(patient_id=patient.pk, leg="medical", by=insurance_admin)
    answer(newer, "active", insurance_admin)
    check.refresh_from_db()
    assert check.state == "expired"
    with pytest.raises(InternalError), transaction.atomic():
        Verification.objects.filter(pk=check.pk).update(note="changed")


def test_contacts_can_not_be_rewritten(check: Verification, insurance_admin: User) -> None:
    answer(check, "error", insurance_admin)
    with pytest.raises(InternalError), transaction.atomic():
        PayerContact.objects.update(note="changed")


def test_expire_lapsed_takes_those_past_their_day_at_that_site_only(
    site: Site, other_site: Site, check: Verification, insurance_admin: User
) -> None:
    answer(check, "active", insurance_admin)
    with clock.at(build.moment(site, "2027-01-31", "23:30")):
        assert verification.expire_lapsed(site=site) == 0
    with clock.at(build.moment(site, "2027-02-01", "00:30")):
        assert verification.expire_lapsed(site=other_site) == 0
        assert verification.expire_lapsed(site=site) == 1
        assert verification.expire_lapsed(site=site) == 0


def test_expire_before_its_day(check: Verification, insurance_admin: User) -> None:
    answer(check, "active", insurance_admin)
    assert verification.expire(verification_id=check.pk, by=insurance_admin).state == "expired"


def test_every_state_stands_in_the_table_and_leads_somewhere_known() -> None:
    assert set(states.TRANSITIONS) == set(states.State)
    assert set().union(*states.TRANSITIONS.values()) <= set(states.State)
    assert states.TRANSITIONS[states.State.EXPIRED] == set()


@pytest.mark.parametrize("name", ["Tidewater  mutual", "TIDEWATER MUTUAL"])
def test_a_payer_is_found_by_its_name(payer: Payer, name: str) -> None:
    from insurance.coverage import payer_called

    assert payer_called(name) == payer
