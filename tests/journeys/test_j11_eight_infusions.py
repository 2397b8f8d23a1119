"""J11 of the protocol: eight infusions around a holiday, with an authorization for six."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import pytest
from django.db.models import F
from django.urls import reverse

from clinic import settings_versions
from clinic.errors import IllegalTransition, Invalid, NotPermitted
from clinic.models import Shift
from infusions import extending, orders, rules
from infusions import series as infusion_series
from infusions.models import DrugVial, PlanExtension, Series
from insurance import authorizations, coverage, verification
from insurance.models import Coverage
from journey import extension, repair
from journey.series import book_series
from patients.models import Patient
from reminders.models import FollowUp
from tests.infusions import making
from tests.journeys import telling
from tests.journeys.telling import Clinic
from therapy.models import TherapySession
from visits import changes, planner
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


@pytest.fixture
def six(clinic, patient) -> Series:
    """Six infusions from 1 to 12 February, all given: the series is complete."""
    with clinic.at("2027-01-20", "10:42"):
        best = planner.propose(
            patient=patient, site=clinic.site, count=6, weekdays=(0, 2, 4), not_before=date(2027, 2, 1), at=time(9),
            therapist=clinic.therapist, by=clinic.desk,
        )[0]  # fmt: skip
        made = book_series(patient=patient, site=clinic.site, proposal=best, by=clinic.desk)
    order, vial = making.order(made, clinic.provider, day="2027-01-29"), DrugVial.objects.get()
    for infusion in made.infusions.select_related("appointment", "series__site"):
        making.give(infusion, order, vial, nurse=clinic.nurse, checker=clinic.second)
    Appointment.objects.filter(infusion__series=made).update(status="done", arrived_at=F("starts_at"))
    TherapySession.objects.filter(series=made, kind__in=("preparation", "midpoint")).update(state="held")
    Appointment.objects.filter(kind__in=("preparation", "midpoint")).update(status="done", arrived_at=F("starts_at"))
    Series.objects.filter(pk=made.pk).update(state="active")
    with clinic.at("2027-02-12", "11:00"):
        infusion_series.complete(series_id=made.pk, by=clinic.nurse)
    return made


def extended(clinic: Clinic, series: Series) -> None:
    """After the sixth, on the same day: the provider adds two, and front desk books them in one step."""
    with clinic.at("2027-02-12", "15:00"):
        extension.extend(series_id=series.pk, planned_count=8, reason="Still gaining", by=clinic.provider)
        series.refresh_from_db()
        repair.carry_out(series=series, seen=repair.fingerprint(repair.plan(series)), by=clinic.desk)


def test_two_more_after_the_sixth_are_booked_in_one_step(clinic, six, client):
    integration = Appointment.objects.get(kind="integration")
    assert FollowUp.objects.filter(kind="review_due", state="open").exists()
    extended(clinic, six)
    # Then the series goes on, under the gap rules, around the holiday, and the integration follows the new last
    starts = [clinic.site.local(one.appointment.starts_at) for one in six.infusions.order_by("number")]
    assert [f"{start:%m-%d %H:%M}" for start in starts[6:]] == ["02-16 09:00", "02-19 09:00"]
    assert gap_breaches(starts, Gaps()) == []
    integration.refresh_from_db()
    assert f"{clinic.site.local(integration.starts_at):%a %m-%d %H:%M}" == "Mon 02-22 13:00"
    tasks = dict(FollowUp.objects.filter(state="open").values_list("kind", "title"))
    assert not {"review_due", "repair_series"} & set(tasks)
    # And the payer is asked for two units, and the new ones wait for an order of their own
    assert "2 units short" in tasks["authorization_short"]
    seventh = six.infusions.get(number=7)
    assert orders.for_infusion(seventh) is None
    assert orders.for_infusion(six.infusions.get(number=6)) is not None
    making.order(six, clinic.provider, first_number=7, day="2027-02-13")
    assert orders.for_infusion(seventh) is not None
    # When the patient calls the eighth off, one unit is asked for
    with clinic.at("2027-02-12", "16:00"):
        last = six.infusions.get(number=8)
        changes.cancel(appointment_id=last.appointment_id, party="patient", reason="Travels", by=clinic.desk)
    assert "1 unit short" in FollowUp.objects.get(kind="authorization_short", state="open").title
    # And the chart leads in one click to where another eighth is proposed, with what it costs
    with clinic.at("2027-02-12", "16:00"):
        client.force_login(clinic.provider)
        path = reverse("journey:repair-series", args=[six.pk])
        assert path in client.get(reverse("journey:chart", args=[six.patient_id])).content.decode()
        assert "2 units short: the authorization leaves 6 for 8" in client.get(path).content.decode()


def test_who_pays_alone_gets_a_new_estimate_a_business_day_before(clinic, six):
    Coverage.objects.update(ends_on=date(2027, 2, 1))
    with clinic.at("2027-02-01", "08:00"):
        agreed = verification.agree_self_pay(patient_id=six.patient_id, reason="Plan ended", by=clinic.insurance)
        verification.estimate_given(self_pay_id=agreed.pk, by=clinic.insurance)
    extended(clinic, six)
    task = FollowUp.objects.get(kind="estimate_due", state="open")
    first = clinic.site.local(six.infusions.get(number=7).appointment.starts_at).date()
    due = clinic.site.local(task.due_at).date()
    assert (due, first) == (date(2027, 2, 12), date(2027, 2, 16))
    with clinic.at("2027-02-12", "15:30"):
        verification.estimate_given(self_pay_id=agreed.pk, by=clinic.insurance)
    task.refresh_from_db()
    assert task.outcome == "The estimate was given."


@pytest.mark.parametrize(
    ("change", "count", "error"),
    [
        ({}, 9, Invalid),
        ({}, 6, Invalid),
        ({"state": "stopped", "ended_reason": "Moved away"}, 8, IllegalTransition),
        ({"state": "suspended", "ended_at": None}, 8, IllegalTransition),
    ],
)
def test_what_cannot_be_extended(clinic, six, change, count, error):
    Series.objects.filter(pk=six.pk).update(**change)
    with pytest.raises(error):
        extending.extend(series_id=six.pk, planned_count=count, reason="More", by=clinic.provider)
    with pytest.raises(NotPermitted):
        extending.extend(series_id=six.pk, planned_count=8, reason="More", by=clinic.desk)
    assert not PlanExtension.objects.exists()
