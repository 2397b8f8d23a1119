"""J11 of the protocol: eight infusions around a holiday, with an authorization for six."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import pytest

from clinic import settings_versions
from clinic.models import Shift
from infusions import orders, rules
from infusions.models import Series
from insurance import authorizations, coverage, verification
from journey.series import book_series
from patients.models import Patient
from reminders.models import FollowUp
from tests.journeys import telling
from tests.journeys.telling import Clinic
from visits import planner
from visits.models import Appointment
from visits.planner import Proposal
from visits.rules import Gaps, gap_breaches

pytestmark = pytest.mark.django_db
EIGHT = ["02-01", "02-03", "02-05", "02-08", "02-10", "02-12", "02-16", "02-18"]
TOLD = "2 units short: the authorization leaves 6 for 8 infusions."


@pytest.fixture
def clinic(db) -> Clinic:
    """Nadia Amir is there on Tuesdays and Fridays too."""
    made = telling.pine_street()
    for weekday in (1, 4):
        Shift.objects.create(
            user=made.therapist, site=made.site, weekday=weekday, starts=time(13), ends=time(17),
            valid_from=date(2027, 1, 1),
        )  # fmt: skip
    return made


@pytest.fixture
def patient(clinic) -> Patient:
    """Eligible since 19 January; insured, with an authorization of six units."""
    with clinic.at("2027-01-12", "10:00"):
        made = telling.maya(clinic)
    with clinic.at("2027-01-19", "11:00"):
        telling.evaluated(clinic, made)
        plan = coverage.add_coverage(
            patient_id=made.pk, payer_name="Harbor Health", member_id="HH-11", starts_on=date(2026, 1, 1),
            by=clinic.insurance,
        )  # fmt: skip
        check = verification.open_check(patient_id=made.pk, leg="medical", coverage_id=plan.pk, by=clinic.insurance)
        verification.record_result(
            verification_id=check.pk, state="active", method="phone", representative="Dana", reference="C-11",
            authorization_required=True, by=clinic.insurance,
        )  # fmt: skip
        authorizations.record(
            coverage_id=plan.pk, number="PA-6", codes="96365", units=6, starts_on=date(2027, 2, 1),
            ends_on=date(2027, 3, 31), by=clinic.insurance,
        )  # fmt: skip
    return made


def proposed(clinic: Clinic, patient: Patient) -> Proposal:
    with clinic.at("2027-01-20", "10:42"):
        return planner.propose(
            patient=patient, site=clinic.site, count=8, weekdays=(0, 2, 4), not_before=date(2027, 2, 1), at=time(9),
            therapist=clinic.therapist, first_ever=True, by=clinic.desk,
        )[0]  # fmt: skip


@pytest.fixture
def series(clinic, patient) -> Series:
    with clinic.at("2027-01-20", "10:43"):
        return book_series(patient=patient, site=clinic.site, proposal=proposed(clinic, patient), by=clinic.desk)


def test_the_eight_step_around_presidents_day_and_keep_48_hours(clinic, patient):
    best = proposed(clinic, patient)
    starts = [slot.starts_at for slot in best.infusions]
    assert [f"{start:%m-%d}" for start in starts] == EIGHT
    assert {f"{start:%H:%M}" for start in starts} == {"09:00"}
    assert (starts[-1].date() - starts[0].date()).days == 17
    assert gap_breaches(starts, Gaps()) == []
    wednesday = clinic.site.moment(date(2027, 2, 17), time(9))
    (breach,) = gap_breaches([*starts[:-1], wednesday], Gaps())
    assert "Only 24 hours between infusions 7 and 8" in breach.sentence
    assert f"{best.midpoint.starts_at:%m-%d}" == "02-09"
    sentences = [sentence for _, sentence in best.reasons]
    assert "Infusion 7 on Tue 16 Feb instead of Mon 15 Feb." in sentences
    assert "Monday 15 Feb is closed (Presidents’ Day): infusion 7 is on Tue 16 Feb." in sentences


def test_two_units_short_is_a_warning_and_hinders_nobody(clinic, patient):
    assert ("warn", TOLD) in proposed(clinic, patient).reasons


def test_booking_has_the_insurance_desk_ask_before_the_fifth(clinic, series):
    assert series.infusions.count() == 8
    task = FollowUp.objects.get(kind="authorization_short")
    assert task.owner_role == "insurance_admin"
    assert "2 units short" in task.title
    fifth = series.infusions.get(number=5).appointment.starts_at
    assert task.due_at < fifth
    assert clinic.site.local(task.due_at).date() == date(2027, 2, 9)


def test_more_units_end_the_task_and_a_mistaken_one_opens_it_again(clinic, series, patient):
    plan = patient.coverages.get()
    with clinic.at("2027-02-03", "15:00"):
        more = authorizations.record(
            coverage_id=plan.pk, number="PA-2", codes="96365", units=2, starts_on=date(2027, 2, 12),
            ends_on=date(2027, 3, 31), by=clinic.insurance,
        )  # fmt: skip
        assert FollowUp.objects.get(kind="authorization_short").outcome == "The authorization covers the series."
        authorizations.mark_in_error(authorization_id=more.pk, reason="Another patient’s", by=clinic.insurance)
    assert FollowUp.objects.filter(kind="authorization_short", state="open").count() == 1


def test_the_review_stays_after_the_fourth_and_64_kg_are_32_mg(clinic, series):
    with clinic.at("2027-02-01", "08:00"):
        order = orders.sign(
            series_id=series.pk, first_number=1, mg_per_kg=Decimal("0.5"), dosing_weight_kg=Decimal("64.0"),
            weight_measured_at=clinic.site.moment(date(2027, 2, 1), time(8)), weight_basis="actual", minutes=40,
            bag_ml=Decimal(50), by=clinic.provider,
        )  # fmt: skip
    assert (order.dose_mg, rules.draw_ml(order.dose_mg, Decimal(50))) == (Decimal(32), Decimal("0.64"))
    assert settings_versions.current(clinic.site).review_required_at == 4


def test_a_shorter_wish_needs_no_more_units(clinic, patient):
    with clinic.at("2027-01-20", "10:42"):
        six = planner.propose(
            patient=patient, site=clinic.site, count=6, weekdays=(0, 2, 4), not_before=date(2027, 2, 1), at=time(9),
            by=clinic.desk,
        )[0]  # fmt: skip
        book_series(patient=patient, site=clinic.site, proposal=six, by=clinic.desk)
    assert ("ok", "The authorization leaves 6 units, enough for these.") in six.reasons
    assert not FollowUp.objects.filter(kind="authorization_short").exists()
    assert Appointment.objects.count() == 9
