"""Who pays on a day, in a sentence."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic import clock
from clinic.models import Site, User
from insurance.coverage import add_coverage, end_coverage, mark_in_error
from insurance.models import Coverage, Payer, SelfPay, Verification
from insurance.verification import (
    agree_self_pay,
    end_self_pay,
    estimate_given,
    expect_estimate,
    expire_lapsed,
    open_check,
    standing,
    standings,
)
from patients.models import Patient
from tests import build
from tests.insurance.conftest import answer

pytestmark = pytest.mark.usefixtures("on_20_january")


def said(patient: Patient, day: str, **more: Any) -> tuple[bool, str]:
    found = standing(patient, date.fromisoformat(day), **more)
    return found.settled, found.sentence.replace("\u00a0", " ")


def test_nothing_on_file_is_not_settled(patient: Patient) -> None:
    assert said(patient, "2027-02-02") == (False, "No coverage is on file, and self-pay has not been agreed.")


def test_a_plan_alone_settles_nothing(patient: Patient, plan: Coverage) -> None:
    assert said(patient, "2027-02-02") == (False, "Coverage is on file; its benefits have not been verified.")


def test_an_open_check_settles_nothing(patient: Patient, check: Verification, insurance_admin: User) -> None:
    assert said(patient, "2027-02-02") == (False, "A check of benefits is planned, not started.")
    answer(check, "error", insurance_admin)
    assert said(patient, "2027-02-02") == (False, "The last check failed. Try again.")


def test_verified_until_its_last_day(patient: Patient, check: Verification, insurance_admin: User) -> None:
    answer(check, "active", insurance_admin)
    assert said(patient, "2027-01-31") == (True, "Verified until 31 Jan.")
    assert said(patient, "2027-02-01") == (False, "Verified until 31 Jan only. Verify the benefits again.")


def test_a_new_check_under_way_does_not_unsettle_what_is_verified(
    patient: Patient, check: Verification, insurance_admin: User
) -> None:
    answer(check, "active", insurance_admin)
    open_check(patient_id=patient.pk, leg="medical", by=insurance_admin)
    assert said(patient, "2027-01-31")[0]
    assert said(patient, "2027-02-01") == (False, "A check of benefits is planned, not started.")


def test_the_other_leg_is_not_settled_by_this_one(patient: Patient, check: Verification, insurance_admin: User) -> None:
    answer(check, "active", insurance_admin)
    assert not said(patient, "2027-01-25", leg="behavioral")[0]


def test_not_covered_is_not_settled(patient: Patient, check: Verification, insurance_admin: User) -> None:
    answer(check, "not_covered", insurance_admin)
    assert said(patient, "2027-01-25") == (
        False,
        "The plan does not cover this. Agree on self-pay, or add another plan.",
    )


def test_a_plan_that_ended_on_9_february_covers_that_day_and_not_the_next_visit(
    site: Site, patient: Patient, plan: Coverage, insurance_admin: User
) -> None:
    """J5: verified 1 February; on the 10th the payer says inactive since the 9th."""
    with clock.at(build.moment(site, "2027-02-01")):
        answer(open_check(patient_id=patient.pk, leg="medical", by=insurance_admin), "active", insurance_admin)
    with clock.at(build.moment(site, "2027-02-10")):
        again = open_check(patient_id=patient.pk, leg="medical", by=insurance_admin)
        answer(again, "inactive", insurance_admin, method="271", coverage_ended_on=date(2027, 2, 9))
    for day in ("2027-02-02", "2027-02-05", "2027-02-09"):
        assert said(patient, day) == (True, "Verified until 28 Feb.")
    assert said(patient, "2027-02-12") == (False, "Coverage ended 9 Feb.")


def test_inactive_without_a_last_day_is_not_settled(
    patient: Patient, check: Verification, insurance_admin: User
) -> None:
    answer(check, "inactive", insurance_admin)
    assert said(patient, "2027-01-25") == (False, "The payer says the coverage is inactive.")


def test_a_plan_that_has_not_begun_is_not_settled(patient: Patient, payer: Payer) -> None:
    Coverage.objects.create(patient=patient, payer=payer, starts_on=date(2027, 2, 15))
    assert said(patient, "2027-02-12") == (False, "Coverage starts 15 Feb.")


def test_lapsed_answers_ask_for_a_new_check(
    site: Site, patient: Patient, check: Verification, insurance_admin: User
) -> None:
    answer(check, "active", insurance_admin)
    with clock.at(build.moment(site, "2027-02-01")):
        expire_lapsed(site=site)
        assert said(patient, "2027-02-02") == (False, "Verified until 31 Jan only. Verify the benefits again.")


def test_self_pay_of_j0(patient: Patient, insurance_admin: User) -> None:
    agreed = agree_self_pay(
        patient_id=patient.pk, reason="Out of pocket", by=insurance_admin, service_on=date(2027, 2, 2)
    )
    assert agreed.gfe_due == date(2027, 1, 21)
    assert said(patient, "2027-02-02") == (True, "Self-pay since 20 Jan, estimate due by 21 Jan.")
    again = agree_self_pay(patient_id=patient.pk, reason="Once more", by=insurance_admin)
    assert (again.pk, again.reason) == (agreed.pk, "Out of pocket")
    estimate_given(self_pay_id=agreed.pk, by=insurance_admin)
    assert said(patient, "2027-02-02") == (True, "Self-pay since 20 Jan, estimate given 20 Jan.")


def test_a_late_estimate_is_said(site: Site, patient: Patient, insurance_admin: User) -> None:
    agree_self_pay(patient_id=patient.pk, reason="Out of pocket", by=insurance_admin, service_on=date(2027, 2, 2))
    with clock.at(build.moment(site, "2027-01-22")):
        assert said(patient, "2027-02-02") == (True, "Self-pay since 20 Jan, estimate was due by 21 Jan.")


def test_self_pay_without_a_visit_is_a_request(patient: Patient, insurance_admin: User) -> None:
    agreed = agree_self_pay(patient_id=patient.pk, reason="Out of pocket", by=insurance_admin)
    assert agreed.gfe_due == date(2027, 1, 25)


def test_a_scheduled_visit_brings_the_estimate_forward_and_never_back(
    patient: Patient, insurance_admin: User, front_desk: User
) -> None:
    assert expect_estimate(patient_id=patient.pk, service_on=date(2027, 2, 2), by=front_desk) is None
    agree_self_pay(patient_id=patient.pk, reason="Out of pocket", by=insurance_admin)
    assert expect_estimate(patient_id=patient.pk, service_on=date(2027, 2, 2), by=front_desk) == date(2027, 1, 21)
    assert expect_estimate(patient_id=patient.pk, service_on=date(2027, 3, 9), by=front_desk) == date(2027, 1, 21)


def test_self_pay_before_it_began_and_after_it_ended(patient: Patient, insurance_admin: User) -> None:
    agree_self_pay(patient_id=patient.pk, reason="Out of pocket", by=insurance_admin)
    end_self_pay(patient_id=patient.pk, by=insurance_admin, until=date(2027, 2, 14))
    assert not said(patient, "2027-01-19")[0]
    assert said(patient, "2027-02-14")[0]
    assert not said(patient, "2027-02-15")[0]


def test_an_imported_marker_is_no_agreement_until_somebody_agrees(patient: Patient, insurance_admin: User) -> None:
    SelfPay.objects.create(patient=patient, since=date(2026, 5, 1), reason="No insurance in the imported record")
    assert said(patient, "2027-01-20") == (
        False,
        "No insurance on record. Self-pay has not been agreed with the patient yet.",
    )
    agree_self_pay(patient_id=patient.pk, reason="Out of pocket", by=insurance_admin, service_on=date(2027, 2, 2))
    assert said(patient, "2027-01-20") == (True, "Self-pay since 20 Jan, estimate due by 21 Jan.")
    assert list(SelfPay.objects.values_list("since", "until")) == [
        (date(2027, 1, 20), None),
        (date(2026, 5, 1), date(2027, 1, 19)),
    ]


def test_self_pay_after_not_covered_closes_that_check(
    patient: Patient, check: Verification, insurance_admin: User
) -> None:
    answer(check, "not_covered", insurance_admin)
    agree_self_pay(patient_id=patient.pk, reason="Not covered", by=insurance_admin)
    check.refresh_from_db()
    assert check.state == "self_pay"
    assert said(patient, "2027-01-25")[0]


def test_a_plan_entered_in_error_does_not_count(
    patient: Patient, plan: Coverage, check: Verification, insurance_admin: User, front_desk: User
) -> None:
    answer(check, "active", insurance_admin)
    mark_in_error(coverage_id=plan.pk, reason="Wrong person", by=front_desk)
    assert said(patient, "2027-01-25") == (False, "No coverage is on file, and self-pay has not been agreed.")


def test_add_and_end_a_plan(patient: Patient, front_desk: User) -> None:
    made = add_coverage(
        patient_id=patient.pk, payer_name=" Orchard  Health ", member_id="O'Neill 7", by=front_desk,
        starts_on=date(2026, 1, 1),
    )  # fmt: skip
    assert (made.payer.name, made.member_id) == ("Orchard Health", "O'Neill 7")
    end_coverage(coverage_id=made.pk, ends_on=date(2027, 2, 9), by=front_desk)
    assert said(patient, "2027-02-12") == (False, "Coverage ended 9 Feb.")


def test_standings_of_three_cost_what_one_costs(site: Site, payer: Payer, insurance_admin: User) -> None:
    people = [build.patient(site) for _ in range(3)]
    for person in people:
        Coverage.objects.create(patient=person, payer=payer)
        answer(open_check(patient_id=person.pk, leg="medical", by=insurance_admin), "active", insurance_admin)
    for some in (people[:1], people):
        with CaptureQueriesContext(connection) as asked:
            assert all(found.settled for found in standings(some, date(2027, 1, 25)).values())
        assert len(asked) == 3
