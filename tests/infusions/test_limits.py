"""Every line of Table A at its edge: the value that does not cross it, and the one that does."""

import pytest

from clinic.models import ProtocolSettings
from infusions.limits import Phase, Reading
from infusions.rules import crossings

LIMITS = ProtocolSettings()
CALM = {
    "systolic": 128, "diastolic": 82, "heart_rate": 76, "spo2": 98,
    "respiratory_rate": 14, "moaas": 5, "cadss6": 0, "distress": 2,
}  # fmt: skip


def kinds(phase, **values):
    return [(found.sign, str(found.kind)) for found in crossings(Reading(**{**CALM, **values}), phase, LIMITS)]


@pytest.mark.parametrize("phase", Phase)
def test_calm_values_cross_nothing(phase):
    assert kinds(phase) == []


@pytest.mark.parametrize("phase", Phase)
def test_values_not_taken_cross_nothing(phase):
    assert crossings(Reading(), phase, LIMITS) == []


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"systolic": 140}, []),
        ({"systolic": 141}, [("pressure", "notify")]),
        ({"diastolic": 90}, []),
        ({"diastolic": 91}, [("pressure", "notify")]),
        ({"systolic": 159}, [("pressure", "notify")]),
        ({"systolic": 160}, [("pressure", "pause")]),
        ({"diastolic": 99}, [("pressure", "notify")]),
        ({"diastolic": 100}, [("pressure", "pause")]),
        ({"systolic": 90}, []),
        ({"systolic": 89}, [("pressure", "stop")]),
        ({"heart_rate": 50}, []),
        ({"heart_rate": 49}, [("heart_rate", "stop")]),
        ({"heart_rate": 110}, []),
        ({"heart_rate": 111}, [("heart_rate", "stop")]),
        ({"spo2": 94}, []),
        ({"spo2": 93}, [("spo2", "stop")]),
    ],
)
def test_before_the_start(value, found):
    assert kinds("before", **value) == found


@pytest.mark.parametrize("phase", ["during", "recovery"])
@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"systolic": 159}, []),
        ({"systolic": 160}, [("pressure", "notify")]),
        ({"diastolic": 99}, []),
        ({"diastolic": 100}, [("pressure", "notify")]),
        ({"systolic": 179}, [("pressure", "notify")]),
        ({"systolic": 180}, [("pressure", "pause")]),
        ({"diastolic": 109}, [("pressure", "notify")]),
        ({"diastolic": 110}, [("pressure", "pause")]),
        ({"systolic": 199}, [("pressure", "pause")]),
        ({"systolic": 200}, [("pressure", "stop")]),
        ({"diastolic": 119}, [("pressure", "pause")]),
        ({"diastolic": 120}, [("pressure", "stop")]),
        ({"heart_rate": 120}, []),
        ({"heart_rate": 121}, [("heart_rate", "watch")]),
        ({"heart_rate": 140}, [("heart_rate", "watch")]),
        ({"heart_rate": 141}, [("heart_rate", "stop")]),
        ({"heart_rate": 45}, []),
        ({"heart_rate": 44}, [("heart_rate", "stop")]),
        ({"spo2": 94}, []),
        ({"spo2": 93}, [("spo2", "notify")]),
        ({"spo2": 90}, [("spo2", "notify")]),
        ({"spo2": 89}, [("spo2", "stop")]),
        ({"respiratory_rate": 10}, []),
        ({"respiratory_rate": 9}, [("breathing", "stop")]),
        ({"respiratory_rate": 30}, []),
        ({"respiratory_rate": 31}, [("breathing", "stop")]),
        ({"moaas": 4}, []),
        ({"moaas": 3}, [("sedation", "notify")]),
        ({"moaas": 2}, [("sedation", "stop")]),
        ({"cadss6": 14}, []),
        ({"cadss6": 15}, [("dissociation", "notify")]),
        ({"distress": 7}, []),
        ({"distress": 8}, [("distress", "notify")]),
    ],
)
def test_while_it_runs_and_in_recovery(phase, value, found):
    assert kinds(phase, **value) == found


@pytest.mark.parametrize("phase", ["during", "recovery"])
@pytest.mark.parametrize(("rate", "found"), [(120, []), (121, ["notify"]), (140, ["notify"]), (141, ["stop"])])
def test_a_heart_that_stays_fast_is_told_and_a_very_fast_one_still_stops(phase, rate, found):
    told = crossings(Reading(heart_rate=rate), phase, LIMITS, lasting=True)
    assert [str(one.kind) for one in told] == found


def test_a_pause_line_crossed_again_is_a_stop():
    """Journey J2: 184/112 pauses the pump; 186/111 five minutes later stops it."""
    assert kinds("during", systolic=184, diastolic=112) == [("pressure", "pause")]
    again = crossings(Reading(systolic=186, diastolic=111), "during", LIMITS, recheck=True)
    assert [str(found.kind) for found in again] == ["stop"]


def test_a_recheck_under_the_pause_line_is_only_told():
    again = crossings(Reading(systolic=174, diastolic=104), "during", LIMITS, recheck=True)
    assert [str(found.kind) for found in again] == ["notify"]


def test_the_gravest_crossing_comes_first():
    assert kinds("during", systolic=164, spo2=89) == [("spo2", "stop"), ("pressure", "notify")]


def test_the_sentence_names_the_line_and_the_baseline():
    found = crossings(Reading(systolic=164, diastolic=96), "during", LIMITS, Reading(systolic=128, diastolic=82))
    assert found[0].sentence == (
        "164/96 crossed the notify line (160/100). 28 % over the baseline of 128/82. Tell the provider."
    )


def test_a_site_may_draw_its_own_line():
    strict = ProtocolSettings(bp_notify_systolic=150)
    assert [found.sign for found in crossings(Reading(systolic=150, diastolic=80), "during", strict)] == ["pressure"]


TODAY = Reading(systolic=110, diastolic=70)


@pytest.mark.parametrize("phase", ["during", "recovery"])
@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"systolic": 142, "diastolic": 80}, []),
        ({"systolic": 143, "diastolic": 80}, [("pressure", "notify")]),
        ({"systolic": 120, "diastolic": 90}, []),
        ({"systolic": 120, "diastolic": 91}, [("pressure", "notify")]),
        ({"systolic": 78, "diastolic": 60}, []),
        ({"systolic": 77, "diastolic": 60}, [("pressure", "notify")]),
        ({"systolic": 100, "diastolic": 50}, []),
        ({"systolic": 100, "diastolic": 49}, [("pressure", "notify")]),
    ],
)
def test_a_pressure_is_held_against_the_first_of_the_day(phase, value, found):
    told = crossings(Reading(**value), phase, LIMITS, TODAY)
    assert [(one.sign, str(one.kind)) for one in told] == found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"systolic": 159, "diastolic": 88}, [("symptoms", "notify")]),
        ({"systolic": 160, "diastolic": 88}, [("pressure", "stop")]),
        ({"systolic": None, "diastolic": None}, [("symptoms", "notify")]),
    ],
)
def test_a_rise_with_symptoms_is_a_stop(value, found):
    assert kinds("during", symptoms=True, **value) == found


def test_a_rise_over_the_baseline_with_symptoms_is_a_stop_and_a_fall_is_told():
    rise, fall = ({"systolic": 143, "diastolic": 80}, {"systolic": 77, "diastolic": 50})
    for values, kind in ((rise, "stop"), (fall, "notify")):
        told = crossings(Reading(symptoms=True, **values), "during", LIMITS, TODAY)
        assert {str(one.kind) for one in told} == {kind}


def test_with_the_pump_off_nobody_is_told_to_pause_it():
    told = crossings(Reading(systolic=184, diastolic=112), "recovery", LIMITS)[0]
    assert (str(told.kind), "Pause" in told.sentence) == ("pause", False)
