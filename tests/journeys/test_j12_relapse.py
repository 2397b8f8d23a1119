"""J12 of the protocol: a relapse between boosters, the earliest booster beside the one that is booked, and a limit."""

from __future__ import annotations

from datetime import date

import pytest

from infusions import booster_tasks, booster_visits, boosters, readiness
from infusions.models import Infusion, RelapseState
from journey.series import book_booster
from patients import evaluations
from patients.models import SafetyAlert
from reminders.models import FollowUp
from tests import build
from tests.infusions import making
from tests.journeys import responding
from tests.journeys.telling import pine_street

pytestmark = pytest.mark.django_db
State = RelapseState.State


@pytest.fixture
def clinic():
    return pine_street()


@pytest.fixture
def series(clinic):
    """The interval is 42 days since 03-26, and 05-07 is booked."""
    made = responding.maintained(clinic)
    with clinic.at("2027-03-26", "16:00"):
        booster_visits.decide(series_id=made.pk, intervals_days=[42], move_booked=True, by=clinic.provider)
    return made


def tasks(series):
    return {task.kind: task for task in FollowUp.objects.filter(patient=series.patient, state="open")}


def booked(series):
    return [f"{series.site.local(each.appointment.starts_at):%m-%d %H:%M}" for each in boosters.booked(series)]


def test_a_relapse_is_confirmed_and_two_boosters_follow(clinic, series):
    site, patient = series.site, series.patient
    # Given 4 on 04-09 and 6 on 04-23: no sign of relapse
    for day, score in (("2027-04-09", 4), ("2027-04-23", 6)):
        responding.scored(clinic, series, day, score, "follow_up")
    assert making.watch_state(patient) == State.NONE
    # When the patient answers an extra questionnaire on Friday 04-30 with 12, eight above the best
    responding.scored(clinic, series, "2027-04-30", 12, "follow_up")
    # Then the relapse is confirmed: a call the same day, and nobody's visit was touched
    assert making.watch_state(patient) == State.CONFIRMED
    asked = tasks(series)
    assert site.local(asked["relapse_call"].due_at).date() == date(2027, 4, 30)
    assert asked["relapse_slot"].owner_role == "front_desk"
    assert (asked["relapse_told"].owner_role, asked["relapse_interval"].owner_role) == ("therapist", "provider")
    assert not SafetyAlert.objects.filter(patient=patient).exists()
    assert booked(series) == ["05-07 09:00"]
    with clinic.at("2027-04-30", "11:00"):
        # And the free hours keep 48 hours to 05-07, within 7 days
        offers = {f"{site.local(one.starts_at):%m-%d %H:%M}": one for one in booster_visits.sooner(series)}
        assert offers["05-04 09:00"].before_next_days == 3
        assert max(offers) == "05-05 09:00"
        # When front desk books Tuesday 05-04, 05-07 is kept as the second
        book_booster(series=series, starts_at=build.moment(site, "2027-05-04"), by=clinic.desk)
        assert booked(series) == ["05-04 09:00", "05-07 09:00"]
        assert [each.number for each in boosters.booked(series)] == [3, 4]
        assert "relapse_slot" not in tasks(series)
        # And the provider signs the interval one step shorter, which moves neither
        rule = boosters.propose(series)
        assert (rule.now_days, rule.days) == (42, 28)
        booster_visits.decide(series_id=series.pk, intervals_days=[28], move_booked=True, by=clinic.provider)
        assert booked(series) == ["05-04 09:00", "05-07 09:00"]
        assert "relapse_interval" not in tasks(series)


def test_still_10_after_two_boosters_is_an_evaluation_and_no_third(clinic, series):
    site = series.site
    responding.scored(clinic, series, "2027-04-30", 12, "follow_up")
    with clinic.at("2027-04-30", "11:00"):
        book_booster(series=series, starts_at=build.moment(site, "2027-05-04"), by=clinic.desk)
    for booster in boosters.booked(series):
        responding.boosted(clinic, booster)
    responding.scored(clinic, series, "2027-05-10", 11, "follow_up")
    assert "relapse_evaluation" in tasks(series)
    with clinic.at("2027-05-10", "11:00"):
        third = book_booster(series=series, starts_at=build.moment(site, "2027-05-14"), by=clinic.desk)
        whole = Infusion.objects.select_related("series__patient__site", "appointment__site").get(pk=third.pk)
        light = next(one for one in readiness.lights(whole) if one.key == "review")
        assert light.sentence == "Two boosters were given, and PHQ-9 is still 11. Evaluate again before a third."


def test_a_booster_that_was_given_is_looked_for_no_longer(clinic, series):
    responding.scored(clinic, series, "2027-04-30", 12, "follow_up")
    assert "relapse_slot" in tasks(series)
    given = boosters.booked(series)[0]
    responding.boosted(clinic, given)
    with clinic.at("2027-05-07", "11:30"):
        booster_tasks.after_discharge(given, clinic.nurse)
    assert "relapse_slot" not in tasks(series)
    asked = FollowUp.objects.get(kind="booster_verify", subject_id=given.appointment_id)
    assert (asked.state, asked.outcome) == ("done", "A booster was given.")


def test_below_10_after_two_boosters_ends_the_relapse(clinic, series):
    responding.scored(clinic, series, "2027-04-30", 12, "follow_up")
    with clinic.at("2027-04-30", "11:00"):
        book_booster(series=series, starts_at=build.moment(series.site, "2027-05-04"), by=clinic.desk)
    for booster in boosters.booked(series):
        responding.boosted(clinic, booster)
    responding.scored(clinic, series, "2027-05-10", 6, "follow_up")
    assert making.watch_state(series.patient) == State.NONE


def test_the_evaluation_holds_for_boosters_until_180_days_are_over(clinic, series):
    assert evaluations.in_force(series.patient, date(2027, 5, 4), booster=True)
    assert evaluations.in_force(series.patient, date(2027, 7, 17), booster=True)
    assert evaluations.in_force(series.patient, date(2027, 7, 18), booster=True) is None
