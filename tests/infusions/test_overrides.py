"""A provider lets one finding pass, and nothing that is found later."""

from __future__ import annotations

from decimal import Decimal

import pytest

from clinic import clock
from clinic.errors import NotReady
from infusions import pregnancy, readiness, run
from patients.models import Patient


def _pass(day, infusion, light, time="08:56"):
    with day.clock(time):
        return run.override(infusion_id=infusion.pk, light=light, reason="Looked at, safe today", by=day.provider)


def _passed(day, infusion, key, time="09:00"):
    infusion.refresh_from_db()
    with day.clock(time):
        return next(light for light in readiness.lights(infusion) if light.key == key).passed


def _start(day, infusion):
    with day.clock("09:12"):
        return run.start(infusion_id=infusion.pk, observed_at=clock.now(), by=day.nurse)


def test_the_start_holds_when_something_else_is_found_after_the_override(ready, day):
    vitamin = {"nothing_new": False, "interval_history": "A new vitamin"}
    day.arrival(ready, "08:55", **vitamin)
    first = _pass(day, ready, "interval")
    day.cleared(ready)
    day.drawn(ready)
    day.checked(ready)
    day.arrival(ready, "09:10", nothing_new=False, interval_history="A heart attack last week")
    with pytest.raises(NotReady, match="heart attack"):
        _start(day, ready)
    day.arrival(ready, "09:11", **vitamin)
    assert _start(day, ready).state == "in_progress"
    assert first.found == "New since last time: A new vitamin. A provider looks at it."


FOUND_LATER = {
    "fasting": ({"fatty_meal": True, "last_solids_at": "02:00"}, {"fatty_meal": True, "last_solids_at": "06:30"}),
    "weight": ({"weight_kg": Decimal(86)}, {"weight_kg": Decimal(96)}),
    "escort": ({"escort_confirmed": False}, {"escort": None}),
}


@pytest.mark.parametrize("key", FOUND_LATER)
def test_another_finding_asks_for_another_word(ready, day, key):
    first, second = (
        {name: day.at(value) if name.endswith("_at") else value for name, value in changes.items()}
        for changes in FOUND_LATER[key]
    )
    day.arrival(ready, "08:55", **first)
    _pass(day, ready, key)
    assert _passed(day, ready, key)
    day.arrival(ready, "08:57", **second)
    assert not _passed(day, ready, key)
    _pass(day, ready, key, "08:58")
    assert _passed(day, ready, key)
    assert ready.overrides.count() == 2


def test_the_end_of_the_grace_is_no_new_finding(ready, day):
    day.arrival(ready, "08:55", escort_confirmed=False)
    _pass(day, ready, "escort")
    assert _passed(day, ready, "escort", "09:40")


def test_a_positive_test_after_an_override_stays_a_stop_and_a_negative_one_revives_nothing(checked_in, day):
    Patient.objects.update(sex="female")
    day.arrival(checked_in, pregnancy="na")
    _pass(day, checked_in, "pregnancy", "08:51")
    assert _passed(day, checked_in, "pregnancy")
    for time, result in (("08:52", "positive"), ("08:53", "negative")):
        with day.clock(time):
            pregnancy.record_test(infusion_id=checked_in.pk, result=result, by=day.nurse)
        assert not _passed(day, checked_in, "pregnancy")
    _pass(day, checked_in, "pregnancy", "08:54")
    assert _passed(day, checked_in, "pregnancy")
    for time, result in (("08:55", "positive"), ("08:56", "negative")):
        with day.clock(time):
            pregnancy.record_test(infusion_id=checked_in.pk, result=result, by=day.nurse)
        assert not _passed(day, checked_in, "pregnancy")


def test_a_grave_reading_after_an_override_holds_also_beside_one_that_was_let_pass(checked_in, day):
    day.vitals(checked_in, "08:50", heart_rate=112)
    _pass(day, checked_in, "vitals", "08:51")
    assert _passed(day, checked_in, "vitals")
    day.vitals(checked_in, "08:52", heart_rate=112, spo2=85)
    assert not _passed(day, checked_in, "vitals")


def test_an_override_that_names_no_finding_lets_nothing_pass(ready, day):
    day.arrival(ready, "08:55", substances_clear=False, alcohol_at=day.at("06:00"))
    ready.overrides.create(light="alcohol", reason="From before", by=day.provider, at=day.at("08:56"))
    assert not _passed(day, ready, "alcohol")
