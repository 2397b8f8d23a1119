"""The gate: one row of lights from the booking on. What is missing, who can mend it, and where.

Facts come from `gate_facts`; each light is a pure function of them. Sources of the numbers: protocol 2.3 and Table A.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.urls import reverse

from clinic.wording import number, quantity
from infusions import limits, rules
from infusions.gate_facts import Facts, gather
from infusions.limits import Kind, Phase
from infusions.models import ArrivalCheck, GateOverride, Infusion, VitalSigns

OK, WARN, STOP, TODO = "ok", "warn", "stop", "todo"

# No provider can let these pass: without them there is no lawful or no safe dose, or the decision is signed elsewhere,
# with its own words: an evaluation, a review, the clearance of a safety alert (a high one is never cleared).
FIRM = frozenset({"consent", "evaluation", "order", "review", "gap", "safety", "identity", "pregnancy", "emergency"})

HOLD = "Clinical hold"
"""What is said aloud, on boards and to those who are told no more."""


@dataclass(frozen=True)
class Where:
    """An address that is only worked out when a page shows it; a board of lights never does."""

    route: str
    pk: UUID
    part: str = ""

    @property
    def link(self) -> str:
        return reverse(self.route, args=[self.pk]) + (f"#{self.part}" if self.part else "")


@dataclass(frozen=True)
class Light:
    """One item of the gate."""

    key: str
    label: str
    state: str
    """ok, warn, stop, or todo."""
    sentence: str = ""
    """What is missing and what to do; empty when nothing is."""
    who: str = ""
    where: Where | None = None
    """The page on which it is mended."""
    override: GateOverride | None = None
    may_pass: bool = False
    """A provider may let this one pass although its kind is firm."""
    findings: str = ""
    """What was found, where the sentence says more than that, or less."""

    @property
    def link(self) -> str:
        return self.where.link if self.where else ""

    @property
    def found(self) -> str:
        """What an override of this light is given for."""
        return self.findings or self.sentence

    @property
    def passed(self) -> bool:
        return self.state == OK or self.override is not None

    @property
    def asks_arrival(self) -> bool:
        """Whether it only waits for the checks on arrival."""
        return self.state == TODO and self.where is not None and self.where.part == "arrival"

    @property
    def can_be_overridden(self) -> bool:
        return not self.passed and (self.may_pass or self.key not in FIRM)

    @property
    def meaning(self) -> str:
        """The word of the page's components: a passed override still asks for a look."""
        if self.override is not None:
            return WARN
        return {TODO: "none"}.get(self.state, self.state)


PRIVATE = frozenset({"pregnancy"})
"""Lights whose finding is for nurse and provider alone (J9)."""


def veiled(light: Light) -> Light:
    """A light as therapists see it: whether it holds, never what was found."""
    if light.key not in PRIVATE:
        return light
    if light.passed:
        return Light(light.key, "Test where it applies", OK)
    if light.state == STOP or light.may_pass:
        return Light(light.key, HOLD, STOP, "Ask the nurse or the provider.", "Provider")
    return replace(light, where=None)


@dataclass(frozen=True)
class Summary:
    """The gate of one infusion in a line, for boards and lists."""

    lights: tuple[Light, ...]

    @property
    def veiled(self) -> Summary:
        """As therapists see it."""
        return Summary(tuple(veiled(light) for light in self.lights))

    @property
    def unmet(self) -> tuple[Light, ...]:
        return tuple(light for light in self.lights if not light.passed)

    @property
    def blocked(self) -> bool:
        """Whether something found, and not only something still to do, keeps it closed."""
        return any(light.state == STOP for light in self.unmet)

    @property
    def ready(self) -> bool:
        return not self.unmet

    @property
    def word(self) -> str:
        """The worst light's own words; "Ready" when there is none."""
        return self.worst.label if self.worst else "Ready"

    @property
    def worst(self) -> Light | None:
        gravity = (STOP, WARN, TODO)
        return min(self.unmet, key=lambda light: gravity.index(light.state), default=None)


def lights(infusion: Infusion) -> list[Light]:
    """Every light of one infusion, in the order in which they are worked through."""
    return list(summary([infusion])[infusion.pk].lights)


def unmet(infusion: Infusion) -> list[str]:
    """A sentence for every light that keeps the gate closed."""
    return [f"{light.label}: {light.sentence}" for light in lights(infusion) if not light.passed]


def blocked(infusion: Infusion) -> bool:
    """Whether something blocks: all that front desk may know."""
    return summary([infusion])[infusion.pk].blocked


def summary(infusions: Sequence[Infusion]) -> dict[UUID, Summary]:
    """The gates of many infusions; the number of queries does not grow with them."""
    return {facts.infusion.pk: Summary(tuple(_judge(facts))) for facts in gather(infusions)}


def _judge(facts: Facts) -> list[Light]:
    return [replace(light, override=_override(facts, light)) for light in (make(facts) for make in LIGHTS.values())]


def _override(facts: Facts, light: Light) -> GateOverride | None:
    """What a provider let pass: this very finding, and nothing that was found or written since."""
    if light.state == OK or not light.found or (light.key in FIRM and not light.may_pass):
        return None
    return facts.overrides.get((light.key, light.found))


def _consent(facts: Facts) -> Light:
    link = Where("patients:consent-new", facts.patient.pk)
    if facts.consent is None:
        return Light("consent", "Consent", STOP, "No valid consent to the treatment. Let the patient read and sign it.",
                     "Nurse or provider", link)  # fmt: skip
    return Light("consent", f"Consent, version {facts.consent.version}", OK)


def _evaluation(facts: Facts) -> Light:
    link = Where("patients:history", facts.patient.pk)
    if facts.evaluation is None:
        return Light("evaluation", "Evaluation", STOP, "No signed evaluation says eligible for this day.", "Provider",
                     link)  # fmt: skip
    return Light("evaluation", "Evaluation valid", OK)


def _order(facts: Facts) -> Light:
    link = Where("infusions:orders", facts.infusion.series_id)
    order = facts.order
    if order is None:
        return Light("order", "Order", STOP, "No signed order of a dose.", "Provider", link)
    if order.needs_second and not order.second_signed_at:
        return Light("order", "Order", STOP, "A second provider has to sign this dose.", "Second provider", link)
    age = (facts.day - facts.site.local(order.signed_at).date()).days
    if age > facts.settings.order_valid_days:
        told = f"The order is {age} days old; {facts.settings.order_valid_days} at most. Sign it anew."
        return Light("order", "Order", STOP, told, "Provider", link)
    return Light("order", f"Order signed by {order.signed_by.signs_as}", OK)


def _review(facts: Facts) -> Light:
    if facts.to_review:
        link = Where("infusions:review", facts.infusion.series_id)
        return Light("review", "Provider review", STOP, facts.to_review, "Provider", link)
    return Light("review", "No review due", OK)


def _gap(facts: Facts) -> Light:
    """A long gap is a provider's to see before the next dose (protocol 3.2, J1)."""
    days, settings = facts.gap_days, facts.settings
    if days <= settings.gap_soft_days:
        return Light("gap", "Gap within its limit", OK)
    link, limit = Where("journey:repair-series", facts.infusion.series_id), settings.gap_soft_days
    told = f"{days} days since the infusion before, more than {limit}. A provider has to agree to it."
    return Light("gap", "Gap", STOP if days > settings.gap_hard_days else WARN, told, "Provider", link)


def _coverage(facts: Facts) -> Light:
    link = Where("insurance:patient", facts.patient.pk)
    standing = facts.standing
    if not standing.settled:
        return Light("coverage", "Coverage", STOP, standing.sentence, "Insurance admin", link)
    return Light("coverage", standing.label, OK)


def _measures(facts: Facts) -> Light:
    link = Where("patients:measure-new", facts.patient.pk)
    if facts.phq9 is None:
        return Light("measures", "PHQ-9 today", TODO, "No PHQ-9 in the last 24 hours.", "Nurse", link)
    return Light("measures", f"PHQ-9 today: {facts.phq9.score}", OK)


def _screen(facts: Facts) -> Light:
    link = Where("patients:measure-new", facts.patient.pk)
    if facts.screen is None:
        return Light("screen", "Suicide screen", TODO, "No C-SSRS in the last 24 hours.", "Nurse", link)
    return Light("screen", "Suicide screen done", OK)


def _safety(facts: Facts) -> Light:
    open_alerts = [alert for alert in facts.alerts if not alert.may_infuse]
    if open_alerts:
        link = Where("patients:alert", open_alerts[0].pk)
        told = "A safety alert is open. A provider closes it, or clears this patient for infusions."
        return Light("safety", "Safety alert", STOP, told, "Provider", link)
    if facts.alerts:
        return Light("safety", "Safety alert, cleared by a provider", OK)
    return Light("safety", "No open safety alert", OK)


def _arrival(key: str, label: str) -> Callable[[Callable[[Facts, ArrivalCheck], Light]], Callable[[Facts], Light]]:
    """A light that needs the checks on arrival: still to do while there are none."""

    def wrap(judge: Callable[[Facts, ArrivalCheck], Light]) -> Callable[[Facts], Light]:
        def light(facts: Facts) -> Light:
            if facts.arrival is None:
                return Light(key, label, TODO, "Asked on arrival.", "Nurse", _here(facts, "arrival"))
            return judge(facts, facts.arrival)

        return light

    return wrap


@_arrival("identity", "Identity")
def _identity(facts: Facts, arrival: ArrivalCheck) -> Light:
    if not arrival.identity_confirmed:
        told = "Ask the patient for name and birth date, and compare both."
        return Light("identity", "Identity", STOP, told, "Nurse", _here(facts, "arrival"))
    heard = f", heard by {arrival.identity_by} {_time(facts, arrival.identity_at)}" if arrival.identity_at else ""
    return Light("identity", f"Name and birth date{heard}", OK)


@_arrival("interval", "Since last time")
def _interval(facts: Facts, arrival: ArrivalCheck) -> Light:
    if not arrival.nothing_new:
        told = f"New since last time: {arrival.interval_history or 'not described'}. A provider looks at it."
        return Light("interval", "Since last time", WARN, told, "Provider", _here(facts, "arrival"))
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
            f"{meal} {_time(facts, arrival.last_solids_at)}, last clear fluid "
            f"{_time(facts, arrival.last_clear_at)}: fasted long enough from {_time(facts, clear_from)} on."
        )
        return Light("fasting", "Fasting", STOP, told, "Nurse", _here(facts, "arrival"))
    return Light("fasting", f"Fasting, solids {_time(facts, arrival.last_solids_at)}", OK)


@_arrival("substances", "Substances")
def _substances(facts: Facts, arrival: ArrivalCheck) -> Light:
    if not arrival.substances_clear:
        told = f"{rules.held_substances(facts.settings)}: one of these was taken. A provider decides."
        return Light("substances", "Substances", STOP, told, "Provider", _here(facts, "arrival"))
    return Light("substances", "Substances clear", OK)


@_arrival("pregnancy", "Pregnancy test")
def _pregnancy(facts: Facts, arrival: ArrivalCheck) -> Light:
    """A positive test stops. A repeated, negative one leaves it to the provider; the nurse's tick alone never does."""
    link = _here(facts, "arrival")
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


@_arrival("escort", "Way home")
def _escort(facts: Facts, arrival: ArrivalCheck) -> Light:
    if not facts.settings.escort_required:
        return Light("escort", "Way home", OK)
    if arrival.escort is None:
        told = "Who takes the patient home? Name an adult."
        return Light("escort", "Way home", STOP, told, "Nurse", _here(facts, "arrival"))
    if not arrival.escort_confirmed:
        found = f"{arrival.escort.name} has not confirmed yet."
        told = f"{found} {_grace(facts, arrival)}"
        return Light("escort", "Way home", STOP, told, "Nurse", _here(facts, "arrival"), findings=found)
    return Light("escort", f"Way home with {arrival.escort.name}", OK)


def _grace(facts: Facts, arrival: ArrivalCheck) -> str:
    """How long the chair waits for a word of the escort (J8: half an hour from arrival)."""
    minutes = facts.settings.escort_grace_minutes
    until = (facts.infusion.appointment.arrived_at or arrival.observed_at) + timedelta(minutes=minutes)
    if facts.now <= until:
        return f"Call, and confirm here; the chair waits until {_time(facts, until)}."
    return f"The {minutes} minutes of grace are over: name another adult, or give nothing today."


def _vitals(facts: Facts) -> Light:
    link = _here(facts, "now")
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
        told = f"{pressure}: rest, then measure again from {_time(facts, again)} on."
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
        return Light("emergency", "Emergency readiness", STOP, told, "Nurse", _here(facts, "arrival"))
    return Light("emergency", "Emergency kit, trained person and pump", OK)


LIGHTS: dict[str, Callable[[Facts], Light]] = {
    "consent": _consent,
    "evaluation": _evaluation,
    "order": _order,
    "review": _review,
    "gap": _gap,
    "coverage": _coverage,
    "safety": _safety,
    "measures": _measures,
    "screen": _screen,
    "identity": _identity,
    "interval": _interval,
    "fasting": _fasting,
    "substances": _substances,
    "pregnancy": _pregnancy,
    "weight": _weight,
    "escort": _escort,
    "vitals": _vitals,
    "emergency": _emergency,
}


def _here(facts: Facts, part: str) -> Where:
    return Where("infusions:infusion", facts.infusion.pk, part)


def _time(facts: Facts, moment: datetime) -> str:
    local = facts.site.local(moment)
    same_day = local.date() == facts.day
    return f"{local:%H:%M}" if same_day else f"{local:%a} {number(local.day)} {local:%b}, {local:%H:%M}"
