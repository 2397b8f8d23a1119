"""Every pair of states is legal or illegal; the table of the design is the whole truth."""

from datetime import timedelta

import pytest

from clinic.errors import IllegalTransition, Invalid
from infusions import states
from infusions.models import Infusion, StateEvent
from infusions.states import State

POSTER = """
scheduled: checked_in cancelled no_show
checked_in: cleared held not_given
cleared: in_progress held not_given
held: cleared not_given
in_progress: paused completed stopped_early
paused: in_progress stopped_early
completed: recovery
stopped_early: recovery
recovery: discharged
discharged:
not_given:
no_show:
cancelled:
"""
LEGAL = {
    (State(before.strip()), State(after))
    for before, _, rest in (line.partition(":") for line in POSTER.strip().splitlines())
    for after in rest.split()
}


@pytest.mark.parametrize("after", State)
@pytest.mark.parametrize("before", State)
def test_a_state_follows_only_as_the_poster_says(before, after):
    infusion = Infusion(state=before)
    if (before, after) in LEGAL:
        states.require_move(infusion, after)
        return
    with pytest.raises(IllegalTransition) as refused:
        states.require_move(infusion, after)
    assert refused.value.current == before.label
    assert set(refused.value.allowed) == {State(s).label for b, s in LEGAL if b == before}


def test_a_move_writes_state_and_event_with_both_times(booked, day, nurse):
    with day.clock("09:00"):
        infusion = states.locked(booked.pk)
        states.move_to(infusion, State.CHECKED_IN, observed_at=day.at("08:40"), by=nurse)
    event = StateEvent.objects.filter(infusion=booked).latest("id")
    assert (event.before, event.after, event.by) == ("scheduled", "checked_in", nurse)
    assert (event.observed_at, event.entered_at) == (day.at("08:40"), day.at("09:00"))
    booked.refresh_from_db()
    assert (booked.state, booked.version) == ("checked_in", 2)


def test_a_time_in_the_future_is_refused_and_changes_nothing(booked, day, nurse):
    with day.clock("09:00"), pytest.raises(Invalid) as refused:
        states.move_to(
            states.locked(booked.pk), State.CHECKED_IN, observed_at=day.at("09:00") + timedelta(minutes=3), by=nurse
        )
    assert "still to come" in refused.value.fields["observed_at"]
    booked.refresh_from_db()
    assert booked.state == "scheduled"


def test_a_tablet_two_minutes_ahead_means_now(booked, day, nurse):
    with day.clock("09:00"):
        moment = states.move_to(states.locked(booked.pk), State.CHECKED_IN, observed_at=day.at("09:02"), by=nurse)
    assert moment == day.at("09:00")


def test_a_time_before_the_step_before_is_refused(checked_in, day, nurse):
    with day.clock("09:00"), pytest.raises(Invalid) as refused:
        states.move_to(states.locked(checked_in.pk), State.HELD, observed_at=day.at("08:44"), by=nurse)
    assert "08:45" in refused.value.fields["observed_at"]
