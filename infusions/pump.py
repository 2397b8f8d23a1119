"""What follows from the times of the pump: minutes that ran, what went in, when the bag is empty. It writes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from infusions import rates, rules
from infusions.models import Infusion, RunEvent, StateEvent
from infusions.states import State

STOPS = frozenset({State.PAUSED, State.COMPLETED, State.STOPPED_EARLY})


def paused_since(infusion: Infusion) -> datetime | None:
    """When the present pause began; None when the pump is not paused."""
    if infusion.state != State.PAUSED:
        return None
    event = infusion.state_events.filter(after=State.PAUSED).order_by("-observed_at", "-id").first()
    return event.observed_at if event else None


def infused_seconds(infusion: Infusion, at: datetime) -> int:
    """Seconds the pump has run until `at`, pauses left out."""
    if infusion.started_at is None:
        return 0
    until = min(at, infusion.ended_at or paused_since(infusion) or at)
    return max(0, seconds(infusion.started_at, until) - infusion.paused_seconds)


def runs(steps: Iterable[StateEvent], until: datetime) -> list[rates.Run]:
    """The stretches in which the pump ran, the open one until `until`."""
    found: list[rates.Run] = []
    since = None
    for step in sorted(steps, key=lambda step: (step.observed_at, step.pk)):
        if step.after == State.IN_PROGRESS:
            since = step.observed_at
        elif since and step.after in STOPS:
            found.append((since, step.observed_at))
            since = None
    if since:
        found.append((since, max(since, until)))
    return found


def changes(events: Iterable[RunEvent]) -> list[rates.Change]:
    """The rates that were set by hand, in the order of time; those entered in error are no rates."""
    kept = [(event.observed_at, event.rate_ml_h) for event in events if not event.entered_in_error_at]
    return [rates.Change(at, rate) for at, rate in sorted(kept, key=lambda each: each[0]) if rate is not None]


def changes_of(infusion: Infusion) -> list[rates.Change]:
    return changes(infusion.events.filter(kind=RunEvent.Kind.RATE))


def given_so_far(
    infusion: Infusion, at: datetime, set_rates: list[rates.Change] | None = None
) -> tuple[Decimal, Decimal]:
    """mg and mL of the bag that went in until `at`; 30 of 40 minutes are 30 of 40 mg (J2)."""
    order = infusion.order
    if order is None or infusion.started_at is None:
        return Decimal(0), Decimal(0)
    set_rates = changes_of(infusion) if set_rates is None else set_rates
    if not set_rates:
        return _at_the_ordered_rate(infusion, at)
    stretches = [(start, min(end, at)) for start, end in runs(infusion.state_events.all(), at) if start < at]
    ml = rates.infused_ml(stretches, rates.ordered_ml_h(order.bag_ml, order.minutes), set_rates)
    ml = min(order.bag_ml, ml)
    return rules.rounded(drawn_mg(infusion) * ml / order.bag_ml), rules.rounded(ml)


def _at_the_ordered_rate(infusion: Infusion, at: datetime) -> tuple[Decimal, Decimal]:
    order, ran = infusion.order, infused_seconds(infusion, at)
    if order is None or not ran:
        return Decimal(0), Decimal(0)
    return (
        rules.given(drawn_mg(infusion), order.minutes, ran),
        rules.given(order.bag_ml, order.minutes, ran),
    )


def planned_end(infusion: Infusion, set_rates: list[rates.Change] | None = None) -> datetime | None:
    """When the bag will be empty if the pump runs from now on; None while it is paused or before the start."""
    order = infusion.order
    if infusion.started_at is None or order is None or infusion.state == State.PAUSED:
        return None
    set_rates = changes_of(infusion) if set_rates is None else set_rates
    if not set_rates:
        return infusion.started_at + timedelta(minutes=order.minutes, seconds=infusion.paused_seconds)
    last = max(set_rates[-1].at, infusion.started_at)
    stretches = runs(infusion.state_events.all(), last)
    return rates.empty_at(order.bag_ml, stretches, rates.ordered_ml_h(order.bag_ml, order.minutes), set_rates)


def rate_now(infusion: Infusion, at: datetime, set_rates: list[rates.Change]) -> Decimal:
    """What the pump is set to, to the tenth that a pump takes."""
    order = infusion.order
    if order is None:
        return Decimal(0)
    first = rates.ordered_ml_h(order.bag_ml, order.minutes)
    return rules.rounded(rates.rate_at(at, first, set_rates), rules.TENTH)


def drawn_mg(infusion: Infusion) -> Decimal:
    """What the syringe held, after rounding to 0.01 mL: 57.5 mg where 57.6 mg were ordered (J7)."""
    if infusion.vial is None or infusion.drawn_ml is None:
        return Decimal(0)
    return rules.drawn_mg(infusion.drawn_ml, infusion.vial.strength_mg_per_ml)


def bag(infusion: Infusion) -> Decimal:
    return infusion.order.bag_ml if infusion.order else Decimal(0)


def seconds(since: datetime | None, until: datetime) -> int:
    return int((until - since).total_seconds()) if since else 0
