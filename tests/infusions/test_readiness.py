"""The gate: each light alone. Break one thing, and exactly that light goes out."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from clinic import settings_versions
from clinic.errors import Invalid
from infusions import gaps, readiness, run
from infusions.forms.chair import ArrivalForm
from infusions.models import ArrivalCheck, Infusion, PregnancyTest, VitalSigns
from insurance.models import SelfPay
from patients.models import Consent, MeasureResponse, Patient, SafetyAlert
from tests import build
from tests.infusions import making
from tests.infusions.day import Day
from visits.models import Appointment, Ride


def _arrival(**changes):
    return lambda day, infusion: ArrivalCheck.objects.filter(infusion=infusion).update(**changes)


def _took(what, time):
    def take(day, infusion):
        _arrival(substances_clear=False, **{f"{what}_at": day.at(time)})(day, infusion)

    return take


def _withdraw(day, infusion):
    Consent.objects.update(withdrawn_at=day.at("08:00"))


def _no_self_pay(day, infusion):
    SelfPay.objects.update(until=date(2027, 2, 1))


def _old(instrument):
    def make_old(day, infusion):
        asked = MeasureResponse.objects.filter(instrument=instrument)
        asked.update(observed_at=day.at("08:45") - timedelta(hours=24))

    return make_old


def _alert(day, infusion):
    SafetyAlert.objects.create(
        patient=day.patient, grade="moderate", opened_at=day.at("08:50"), acknowledge_by=day.at("09:05")
    )


def _no_vitals(day, infusion):
    VitalSigns.objects.update(
        entered_in_error_at=day.at("08:55"), entered_in_error_by=day.nurse, entered_in_error_reason="Wrong patient"
    )


def _tested_positive(day, infusion):
    PregnancyTest.objects.create(
        infusion=infusion, result="positive", observed_at=day.at("08:56"), entered_by=day.nurse
    )


BREAKS = {
    "consent": (_withdraw, "stop"),
    "coverage": (_no_self_pay, "stop"),
    "safety": (_alert, "stop"),
    "measures": (_old("phq9"), "todo"),
    "screen": (_old("cssrs"), "todo"),
    "identity": (_arrival(identity_confirmed=False), "stop"),
    "interval": (_arrival(nothing_new=False, interval_history="New blood thinner"), "warn"),
    "alcohol": (_took("alcohol", "06:00"), "stop"),
    "benzo_dose": (_arrival(benzodiazepine_mg_day=Decimal("8.1")), "warn"),
    "pregnancy": (_tested_positive, "stop"),
    "weight": (_arrival(weight_kg=Decimal("75.9")), "stop"),
    "emergency": (_arrival(emergency_ready=False), "stop"),
}


def _states(day: Day, infusion, time="09:00"):
    with day.clock(time):
        return {light.key: light.state for light in readiness.lights(_fresh(infusion))}


def _fresh(infusion):
    return type(infusion).objects.select_related("series__patient__site", "appointment__site").get(pk=infusion.pk)


def test_all_lights_pass_when_nothing_is_wrong(ready, day):
    assert set(_states(day, ready).values()) == {"ok"}
    with day.clock("09:00"):
        assert readiness.unmet(ready) == []
        assert readiness.summary([ready])[ready.pk].aloud == ""


@pytest.mark.parametrize("key", BREAKS)
def test_one_thing_wrong_puts_out_exactly_its_light(ready, day, key):
    wrong, state = BREAKS[key]
    wrong(day, ready)
    dark = {name: found for name, found in _states(day, ready).items() if found != "ok"}
    assert dark == {key: state}
    with day.clock("09:00"):
        [sentence] = readiness.unmet(_fresh(ready))
        light = next(light for light in readiness.lights(_fresh(ready)) if light.key == key)
    assert sentence
    assert light.who
    assert light.where


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({"last_solids_at": "03:01"}, "stop"),
        ({"last_solids_at": "03:00"}, "ok"),
        ({"last_clear_at": "07:01"}, "stop"),
        ({"last_clear_at": "07:00"}, "ok"),
    ],
)
def test_fasting_counts_six_hours_and_two(ready, day, change, state):
    _arrival(**{name: day.at(time) for name, time in change.items()})(day, ready)
    assert _states(day, ready)["fasting"] == state


@pytest.mark.parametrize(
    ("what", "hours", "state"),
    [
        ("alcohol", 24, "ok"), ("alcohol", 23.9, "stop"), ("cannabis", 24, "ok"), ("cannabis", 23.9, "stop"),
        ("benzodiazepine", 12, "ok"), ("benzodiazepine", 11.9, "stop"), ("opioid", 6, "ok"), ("opioid", 5.9, "stop"),
    ],
)  # fmt: skip
def test_each_substance_is_held_for_its_own_hours(ready, day, what, hours, state):
    when = day.at("09:00") - timedelta(hours=hours)
    _arrival(substances_clear=False, **{f"{what}_at": when})(day, ready)
    assert _states(day, ready).get(what, "ok") == state


def test_a_check_of_before_that_named_no_time_holds_still(ready, day):
    with connection.cursor() as cursor:  # such rows stand from before the constraint
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE infusions_arrivalcheck DROP CONSTRAINT arrival_substance_says_when")
    ArrivalCheck.objects.update(substances_clear=False)
    assert _states(day, ready)["substances"] == "stop"


def test_two_substances_are_two_findings_and_each_needs_its_own_word(ready, day, provider):
    times = {"alcohol_at": day.at("06:00"), "opioid_at": day.at("05:00")}
    day.arrival(ready, "08:55", substances_clear=False, **times)
    with day.clock("09:00"):
        run.override(infusion_id=ready.pk, light="alcohol", reason="A sip", by=provider)
        [left] = readiness.unmet(_fresh(ready))
    assert left == "Opioid: Opioid 05:00: 6 hours are over 11:00. Wait, or a provider decides."


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"substances_clear": False}, "alcohol_at"),
        ({"substances_clear": True, "opioid_at": "08:00"}, "substances_clear"),
        ({"substances_clear": False, "opioid_at": "08:56"}, "opioid_at"),
        ({"benzodiazepine_mg_day": Decimal(201)}, "benzodiazepine_mg_day"),
    ],
)
def test_what_was_taken_has_a_time_that_can_be(checked_in, day, answers, field):
    at = {name: day.at(value) if name.endswith("_at") else value for name, value in answers.items()}
    with pytest.raises(Invalid) as refused:
        day.arrival(checked_in, "08:55", **at)
    assert set(refused.value.fields) == {field}


@pytest.mark.parametrize(("days", "state"), [(7, "ok"), (8, "warn"), (14, "warn"), (15, "stop")])
def test_a_gap_that_no_provider_has_seen_holds_the_next_dose(ready, day, days, state):
    Infusion.objects.filter(pk=ready.pk).update(number=2)
    before = day.at("09:00") - timedelta(days=days)
    making.infusion(ready.series, 1, before.date().isoformat())
    assert _states(day, ready)["gap"] == state
    if state == "ok":
        return
    with day.clock("09:00"):
        light = next(light for light in readiness.lights(_fresh(ready)) if light.key == "gap")
        assert light.link == f"/series/{ready.series_id}/repair/"
        assert not light.can_be_overridden
        gaps.agree(series_id=ready.series_id, kind="extended", gap_days=days, span_days=days, reason="Flu",
                   by=day.provider)  # fmt: skip
    assert _states(day, ready)["gap"] == "ok"


def test_an_evaluation_holds_as_long_as_at_the_site_that_the_patient_belongs_to(ready, day, other_site):
    Infusion.objects.filter(pk=ready.pk).update(number=2)  # once a series has begun, it holds until July
    late = replace(day, day="2027-05-04")
    Appointment.objects.update(starts_at=late.at("09:00"), ends_at=late.at("11:00"))
    assert _states(late, ready)["evaluation"] == "ok"
    Patient.objects.update(site=other_site)
    assert _states(late, ready)["evaluation"] == "ok"


@pytest.mark.parametrize(("kg", "state"), [("76", "ok"), ("75.9", "stop"), ("84", "ok"), ("84.1", "stop")])
def test_a_weight_that_moved_by_more_than_five_percent_asks_for_a_new_order(ready, day, kg, state):
    _arrival(weight_kg=Decimal(kg))(day, ready)
    assert _states(day, ready)["weight"] == state


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({"systolic": 140, "diastolic": 90}, "ok"),
        ({"systolic": 141, "diastolic": 90}, "todo"),
        ({"systolic": 140, "diastolic": 91}, "todo"),
        ({"systolic": 89, "diastolic": 60}, "stop"),
        ({"systolic": 90, "diastolic": 60}, "ok"),
        ({"heart_rate": 49}, "stop"),
        ({"heart_rate": 50}, "ok"),
        ({"heart_rate": 110}, "ok"),
        ({"heart_rate": 111}, "stop"),
        ({"spo2": 94}, "ok"),
        ({"spo2": 93}, "stop"),
    ],
)
def test_vitals_before_at_each_line_of_the_table(checked_in, day, values, state):
    day.vitals(checked_in, "08:50", **values)
    assert _states(day, checked_in)["vitals"] == state


@pytest.mark.parametrize(
    ("after_rest", "state"), [((140, 90), "ok"), ((146, 88), "warn"), ((159, 99), "warn"), ((160, 88), "stop")]
)
def test_pressure_is_judged_after_a_rest(checked_in, day, after_rest, state):
    day.vitals(checked_in, "08:46", 165, 95)
    day.vitals(checked_in, "09:01", *after_rest)
    assert _states(day, checked_in, "09:02")["vitals"] == state


def test_a_recheck_before_the_rest_is_over_does_not_count(checked_in, day):
    day.vitals(checked_in, "08:46", 152, 94)
    day.vitals(checked_in, "09:00", 146, 88)
    assert _states(day, checked_in, "09:00")["vitals"] == "todo"


def test_no_vitals_are_still_to_do(ready, day):
    _no_vitals(day, ready)
    assert _states(day, ready)["vitals"] == "todo"


def test_without_an_evaluation(ready, day):
    with day.clock("09:00"):
        ready.appointment.starts_at = day.at("09:00") + timedelta(days=100)
        light = next(light for light in readiness.lights(ready) if light.key == "evaluation")
    assert light.state == "stop"


def test_an_order_that_waits_for_a_second_signature(day):
    day.evaluated()
    infusion = day.booked()
    day.ordered(infusion, kg="250")
    assert _states(day, infusion)["order"] == "stop"


def test_an_order_too_old(ready, day):
    late = build.moment(day.site, "2027-02-09", "09:00")
    ready.appointment.starts_at = late
    with day.clock("09:00"):
        light = next(light for light in readiness.lights(ready) if light.key == "order")
    assert light.state == "stop"
    assert "8 days old" in light.sentence


def test_an_escort_who_has_not_confirmed(ready, day):
    day.arrival(ready, "08:55", escort_confirmed=False)
    assert _states(day, ready)["escort"] == "stop"
    day.arrival(ready, "08:56", escort=None)
    assert _states(day, ready)["escort"] == "stop"


def test_an_open_alert_with_a_provider_s_word_lets_pass(ready, day):
    _alert(day, ready)
    SafetyAlert.objects.update(
        may_infuse=True, cleared_at=day.at("08:58"), cleared_by=day.provider, clearance_note="Seen, safe today"
    )
    assert _states(day, ready)["safety"] == "ok"


def test_what_is_still_to_do_is_no_block_for_front_desk(checked_in, day):
    with day.clock("08:50"):
        assert readiness.unmet(checked_in)
        assert readiness.summary([checked_in])[checked_in.pk].aloud == ""


def test_an_override_lets_its_light_pass_and_stays_visible(ready, day, provider):
    day.arrival(ready, "08:55", substances_clear=False, alcohol_at=day.at("06:00"))
    with day.clock("08:56"):
        run.override(infusion_id=ready.pk, light="alcohol", reason="One beer at noon yesterday", by=provider)
        light = next(light for light in readiness.lights(ready) if light.key == "alcohol")
        assert readiness.unmet(ready) == []
    assert light.state == "stop"
    assert light.passed
    assert light.override.by == provider


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow(day, count, django_assert_num_queries):
    days = [replace(day, patient=build.patient(day.site), starts=time) for time in ("09:00", "11:30", "14:00")]
    infusions = [_fresh(each.until("ready")) for each in days[:count]]
    with day.clock("09:00"), django_assert_num_queries(1):
        found = readiness.summary(infusions)
    assert [found[infusion.pk].ready for infusion in infusions] == [True] * count


@pytest.mark.parametrize(("eaten", "state"), [("01:00", "ok"), ("01:01", "stop")])
def test_a_fatty_meal_asks_for_eight_hours(ready, day, eaten, state):
    _arrival(fatty_meal=True, last_solids_at=day.at(eaten))(day, ready)
    assert _states(day, ready)["fasting"] == state


@pytest.mark.parametrize(("sex", "born", "state"), [
    ("female", 1997, "todo"), ("female", 1960, "ok"), ("male", 1997, "ok"), ("unknown", 1997, "ok"),
])  # fmt: skip
def test_that_a_test_does_not_apply_is_not_enough_for_a_young_woman(checked_in, day, sex, born, state):
    Patient.objects.update(sex=sex, birth_date=date(born, 1, 1))
    day.arrival(checked_in, pregnancy="na")
    assert _states(day, checked_in)["pregnancy"] == state


def test_the_times_of_fasting_are_the_site_s_own(ready, day):
    settings_versions.ProtocolSettings.objects.create(site=day.site, version=1, fasting_clear_hours=4)
    assert _states(day, ready)["fasting"] == "stop"


def test_who_heard_the_identifiers_stays_when_another_saves_the_checks_again(ready, day, other_nurse):
    first = ArrivalCheck.objects.get(infusion=ready)
    replace(day, nurse=other_nurse).arrival(ready, "08:58")
    again = ArrivalCheck.objects.get(infusion=ready)
    assert (first.identity_by, first.identity_at) == (day.nurse, day.at("08:50"))
    assert (again.identity_by, again.identity_at, again.entered_by) == (day.nurse, day.at("08:50"), other_nurse)


@pytest.mark.parametrize("key", ["consent", "safety", "identity", "emergency"])
def test_what_has_its_own_signature_or_no_excuse_is_never_overridden(ready, day, key):
    BREAKS[key][0](day, ready)
    with day.clock("09:00"):
        light = next(light for light in readiness.lights(_fresh(ready)) if light.key == key)
    assert (light.passed, light.can_be_overridden) == (False, False)


def test_whom_the_patient_named_by_link_stands_in_the_light_and_in_the_form_and_is_still_asked_for(checked_in, day):
    """Their word counts only once it is heard (J8)."""
    ride = Ride.objects.create(appointment=checked_in.appointment, contact=day.escort(), told_by=day.nurse)
    with day.clock("08:50"):
        light = next(each for each in readiness.lights(checked_in) if each.key == "escort")
        assert light.sentence == "The patient named Luis Torres. Ask whether they come."
        assert not light.passed
        assert ArrivalForm(infusion=checked_in).initial["escort"] == ride.contact_id
    day.arrival(checked_in, escort_confirmed=False)
    with day.clock("08:55"):
        light = next(each for each in readiness.lights(checked_in) if each.key == "escort")
        assert light.sentence.startswith("Luis Torres has not confirmed yet.")
