"""Plans: each refusal alone, and who may write them."""

from datetime import date
from typing import Any

import pytest

from clinic import clock
from clinic.errors import Invalid, NotFound, NotPermitted, Refused
from clinic.ids import uuid7
from clinic.models import Site, User
from clinic.policy import Role
from insurance import coverage
from insurance.models import Coverage, Payer, Verification
from insurance.tasks import expire_lapsed
from patients.models import Patient
from tests import build
from tests.insurance.conftest import answer

pytestmark = pytest.mark.usefixtures("on_20_january")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"payer_name": " "}, "payer"),
        ({"payer_name": "x" * 121}, "payer_name"),
        ({"rank": 0}, "rank"),
        ({"rank": 4}, "rank"),
        ({"relation": "cousin"}, "relation"),
        ({"member_id": "x" * 61}, "member_id"),
        ({"starts_on": date(2027, 1, 2), "ends_on": date(2027, 1, 1)}, "ends_on"),
    ],
)
def test_a_bad_plan_names_its_field_and_is_not_kept(
    patient: Patient, front_desk: User, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        coverage.add_coverage(patient_id=patient.pk, by=front_desk, **{"payer_name": "Orchard Health", **change})
    assert list(refused.value.fields) == [field]
    assert not Coverage.objects.exists()


def test_the_same_plan_twice_is_refused(patient: Patient, plan: Coverage, front_desk: User) -> None:
    with pytest.raises(Refused, match="on file already"):
        coverage.add_coverage(
            patient_id=patient.pk,
            by=front_desk,
            payer=plan.payer,
            member_id=plan.member_id,
            starts_on=plan.starts_on,
        )


def test_who_may_not_edit_patients_writes_no_plan(site: Site, patient: Patient, plan: Coverage, stranger: User) -> None:
    for by in (build.user(Role.THERAPIST, at=site), stranger):
        for attempt in (
            lambda by=by: coverage.add_coverage(patient_id=patient.pk, payer_name="New", by=by),
            lambda by=by: coverage.end_coverage(coverage_id=plan.pk, ends_on=date(2027, 2, 9), by=by),
            lambda by=by: coverage.mark_in_error(coverage_id=plan.pk, reason="x", by=by),
        ):
            with pytest.raises(NotPermitted):
                attempt()
    plan.refresh_from_db()
    assert (plan.ends_on, plan.entered_in_error_at, Payer.objects.count()) == (None, None, 1)


def test_what_is_not_there_is_not_found(front_desk: User) -> None:
    with pytest.raises(NotFound):
        coverage.add_coverage(patient_id=uuid7(), payer_name="New", by=front_desk)
    with pytest.raises(NotFound):
        coverage.end_coverage(coverage_id=uuid7(), ends_on=date(2027, 2, 9), by=front_desk)


def test_a_plan_taken_back_stays_and_takes_no_more(plan: Coverage, front_desk: User) -> None:
    with pytest.raises(Invalid):
        coverage.mark_in_error(coverage_id=plan.pk, reason=" ", by=front_desk)
    coverage.mark_in_error(coverage_id=plan.pk, reason="Wrong person", by=front_desk)
    with pytest.raises(Refused, match="marked as an error already"):
        coverage.mark_in_error(coverage_id=plan.pk, reason="Another reason", by=front_desk)
    plan.refresh_from_db()
    assert plan.entered_in_error_reason == "Wrong person"
    with pytest.raises(Refused, match="entered in error"):
        coverage.end_coverage(coverage_id=plan.pk, ends_on=date(2027, 2, 9), by=front_desk)


def test_the_tick_expires_each_site_by_its_own_calendar(site: Site, check: Verification, insurance_admin: User) -> None:
    """Half past ten at night on 31 January in Los Angeles it is February in Chicago, and here not yet."""
    answer(check, "active", insurance_admin)
    with clock.at(build.moment(site, "2027-01-31", "22:30")):
        assert expire_lapsed() == 0
    with clock.at(build.moment(site, "2027-02-01", "00:10")):
        assert expire_lapsed() == 1


def test_the_subscribers_birth_date_is_kept_where_the_subscriber_is_somebody_else(
    patient: Patient, front_desk: User
) -> None:
    plan = {"patient_id": patient.pk, "payer_name": "Orchard", "by": front_desk}
    own = coverage.add_coverage(**plan, member_id="1", subscriber_birth_date=date(1960, 5, 1))
    of_spouse = coverage.add_coverage(**plan, member_id="2", relation="spouse", subscriber_birth_date=date(1960, 5, 1))
    assert (own.subscriber_birth_date, of_spouse.subscriber_birth_date) == (None, date(1960, 5, 1))
    with pytest.raises(Invalid, match="between 1900 and today"):
        coverage.add_coverage(**plan, member_id="3", relation="child", subscriber_birth_date=date(1860, 5, 1))
