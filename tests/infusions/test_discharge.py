"""The way home: each criterion alone, and the provider's release."""

import pytest
from django.db import IntegrityError, transaction

from clinic import clock
from clinic.errors import IllegalTransition, Invalid, NotPermitted, NotReady
from infusions import run
from infusions.models import Discharge

WELL = {
    "aldrete": 10,
    "oriented": True,
    "steady": True,
    "no_active_si": True,
    "iv_out": True,
    "instructions_given": True,
    "escort_name": "Luis Torres",
    "escort_relation": "brother",
}


def _leave(day, infusion, time="10:52", by=None, **changes):
    with day.clock(time):
        return run.discharge(
            infusion_id=infusion.pk, observed_at=clock.now(), by=by or day.nurse, **{**WELL, **changes}
        )


def test_a_patient_who_is_well_goes_home_after_an_hour(recovering, day):
    made = _leave(day, recovering)
    recovering.refresh_from_db()
    recovering.appointment.refresh_from_db()
    assert (recovering.state, recovering.appointment.status) == ("discharged", "done")
    assert (made.escort_name, made.released_by) == ("Luis Torres", None)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"aldrete": 8}, "Aldrete"),
        ({"oriented": False}, "oriented"),
        ({"steady": False}, "steadily"),
        ({"no_active_si": False}, "suicidal"),
        ({"iv_out": False}, "IV is still in"),
        ({"instructions_given": False}, "instructions"),
    ],
)
def test_each_criterion_alone_keeps_the_patient_and_is_named(recovering, day, changes, sentence):
    with pytest.raises(NotReady) as gate:
        _leave(day, recovering, **changes)
    [told] = gate.value.unmet
    assert sentence in told
    recovering.refresh_from_db()
    assert recovering.state == "recovery"


@pytest.mark.parametrize("missing", ["escort_name", "escort_relation"])
def test_without_an_adult_the_stay_is_two_hours_and_a_provider_releases(recovering, day, provider, missing):
    """J8: the driver cancels; dose from 09:12 to 09:52, so not before 11:52, and with a reason."""
    with pytest.raises(NotReady) as early:
        _leave(day, recovering, "11:51", **{missing: ""})
    assert len(early.value.unmet) == 2
    with pytest.raises(NotReady) as alone:
        _leave(day, recovering, "11:52", **{missing: ""})
    assert len(alone.value.unmet) == 1
    made = _leave(
        day, recovering, "11:52", by=provider, released_reason="Taxi, sister at home", way_home="taxi", **{missing: ""}
    )
    assert (made.released_by, made.released_reason) == (provider, "Taxi, sister at home")


def test_a_minute_too_early_is_named(recovering, day):
    with pytest.raises(NotReady, match="until 10:52"):
        _leave(day, recovering, "10:51")


def test_a_nurse_cannot_release_against_criteria(recovering, day):
    with pytest.raises(NotPermitted):
        _leave(day, recovering, steady=False, released_reason="Wants to go")


def test_high_pressure_asks_for_two_calm_readings(running, day):
    day.answers(day.vitals(running, "09:50", 172, 98).row, "09:51")
    day.completed(running)
    day.vitals(running, "10:10", 150, 90)
    with pytest.raises(NotReady, match="two readings"):
        _leave(day, running)
    day.vitals(running, "10:30", 140, 86)
    assert _leave(day, running)


def test_a_crossed_line_that_nobody_answered_keeps_the_patient_and_is_named(running, day, provider):
    row = day.vitals(running, "09:30", spo2=88).row
    day.completed(running)
    with pytest.raises(NotReady) as gate:
        _leave(day, running)
    [told] = gate.value.unmet
    assert "At 09:30 a line was crossed: SpO2 88" in told
    day.answers(row, "10:52", "Oxygen, 2 L")
    assert _leave(day, running).released_by is None


def test_a_release_is_not_kept_when_nothing_was_unmet(recovering, day, provider):
    assert _leave(day, recovering, by=provider, released_reason="In a hurry").released_by is None


def test_nobody_leaves_while_the_pump_runs(running, day):
    with pytest.raises(IllegalTransition):
        _leave(day, running)


def test_a_score_that_cannot_be_is_refused(recovering, day):
    with pytest.raises(Invalid):
        _leave(day, recovering, aldrete=11)


def test_the_database_takes_no_discharge_with_something_unmet_and_no_name(recovering, day):
    with pytest.raises(IntegrityError), transaction.atomic():
        Discharge.objects.create(infusion=recovering, observed_at=day.at("11:00"), **{**WELL, "steady": False})
