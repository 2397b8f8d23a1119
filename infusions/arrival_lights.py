"""The lights that need the patient in the house: what is asked, tested and measured on arrival.

Sources of the numbers: protocol 2.3 and Table A.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from clinic.wording import quantity
from infusions import limits, rules
from infusions.gate_facts import Facts
from infusions.lights import HOLD, OK, STOP, TODO, WARN, Light, Where, at, here
from infusions.limits import Kind, Phase
from infusions.models import ArrivalCheck, VitalSigns

L = TypeVar("L", bound="Light | tuple[Light, ...]")


def _arrival(key: str, label: str) -> Callable[[Callable[[Facts, ArrivalCheck], L]], Callable[[Facts], L | Light]]:
    """What needs the checks on arrival: still to do while there are none."""

    def wrap(judge: Callable[[Facts, ArrivalCheck], L]) -> Callable[[Facts], L | Light]:
        def light(facts: Facts) -> L | Light:
            if facts.arrival is None:
                return Light(key, label, TODO, "Asked on arrival.", "Nurse", here(facts, "arrival"))
            return judge(facts, facts.arrival)

        return light

    return wrap


@_arrival("identity", "Identity")
def _identity(facts: Facts, arrival: ArrivalCheck) -> Light:
    if not arrival.identity_confirmed:
        told = "Ask the patient for name and birth date, and compare both."
        return Light("identity", "Identity", STOP, told, "Nurse", here(facts, "arrival"))
    heard = f", heard by {arrival.identity_by} {at(facts, arrival.identity_at)}" if arrival.identity_at else ""
    return Light("identity", f"Name and birth date{heard}", OK)


@_arrival("interval", "Since last time")
def _interval(facts: Facts, arrival: ArrivalCheck) -> Light:
    if not arrival.nothing_new:
        told = f"New since last time: {arrival.interval_history or 'not described'}. A provider looks at it."
        return Light("interval", "Since last time", WARN, told, "Provider", here(facts, "arrival"))
    return Light("interval", "Nothing new since last time", OK)


@_arrival("fasting", "Fasting")
def _fasting(facts: Facts, arrival: ArrivalCheck) -> Light:
    hours = facts.settings
    solids = timedelta(hours=hours.fasting_fatty_hours if arrival.fatty_meal else hours.fasting_solids_hours)
    clear = timedelta(hours=hours.fasting_clear_hours)
    clear_from = max(arrival.last_solids_at + solids, arrival.last_clear_at + clear)
    if facts.now < clear_from:
        meal = "Last solids, a fatty meal," if arrival.fatty_meal else "Last solids"
        told = (
            f"{meal} {at(facts, arrival.last_solids_at)}, last clear fluid "
            f"{at(facts, arrival.last_clear_at)}: fasted long enough from {at(facts, clear_from)} on."
        )
        return Light("fasting", "Fasting", STOP, told, "Nurse", here(facts, "arrival"))
    return Light("fasting", f"Fasting, solids {at(facts, arrival.last_solids_at)}", OK)


@_arrival("substances", "Substances")
def _substances(facts: Facts, arrival: ArrivalCheck) -> tuple[Light, ...]:
    """A light for each thing taken inside its hold time, and one for a high daily dose of a benzodiazepine (S-BZD)."""
    taken = [(each, getattr(arrival, f"{each.key}_at")) for each in rules.SUBSTANCES]
    found = [
        _taken(facts, each, when) for each, when in taken if when and facts.now < each.free_from(when, facts.settings)
    ]
    daily = arrival.benzodiazepine_mg_day
    if daily is not None and daily > facts.settings.benzo_flag_mg:
        line = quantity(facts.settings.benzo_flag_mg, "mg")
        told = f"{quantity(daily, 'mg')} a day as diazepam, above {line}: the effect may be less. A provider looks."
        found.append(Light("benzo_dose", "Benzodiazepine a day", WARN, told, "Provider", here(facts, "arrival")))
    if not arrival.substances_clear and not any(when for _, when in taken):  # written before times were asked for
        told = f"{rules.held_substances(facts.settings)}: one of these was taken. A provider decides."
        found.append(Light("substances", "Substances", STOP, told, "Provider", here(facts, "arrival")))
    return tuple(found) or (Light("substances", "Substances clear", OK),)


def _taken(facts: Facts, what: rules.Substance, when: datetime) -> Light:
    over = at(facts, what.free_from(when, facts.settings))
    told = f"{what.name} {at(facts, when)}: {what.hours(facts.settings)} hours are over {over}."
    return Light(what.key, what.name, STOP, f"{told} Wait, or a provider decides.", "Provider", here(facts, "arrival"))


@_arrival("pregnancy", "Pregnancy test")
def _pregnancy(facts: Facts, arrival: ArrivalCheck) -> Light:
    """A positive test stops. A repeated, negative one leaves it to the provider; the nurse's tick alone never does."""
    link = here(facts, "arrival")
    found = [test.result for test in facts.tests]
    findings = ", ".join(found) or "no test"
    if "positive" in found:
        if found[-1] == "negative":
            told = "A test was positive, and the repeated one negative. A provider confirms before anything is drawn."
            return Light("pregnancy", HOLD, WARN, told, "Provider", link, may_pass=True, findings=findings)
        told = "The pregnancy test is positive: nothing is drawn, nothing is given. Tell the provider."
        return Light("pregnancy", HOLD, STOP, told, "Provider", link)
    if found:
        return Light("pregnancy", "Pregnancy test negative", OK)
    if _test_applies(facts):
        told = "No test today. Test, or a provider lets it pass with the reason why none is needed."
        return Light("pregnancy", "Pregnancy test", TODO, told, "Nurse", link, may_pass=True, findings=findings)
    return Light("pregnancy", "Pregnancy test does not apply", OK)


def _test_applies(facts: Facts) -> bool:
    """Table A, hcg_cadence: before each infusion, or only before the first of a series."""
    if not facts.settings.pregnancy_test_each_time and (facts.infusion.number or 1) > 1:
        return False
    return rules.pregnancy_possible(facts.patient.sex, facts.patient.age_on(facts.day))


@_arrival("weight", "Weight today")
def _weight(facts: Facts, arrival: ArrivalCheck) -> Light:
    order = facts.order
    ordered = order.dosing_weight_kg if order and order.weight_basis == "actual" else None
    if order and ordered and rules.weight_changed(ordered, arrival.weight_kg, facts.settings.weight_recheck_percent):
        told = rules.weight_change_sentence(ordered, arrival.weight_kg, order.mg_per_kg)
        link = Where("infusions:orders", facts.infusion.series_id)
        return Light("weight", "Weight", STOP, f"{told} The order has to be signed anew.", "Provider", link)
    return Light("weight", f"Weight {quantity(arrival.weight_kg, 'kg')}", OK)


def _escort(facts: Facts) -> Light:
    """Whom the patient named by link is asked for on arrival all the same: their word counts (J8)."""
    if facts.arrival is None and facts.ride is not None:
        named = facts.ride.contact
        told = f"The patient named {named.name}. Ask whether they come." if named else "The patient has nobody yet."
        return Light("escort", "Way home", TODO, told, "Nurse", here(facts, "arrival"))
    return _escort_on_arrival(facts)


@_arrival("escort", "Way home")
def _escort_on_arrival(facts: Facts, arrival: ArrivalCheck) -> Light:
    if not facts.settings.escort_required:
        return Light("escort", "Way home", OK)
    if arrival.escort is None:
        told = "Who takes the patient home? Name an adult."
        return Light("escort", "Way home", STOP, told, "Nurse", here(facts, "arrival"))
    if not arrival.escort_confirmed:
        found = f"{arrival.escort.name} has not confirmed yet."
        told = f"{found} {_grace(facts, arrival)}"
        return Light("escort", "Way home", STOP, told, "Nurse", here(facts, "arrival"), findings=found)
    return Light("escort", f"Way home with {arrival.escort.name}", OK)


def _grace(facts: Facts, arrival: ArrivalCheck) -> str:
    """How long the chair waits for a word of the escort (J8: half an hour from arrival)."""
    minutes = facts.settings.escort_grace_minutes
    until = (facts.infusion.appointment.arrived_at or arrival.observed_at) + timedelta(minutes=minutes)
    if facts.now <= until:
        return f"Call, and confirm here; the chair waits until {at(facts, until)}."
    return f"The {minutes} minutes of grace are over: name another adult, or give nothing today."


def _vitals(facts: Facts) -> Light:
    link = here(facts, "now")
    rows = [row for row in facts.vitals if row.systolic is not None]
    if not rows or not any(row.heart_rate for row in facts.vitals) or not any(row.spo2 for row in facts.vitals):
        return Light("vitals", "Vitals before", TODO, "Blood pressure, heart rate and SpO2, at rest.", "Nurse", link)
    latest = limits.Reading(
        systolic=rows[-1].systolic,
        diastolic=rows[-1].diastolic,
        heart_rate=next(row.heart_rate for row in reversed(facts.vitals) if row.heart_rate),
        spo2=next(row.spo2 for row in reversed(facts.vitals) if row.spo2),
    )
    crossings = limits.crossings(latest, Phase.BEFORE, facts.settings)
    if not crossings:
        return Light("vitals", f"Vitals before: {latest.systolic}/{latest.diastolic}", OK)
    return _outside(facts, rows, crossings, link)


def _outside(facts: Facts, rows: list[VitalSigns], crossings: list[limits.Crossing], link: Where) -> Light:
    """Vitals outside the lines. Pressure is judged by the reading after a rest, and only by that."""
    low = [crossing for crossing in crossings if crossing.kind is Kind.STOP]
    if low:
        every = " ".join(crossing.sentence for crossing in crossings)
        return Light("vitals", "Vitals before", STOP, low[0].sentence, "Provider", link, findings=every)
    last, pressure = rows[-1], f"{rows[-1].systolic}/{rows[-1].diastolic}"
    first_high = next(row for row in rows if limits.crossings(row, Phase.BEFORE, facts.settings))
    again = first_high.observed_at + timedelta(minutes=facts.settings.bp_rest_minutes)
    if last.observed_at < again:
        told = f"{pressure}: rest, then measure again from {at(facts, again)} on."
        return Light("vitals", "Vitals before", TODO, told, "Nurse", link)
    if crossings[0].kind is Kind.PAUSE:
        told = f"{pressure} after the rest: hold the infusion and tell the provider."
        return Light("vitals", "Vitals before", STOP, told, "Provider", link)
    told = f"{pressure} after the rest: a provider has to look and let it pass."
    return Light("vitals", "Vitals before", WARN, told, "Provider", link)


@_arrival("emergency", "Emergency readiness")
def _emergency(facts: Facts, arrival: ArrivalCheck) -> Light:
    if not arrival.emergency_ready:
        told = "Check the emergency kit, that an ACLS-trained person is here, and the pump."
        return Light("emergency", "Emergency readiness", STOP, told, "Nurse", here(facts, "arrival"))
    return Light("emergency", "Emergency kit, trained person and pump", OK)


ON_ARRIVAL = (_identity, _interval, _fasting, _substances, _pregnancy, _weight, _escort, _vitals, _emergency)
