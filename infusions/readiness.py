"""The gate: one row of lights from the booking on. What is missing, who can mend it, and where.

Facts come from `gate_facts`; each light is a pure function of them, here or, once the patient is in the house, in
`arrival_lights`. Sources of the numbers: protocol 2.3 and Table A.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from uuid import UUID

from infusions import long_term
from infusions.arrival_lights import ON_ARRIVAL
from infusions.gate_facts import Facts, gather
from infusions.lights import HOLD, OK, STOP, TODO, WARN, Light, Summary, Where
from infusions.models import Infusion, Series


def lights(infusion: Infusion) -> list[Light]:
    """Every light of one infusion, in the order in which they are worked through."""
    return list(summary([infusion])[infusion.pk].lights)


def unmet(infusion: Infusion) -> list[str]:
    """A sentence for every light that keeps the gate closed."""
    return [f"{light.label}: {light.sentence}" for light in lights(infusion) if not light.passed]


def summary(infusions: Sequence[Infusion]) -> dict[UUID, Summary]:
    """The gates of many infusions; the number of queries does not grow with them."""
    return {facts.infusion.pk: Summary(tuple(_judge(facts))) for facts in gather(infusions)}


def _judge(facts: Facts) -> list[Light]:
    found = [made if isinstance(made, tuple) else (made,) for made in (make(facts) for make in LIGHTS)]
    return [_with_override(facts, light) for light in chain.from_iterable(found)]


def _with_override(facts: Facts, light: Light) -> Light:
    """What a provider let pass: this very finding, and nothing that was found or written since."""
    if light.state == OK or not light.found or light.is_firm:
        return light
    override = facts.overrides.get((light.key, light.found))
    return replace(light, override=override) if override else light


def _consent(facts: Facts) -> Light:
    link = Where("patients:consent-new", facts.patient.pk)
    if facts.consent is None:
        return Light("consent", "Consent", STOP, "No valid consent to the treatment. Let the patient read and sign it.",
                     "Nurse or provider", link)  # fmt: skip
    return Light("consent", f"Consent, version {facts.consent.version}", OK)


def _evaluation(facts: Facts) -> Light:
    gate = facts.evaluation
    if gate is None or gate.evaluation is None:
        link = Where("patients:history", facts.patient.pk)
        return Light("evaluation", "Evaluation", STOP, "There is no signed evaluation.", "Provider", link)
    if gate.why_not:
        link = Where("patients:evaluation", gate.evaluation.pk)
        return Light("evaluation", HOLD if gate.reopened else "Evaluation", STOP, gate.why_not, gate.who, link)
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


def _long_term(facts: Facts) -> Light | tuple[Light, ...]:
    """Bladder and misuse, asked before every booster (protocol 2.7, S-LabelPf); nothing in a loading series."""
    link, found = Where("infusions:long-term", facts.infusion.pk), facts.long_term
    if facts.infusion.series.kind != Series.Kind.MAINTENANCE:
        return ()
    if found is None:
        return Light("long_term", "Bladder and misuse", TODO, "Asked before every booster.", "Nurse", link)
    if found.urinary or found.misuse:
        told = f"{long_term.sentence(found)} A provider thinks about stopping, or lets it pass with a reason."
        return Light("long_term", "Bladder and misuse", WARN, told, "Provider", link)
    return Light("long_term", "Bladder and misuse: nothing", OK)


LIGHTS = (_consent, _evaluation, _order, _review, _gap, _coverage, _safety, _measures, _screen, *ON_ARRIVAL, _long_term)
"""In the order in which they are worked through."""
