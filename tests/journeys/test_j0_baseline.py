"""J0 of the protocol: one patient, from the evaluation to the first booster, over the verbs alone."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import pytest

from infusions import boosters, response, run
from infusions.models import DrugVial, Infusion, Series
from insurance import coding_rules, verification
from insurance import rules as insurance_rules
from insurance.models import SelfPay, Verification
from journey.demo.day import Day
from journey.series import book_booster, book_series
from patients.models import Evaluation, Patient
from reminders.models import FollowUp, Message
from tests.journeys import telling
from tests.journeys.telling import Clinic, phq9
from therapy import notes
from therapy.headings import PROGRESS
from therapy.models import TherapySession
from visits import planner
from visits.models import Appointment

pytestmark = pytest.mark.django_db

INFUSION_DAYS = ["2027-02-02", "2027-02-05", "2027-02-09", "2027-02-12", "2027-02-16", "2027-02-19"]
SCORES = [21, 18, 15, 11, 9, 7]


def local(clinic: Clinic, moment: object) -> str:
    return f"{clinic.site.local(moment):%Y-%m-%d %H:%M}"  # type: ignore[arg-type]


def evaluated_and_self_paying(clinic: Clinic) -> Patient:
    with clinic.at("2027-01-12", "10:00"):
        patient = telling.maya(clinic)
    with clinic.at("2027-01-19", "11:00"):
        signed = telling.evaluated(clinic, patient)
        assert (signed.state, signed.valid_until) == (Evaluation.State.ELIGIBLE, date(2027, 4, 19))
    with clinic.at("2027-01-20", "09:10"):
        check = verification.open_check(patient_id=patient.pk, leg="medical", by=clinic.insurance)
        verification.record_result(
            verification_id=check.pk, state="not_covered", method="phone", representative="Dana", reference="C-77",
            by=clinic.insurance,
        )  # fmt: skip
        verification.agree_self_pay(
            patient_id=patient.pk, reason="Not covered by the plan", by=clinic.insurance, service_on=date(2027, 2, 2)
        )
    return patient


def booked(clinic: Clinic, patient: Patient) -> Series:
    with clinic.at("2027-01-20", "10:42"):
        best = planner.propose(
            patient=patient,
            site=clinic.site,
            count=6,
            weekdays=(1, 4),
            not_before=date(2027, 2, 2),
            at=time(9),
            therapist=clinic.therapist,
            first_ever=True,
            by=clinic.desk,
        )[0]
        return book_series(patient=patient, site=clinic.site, proposal=best, by=clinic.desk)


def treated(clinic: Clinic, series: Series) -> list[Infusion]:
    """Every infusion day of the series, with the sessions between them."""
    given = []
    write(clinic, series, "preparation", "2027-01-28", "13:00")
    for number, score in enumerate(SCORES, start=1):
        given.append(infused(clinic, series, number, score))
        if number == 3:
            write(clinic, series, "midpoint", "2027-02-10", "13:00")
    write(clinic, series, "integration", "2027-02-22", "13:00")
    return given


def infused(clinic: Clinic, series: Series, number: int, score: int) -> Infusion:
    infusion = series.infusions.get(number=number)
    return Day(
        infusion=infusion,
        nurse=clinic.nurse,
        second=clinic.second,
        provider=clinic.provider,
        escort=series.patient.contacts.get(kind="escort"),
        phq9=phq9(score),
    ).tell()


def write(clinic: Clinic, series: Series, kind: str, day: str, hour: str) -> TherapySession:
    session = series.therapy_sessions.get(kind=kind)
    assert session.appointment
    start = session.appointment.starts_at
    with clinic.at(day, "14:00"):
        note = notes.write(
            session_id=session.pk,
            kind="progress",
            sections={section.key: f"{section.label}: as discussed." for section in PROGRESS[kind]},
            by=clinic.therapist,
            started_at=start,
            ended_at=session.appointment.ends_at,
            modality="individual",
            reached="in_person",
            risk_unasked="Asked by the nurse the day before.",
        )
        notes.sign(note_id=note.pk, by=clinic.therapist)
    session.refresh_from_db()
    return session


@pytest.fixture
def clinic(db: None) -> Clinic:
    return telling.pine_street()


def test_estimate_is_due_the_next_business_day(clinic: Clinic) -> None:
    evaluated_and_self_paying(clinic)
    assert SelfPay.objects.get().gfe_due == date(2027, 1, 21)
    assert insurance_rules.gfe_due(date(2027, 1, 15), date(2027, 2, 2)) == date(2027, 1, 21)
    assert Verification.objects.get().state == Verification.State.SELF_PAY


def test_one_step_books_six_infusions_and_three_sessions(clinic: Clinic) -> None:
    series = booked(clinic, evaluated_and_self_paying(clinic))
    visits = {
        kind: [local(clinic, visit.starts_at) for visit in Appointment.objects.filter(kind=kind)]
        for kind in ("preparation", "infusion", "midpoint", "integration")
    }
    assert visits["infusion"] == [f"{day} 09:00" for day in INFUSION_DAYS]
    assert [visit[:10] for kind in ("preparation", "midpoint", "integration") for visit in visits[kind]] == [
        "2027-01-28",
        "2027-02-10",
        "2027-02-22",
    ]
    assert list(series.infusions.values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]
    for visit in Appointment.objects.all():
        held = visit.holds.filter(active=True)
        assert held.filter(room__isnull=False).count() == 1
        assert held.filter(patient__isnull=False).count() == 1
        assert held.filter(staff__isnull=False).exists()
    assert FollowUp.objects.get(kind="estimate_due").due_at == clinic.site.moment(date(2027, 1, 21), time(17))


def test_reminders_stand_three_days_and_one_day_before_at_the_same_hour(clinic: Clinic) -> None:
    booked(clinic, evaluated_and_self_paying(clinic))
    first = Appointment.objects.filter(kind="infusion").earliest("starts_at")
    planned = Message.objects.filter(subject_id=first.pk).order_by("due_at")
    assert [local(clinic, message.due_at) for message in planned] == ["2027-01-30 09:00", "2027-02-01 09:00"]
    assert Message.objects.filter(kind="visits_booked").count() == 1


def test_infusion_is_dosed_checked_timed_and_accounted_for(clinic: Clinic) -> None:
    series = booked(clinic, evaluated_and_self_paying(clinic))
    infusion = infused(clinic, series, 1, 21)
    order = infusion.order
    assert order
    assert (order.dose_mg, order.minutes, order.bag_ml) == (Decimal("40.00"), 40, Decimal("50.0"))
    assert infusion.drawn_ml == Decimal("0.80")
    assert (infusion.drawn_by, infusion.checked_by) == (clinic.nurse, clinic.second)
    assert (local(clinic, infusion.started_at)[11:], local(clinic, infusion.ended_at)[11:]) == ("09:12", "09:52")
    assert infusion.given_mg == Decimal("40.00")
    assert DrugVial.objects.get().balance_ml == Decimal("9.20")
    assert infusion.state == Infusion.State.DISCHARGED
    assert infusion.discharge.escort_name == "Luis Torres"
    assert infusion.appointment.status == Appointment.Status.DONE


def test_forty_minutes_are_one_unit_of_the_first_hour(clinic: Clinic) -> None:
    series = booked(clinic, evaluated_and_self_paying(clinic))
    infusion = infused(clinic, series, 1, 21)
    minutes = run.infused_seconds(infusion, infusion.ended_at) // 60  # type: ignore[arg-type]
    assert [(line.code, line.units) for line in coding_rules.suggest([coding_rules.Infused(minutes)])] == [("96365", 1)]


def test_response_is_first_met_at_the_fifth_and_remission_is_not(clinic: Clinic) -> None:
    series = booked(clinic, evaluated_and_self_paying(clinic))
    treated(clinic, series)
    with clinic.at("2027-02-23", "10:00"):
        telling.measured(clinic, series.patient, 7, timepoint="post_series")
        found = response.assess(series)
    assert found.baseline == 21
    assert found.first_response == 5
    assert not found.remission
    series.refresh_from_db()
    assert series.state == Series.State.COMPLETED
    assert set(series.therapy_sessions.values_list("state", flat=True)) == {"signed"}


def test_boosters_follow_at_fourteen_twenty_one_and_twenty_eight_days(clinic: Clinic) -> None:
    series = booked(clinic, evaluated_and_self_paying(clinic))
    treated(clinic, series)
    with clinic.at("2027-02-23", "10:00"):
        telling.measured(clinic, series.patient, 7, timepoint="post_series")
        response.review(
            series_id=series.pk, decision="maintenance", rationale="Response since infusion 5.", by=clinic.provider
        )
        plan = boosters.plan(series_id=series.pk, intervals_days=[14, 21, 28], by=clinic.provider)
    assert boosters.due_dates(plan, date(2027, 2, 19), 3) == [date(2027, 3, 5), date(2027, 3, 26), date(2027, 4, 23)]
    with clinic.at("2027-02-23", "10:30"):
        booster = book_booster(series=series, starts_at=clinic.site.moment(date(2027, 3, 5), time(9)), by=clinic.desk)
    planned = Message.objects.filter(subject_id=booster.appointment_id).order_by("due_at")
    assert [local(clinic, message.due_at) for message in planned] == ["2027-03-02 09:00", "2027-03-04 09:00"]
    assert booster.number == 1


def test_booster_reminders_keep_the_wall_clock_over_the_change_to_summer_time(clinic: Clinic) -> None:
    series = booked(clinic, evaluated_and_self_paying(clinic))
    treated(clinic, series)
    with clinic.at("2027-02-23", "10:30"):
        telling.measured(clinic, series.patient, 7, timepoint="post_series")
        response.review(
            series_id=series.pk, decision="maintenance", rationale="Response since infusion 5.", by=clinic.provider
        )
        boosters.plan(series_id=series.pk, intervals_days=[14, 21, 28], by=clinic.provider)
        booster = book_booster(series=series, starts_at=clinic.site.moment(date(2027, 3, 15), time(9)), by=clinic.desk)
    planned = Message.objects.filter(subject_id=booster.appointment_id).order_by("due_at")
    assert [local(clinic, message.due_at) for message in planned] == ["2027-03-12 09:00", "2027-03-14 09:00"]


def test_every_step_names_its_actor_and_time(clinic: Clinic) -> None:
    series = booked(clinic, evaluated_and_self_paying(clinic))
    infusion = infused(clinic, series, 1, 21)
    steps = [(event.after, event.by) for event in infusion.state_events.exclude(after="scheduled")]
    assert [state for state, _ in steps] == [
        "checked_in",
        "cleared",
        "in_progress",
        "completed",
        "recovery",
        "discharged",
    ]
    assert {by for _, by in steps} == {clinic.nurse}
