"""Goals, what others noticed and life events: who may write them, what is refused, and that nothing is deleted."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from clinic import clock
from clinic.errors import Invalid, NotFound, NotPermitted, Refused
from clinic.policy import Role
from patients import goals
from patients.models import Goal, GoalRating, LifeEvent, Observation
from tests import build


@pytest.fixture(autouse=True)
def on_the_day(site):
    with clock.at(build.moment(site, "2027-02-02")):
        yield


@pytest.fixture
def goal(patient, therapist):
    return goals.add_goal(patient_id=patient.pk, words="  To walk to the lake again ", by=therapist)


def test_a_goal_keeps_the_patients_words_and_who_wrote_them(goal, therapist):
    assert (goal.words, goal.set_by, goal.entered_by) == ("To walk to the lake again", "patient", therapist)


def test_ratings_follow_one_another_and_the_same_press_twice_is_one(goal, nurse):
    for value in (2, 2, 7):
        goals.rate(goal_id=goal.pk, value=value, by=nurse)
    assert [rating.value for rating in goal.ratings.all()] == [2, 7]


@pytest.mark.parametrize("value", [None, -1, 11])
def test_a_rating_is_a_number_from_0_to_10(goal, nurse, value):
    with pytest.raises(Invalid):
        goals.rate(goal_id=goal.pk, value=value, by=nurse)
    assert not goal.ratings.exists()


def test_the_database_refuses_a_rating_above_10(goal, nurse):
    with pytest.raises(IntegrityError), transaction.atomic():
        GoalRating.objects.create(goal=goal, value=11, observed_at=clock.now(), entered_by=nurse)


def test_the_same_goal_twice_is_refused_and_a_blank_one_asks_for_words(goal, patient, nurse):
    with pytest.raises(Refused):
        goals.add_goal(patient_id=patient.pk, words="to walk to the LAKE again", by=nurse)
    with pytest.raises(Invalid):
        goals.add_goal(patient_id=patient.pk, words=" \n", by=nurse)
    assert Goal.objects.count() == 1


def test_what_a_partner_noticed_names_them(patient, nurse):
    kept = goals.notice(
        patient_id=patient.pk, words="She laughed at dinner.", source="partner", said_by="Luis Torres", by=nurse
    )
    assert kept.who == "Luis Torres, partner"
    with pytest.raises(Invalid):
        goals.notice(patient_id=patient.pk, words="Slept", source="neighbour", by=nurse)


@pytest.mark.parametrize(("day", "ok"), [("2027-02-02", True), ("2027-02-03", False), ("1984-03-13", False)])
def test_a_life_event_lies_between_birth_and_today(patient, nurse, day, ok):
    def add():
        return goals.add_life_event(
            patient_id=patient.pk, on=date.fromisoformat(day), kind="loss", words="Her mother died", by=nurse
        )

    if ok:
        assert add().on == date(2027, 2, 2)
        return
    with pytest.raises(Invalid):
        add()


def test_a_time_to_come_is_refused(patient, nurse):
    with pytest.raises(Invalid):
        goals.add_goal(
            patient_id=patient.pk, words="To sleep", by=nurse, observed_at=clock.now() + timedelta(minutes=3)
        )


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.INSURANCE_ADMIN, Role.CLINIC_ADMIN])
def test_those_who_do_not_treat_write_nothing(site, patient, goal, role):
    by = build.user(role, at=site)
    verbs = (
        lambda: goals.add_goal(patient_id=patient.pk, words="To sleep", by=by),
        lambda: goals.rate(goal_id=goal.pk, value=3, by=by),
        lambda: goals.notice(patient_id=patient.pk, words="Walks", source="friend", by=by),
        lambda: goals.add_life_event(patient_id=patient.pk, on=date(2027, 1, 1), kind="loss", words="A", by=by),
        lambda: goals.mark_in_error(kind="goal", pk=goal.pk, reason="No", by=by),
    )
    for verb in verbs:
        with pytest.raises(NotPermitted):
            verb()
    assert (Goal.objects.count(), Observation.objects.count(), LifeEvent.objects.count()) == (1, 0, 0)


def test_for_a_stranger_none_of_it_exists(patient, goal, stranger):
    for verb in (
        lambda: goals.add_goal(patient_id=patient.pk, words="To sleep", by=stranger),
        lambda: goals.rate(goal_id=goal.pk, value=3, by=stranger),
        lambda: goals.mark_in_error(kind="goal", pk=goal.pk, reason="No", by=stranger),
        lambda: goals.mark_in_error(kind="nothing", pk=uuid4(), reason="No", by=stranger),
    ):
        with pytest.raises(NotFound):
            verb()
    assert goals.patient_of("goal", goal.pk, stranger) is None


def test_an_error_is_marked_with_its_reason_once_and_stays(goal, nurse):
    with pytest.raises(Invalid):
        goals.mark_in_error(kind="goal", pk=goal.pk, reason=" ", by=nurse)
    goals.mark_in_error(kind="goal", pk=goal.pk, reason="Of another patient", by=nurse)
    kept = Goal.objects.get()
    assert (kept.entered_in_error_by, kept.entered_in_error_reason) == (nurse, "Of another patient")
    with pytest.raises(Refused):
        goals.mark_in_error(kind="goal", pk=goal.pk, reason="Again", by=nurse)
    with pytest.raises(Refused):
        goals.rate(goal_id=goal.pk, value=3, by=nurse)


def test_every_write_leaves_an_event(goal, nurse):
    rating = goals.rate(goal_id=goal.pk, value=3, by=nurse)
    goals.mark_in_error(kind="rating", pk=rating.pk, reason="Slip", by=nurse)
    events = GoalRating.pgh_event_model.objects.filter(pgh_obj_id=rating.pk)
    assert sorted(events.values_list("pgh_label", flat=True)) == ["insert", "update"]
