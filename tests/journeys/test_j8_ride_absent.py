"""J8 of the protocol: the ride that does not come."""

from __future__ import annotations

import pytest

from clinic.errors import NotReady
from infusions import arrival, readiness, run
from tests.infusions.day import Day

pytestmark = pytest.mark.django_db


@pytest.fixture
def day(site, patient, nurse, other_nurse, provider):
    return Day(site, patient, nurse, other_nurse, provider)


def test_an_escort_who_can_not_be_reached_keeps_the_gate_closed_until_the_word_comes(day, nurse):
    """Arrives 08:50, the escort out of reach: not cleared; half an hour of grace; a word at 09:20: cleared."""
    infusion = day.until("booked")
    day.checked_in(infusion, "08:50")
    day.asked("08:52")
    day.arrival(infusion, "08:54", escort_confirmed=False)
    day.vitals(infusion, "08:56")

    def light(time):
        with day.clock(time):
            return next(light for light in readiness.lights(infusion) if light.key == "escort")

    assert light("09:00").sentence == (
        "Luis Torres has not confirmed yet. Call, and confirm here; the chair waits until 09:20."
    )
    assert light("09:21").sentence.startswith("Luis Torres has not confirmed yet. The 30 minutes of grace are over")
    with day.clock("09:05"), pytest.raises(NotReady, match="Way home: Luis Torres has not confirmed yet"):
        run.clear(infusion_id=infusion.pk, by=nurse)
    with day.clock("09:20"):
        arrival.confirm_escort(infusion_id=infusion.pk, by=nurse)
        assert run.clear(infusion_id=infusion.pk, by=nurse).state == "cleared"
