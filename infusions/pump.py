"""What follows from the times of the pump: minutes that ran, what went in, when the bag is empty. It writes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from infusions import rules
from infusions.models import Infusion
from infusions.states import State


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


def given_so_far(infusion: Infusion, at: datetime) -> tuple[Decimal, Decimal]:
    """mg and mL of the bag that went in until `at`; 30 of 40 minutes are 30 of 40 mg (J2)."""
    order, ran = infusion.order, infused_seconds(infusion, at)
    if order is None or not ran:
        return Decimal(0), Decimal(0)
    return (
        rules.given(drawn_mg(infusion), order.minutes, ran),
        rules.given(order.bag_ml, order.minutes, ran),
    )


def planned_end(infusion: Infusion) -> datetime | None:
    """When the bag will be empty if the pump runs from now on; None while it is paused or before the start."""
    if infusion.started_at is None or infusion.order is None or infusion.state == State.PAUSED:
        return None
    return infusion.started_at + timedelta(minutes=infusion.order.minutes, seconds=infusion.paused_seconds)


def drawn_mg(infusion: Infusion) -> Decimal:
    """What the syringe held, after rounding to 0.01 mL: 57.5 mg where 57.6 mg were ordered (J7)."""
    if infusion.vial is None or infusion.drawn_ml is None:
        return Decimal(0)
    return rules.drawn_mg(infusion.drawn_ml, infusion.vial.strength_mg_per_ml)


def bag(infusion: Infusion) -> Decimal:
    return infusion.order.bag_ml if infusion.order else Decimal(0)


def seconds(since: datetime | None, until: datetime) -> int:
    return int((until - since).total_seconds()) if since else 0
