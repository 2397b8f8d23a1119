"""The plan of questionnaires: made with the series, and made anew when it moves, ends or goes on (protocol 3.6)."""

from datetime import timedelta

import pytest

from clinic import clock
from infusions import questionnaires, rules
from infusions import series as verbs
from infusions.models import Series
from patients import measure_plan, measures
from patients.models import Condition, MeasureDue
from tests import build
from tests.infusions import making
from visits import changes
from visits.models import Appointment


@pytest.fixture(autouse=True)
def on_the_day_of_booking(site):
    with clock.at(build.moment(site, "2027-01-20", "10:00")):
        yield


@pytest.fixture
def series(patient, front_desk):
    return making.loading(patient, front_desk)


def first(series, day="2027-02-02"):
    """An infusion of the series with what is asked before it."""
    made = making.infusion(series, 1, day)
    questionnaires.before(made)
    return made


def plan(patient, state="open"):
    """(instrument, occasion, day it is due from) of each row."""
    rows = MeasureDue.objects.filter(patient=patient, state=state).order_by("due_from", "instrument")
    return [(row.instrument, row.timepoint, f"{patient.site.local(row.due_from):%m-%d %H:%M}") for row in rows]


@pytest.fixture
def given(series, provider, nurse, other_nurse):
    """Make a discharged infusion of a day."""
    order, vial = making.order(series, provider), making.vial(series.site, nurse)

    def give(of, day):
        return making.give(making.infusion(of, 1, day), order, vial, nurse=nurse, checker=other_nurse)

    return give


@pytest.mark.parametrize(
    ("cadence", "days"),
    [
        ((14, 4, 28), [14, 28, 42, 56, 84, 112, 140, 168, 196, 224, 252, 280, 308, 336, 364]),
        ((7, 2, 90), [7, 14, 104, 194, 284]),
    ],
)
def test_days_of_the_cadence(cadence, days):
    assert rules.follow_up_days(*cadence) == days


def test_before_an_infusion_both_are_asked_for_a_day(series, patient):
    first(series)
    assert plan(patient) == [
        ("cssrs", "pre_infusion", "02-01 09:00"),
        ("phq9", "pre_infusion", "02-01 09:00"),
    ]


def test_booking_an_infusion_asks(series, patient, front_desk):
    starts = build.moment(series.site, "2027-02-02", "09:00")
    visit = Appointment.objects.create(
        patient=patient,
        site=series.site,
        kind="infusion",
        starts_at=starts,
        ends_at=starts + timedelta(minutes=115),
        booked_by=front_desk,
    )
    verbs.add_infusion(series=series, appointment=visit, number=1, by=front_desk)
    assert len(plan(patient)) == 2


def test_a_move_moves_what_is_due(series, patient, front_desk, nurse):
    infusion = first(series)
    changes.move(
        appointment_id=infusion.appointment_id,
        starts_at=build.moment(series.site, "2027-02-03", "11:00"),
        by=front_desk,
    )
    assert plan(patient) == [
        ("cssrs", "pre_infusion", "02-02 11:00"),
        ("phq9", "pre_infusion", "02-02 11:00"),
    ]
    assert MeasureDue.objects.count() == 2


def test_an_answer_that_a_move_left_behind_is_asked_for_again(series, patient, front_desk, nurse):
    infusion = first(series)
    with clock.at(build.moment(series.site, "2027-02-02", "08:30")):
        build.phq9(patient, 18, by=nurse, timepoint="")
        changes.move(
            appointment_id=infusion.appointment_id,
            starts_at=build.moment(series.site, "2027-02-05", "09:00"),
            by=front_desk,
        )
    assert ("phq9", "pre_infusion", "02-04 09:00") in plan(patient)
    assert plan(patient, "done") == [("phq9", "pre_infusion", "02-01 09:00")]


@pytest.mark.parametrize("how", ["cancel", "no_show"])
def test_a_lost_visit_asks_for_nothing(series, patient, front_desk, how):
    infusion = first(series)
    with clock.at(build.moment(series.site, "2027-02-02", "09:11")):
        if how == "cancel":
            changes.cancel(appointment_id=infusion.appointment_id, party="patient", reason="Ill", by=front_desk)
        else:
            changes.no_show(appointment_id=infusion.appointment_id, by=front_desk)
    assert (plan(patient), len(plan(patient, "void"))) == ([], 2)


def test_a_stopped_series_is_followed_on(given, series, patient, provider):
    given(series, "2027-02-02")
    with clock.at(build.moment(series.site, "2027-02-02", "12:00")):
        verbs.stop(series_id=series.pk, reason="No response", by=provider)
    rows = plan(patient)
    assert rows[:7] == [
        ("gad7", "post_series", "02-03 09:52"),
        ("phq9", "post_series", "02-03 09:52"),
        ("phq9", "follow_up", "02-09 00:00"),  # 7 days after the stop (J4)
        ("phq9", "follow_up", "02-16 00:00"),
        ("gad7", "follow_up", "03-02 00:00"),
        ("phq9", "follow_up", "03-02 00:00"),
        ("phq9", "follow_up", "03-04 00:00"),  # and 30
    ]
    assert len([row for row in rows if row[0] == "phq9"]) == 18


def test_while_a_series_goes_on_nothing_follows_it(given, series, patient):
    given(series, "2027-02-02")
    questionnaires.after(patient)
    assert plan(patient) == []


def test_the_cadence_is_the_site_s_own_and_keeps_the_clock_across_dst(given, series, patient):
    given(series, "2027-02-16")
    Series.objects.filter(pk=series.pk).update(state="completed", ended_at=clock.now())
    with clock.at(build.moment(series.site, "2027-02-16", "12:00")):
        questionnaires.after(patient)
    assert ("phq9", "follow_up", "03-16 00:00") in plan(patient)


def test_a_booster_begins_the_cadence_anew(given, series, patient, front_desk):
    """J12: after the booster of 03-26 the PHQ-9 is due on 04-09 and 04-23."""
    given(series, "2027-02-19")
    Series.objects.filter(pk=series.pk).update(state="completed", ended_at=clock.now())
    with clock.at(build.moment(series.site, "2027-02-19", "12:00")):
        questionnaires.after(patient)
    boosters = Series.objects.create(
        patient=patient,
        site=series.site,
        kind="maintenance",
        follows=series,
        opened_at=clock.now(),
        opened_by=front_desk,
    )
    given(boosters, "2027-03-26")
    with clock.at(build.moment(series.site, "2027-03-26", "12:00")):
        questionnaires.after(patient)
    rows = [row for row in plan(patient) if row[0] == "phq9"]
    assert rows[:2] == [("phq9", "follow_up", "04-09 00:00"), ("phq9", "follow_up", "04-23 00:00")]
    assert not [row for row in plan(patient) if row[1] == "post_series"]


@pytest.mark.parametrize(("code", "added"), [("F43.12", "pcl5"), ("F42.2", "ybocs"), ("F33.2", None)])
def test_the_diagnosis_adds_its_own(series, patient, code, added):
    Condition.objects.create(patient=patient, code=code, display="Diagnosis")
    assert measure_plan.extras(patient) == ((added,) if added else ())


def test_j0_the_answer_four_days_after_the_last_is_the_one_after_the_series(given, series, patient, nurse):
    given(series, "2027-02-19")
    Series.objects.filter(pk=series.pk).update(state="completed", ended_at=clock.now())
    with clock.at(build.moment(series.site, "2027-02-23", "09:00")):
        questionnaires.after(patient)
        response = build.phq9(patient, 7, by=nurse, timepoint="")
    assert response.timepoint == "post_series"
    assert measures.latest(patient, "phq9") == response


def test_what_was_booked_before_the_plan_is_caught_up_with_once(series, patient):
    making.infusion(series, 1, "2027-02-02")
    assert plan(patient) == []
    assert (questionnaires.catch_up(), questionnaires.catch_up()) == (1, 0)
    assert plan(patient) == [("cssrs", "pre_infusion", "02-01 09:00"), ("phq9", "pre_infusion", "02-01 09:00")]


def test_those_treated_before_the_plan_are_asked_from_now_on_alone(series, patient, given, site):
    given(series, "2027-02-02")
    Series.objects.filter(pk=series.pk).update(state="completed", ended_at=clock.now())
    MeasureDue.objects.all().delete()
    with clock.at(build.moment(site, "2027-03-04", "12:00")):
        assert (questionnaires.catch_up(), questionnaires.catch_up()) == (1, 0)
        assert plan(patient)[:2] == [("gad7", "follow_up", "03-02 00:00"), ("phq9", "follow_up", "03-02 00:00")]
        assert not MeasureDue.objects.filter(due_until__lt=clock.now()).exists()
