"""The dose as it is shown everywhere: mg, mL of the strength in hand, bag, rate and minutes, all together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from clinic.models import Site
from clinic.protocol import WeightBasis
from infusions import rules
from infusions.models import DrugVial, Infusion, Order
from infusions.orders import Considered


@dataclass(frozen=True)
class Draw:
    """What to draw from a vial of one strength, and what that holds."""

    strength: Decimal
    ml: Decimal
    mg: Decimal


@dataclass(frozen=True)
class DoseCard:
    dose_mg: Decimal
    mg_per_kg: Decimal
    weight_kg: Decimal
    is_ideal_weight: bool
    draws: tuple[Draw, ...]
    bag_ml: Decimal
    rate_ml_h: Decimal
    mg_h: Decimal
    minutes: int
    mcg_kg_min: Decimal
    vial: DrugVial | None = None
    lights: tuple[tuple[str, str], ...] = ()


def draws(dose_mg: Decimal, strengths: Sequence[Decimal]) -> tuple[Draw, ...]:
    found = []
    for strength in strengths:
        ml = rules.draw_ml(dose_mg, strength)
        found.append(Draw(strength, ml, rules.drawn_mg(ml, strength)))
    return tuple(found)


def of_order(order: Order, strengths: Sequence[Decimal], *, vial: DrugVial | None = None) -> DoseCard:
    """An order as a card, for the strengths in stock, or for the one vial in hand."""
    return DoseCard(
        dose_mg=order.dose_mg,
        mg_per_kg=order.mg_per_kg,
        weight_kg=order.dosing_weight_kg,
        is_ideal_weight=order.weight_basis == WeightBasis.IDEAL,
        draws=draws(order.dose_mg, [vial.strength_mg_per_ml] if vial else strengths),
        bag_ml=order.bag_ml,
        rate_ml_h=rules.rate_ml_h(order.bag_ml, order.minutes),
        mg_h=rules.mg_per_hour(order.dose_mg, order.minutes),
        minutes=order.minutes,
        mcg_kg_min=rules.mcg_kg_min(order.dose_mg, order.dosing_weight_kg, order.minutes),
        vial=vial,
        lights=signatures(order),
    )


def of_infusion(infusion: Infusion, order: Order, strengths: Sequence[Decimal]) -> DoseCard:
    """The card at the chair: the vial that was scanned, once there is one."""
    return of_order(order, strengths, vial=infusion.vial)


def of_considered(considered: Considered, strengths: Sequence[Decimal]) -> DoseCard:
    """What an order would be, before it is signed."""
    wanted = considered.wanted
    return DoseCard(
        dose_mg=considered.dose_mg,
        mg_per_kg=wanted.mg_per_kg,
        weight_kg=wanted.dosing_weight_kg,
        is_ideal_weight=wanted.weight_basis == WeightBasis.IDEAL,
        draws=draws(considered.dose_mg, strengths),
        bag_ml=wanted.bag_ml,
        rate_ml_h=considered.rate_ml_h,
        mg_h=considered.mg_per_hour,
        minutes=wanted.minutes,
        mcg_kg_min=considered.mcg_kg_min,
    )


def signatures(order: Order) -> tuple[tuple[str, str], ...]:
    """Who signed and when, as lights: (meaning, words)."""
    site = order.series.site
    told = [("ok", f"Order signed by {order.signed_by.signs_as}, {_moment(site, order.signed_at)}")]
    if order.second_signed_at and order.second_signed_by:
        told.append(("ok", f"And by {order.second_signed_by.signs_as}, {_moment(site, order.second_signed_at)}"))
    elif order.awaits_second:
        told.append(("warn", "Waits for a second provider’s signature"))
    return tuple(told)


def _moment(site: Site, moment: datetime) -> str:
    local = site.local(moment)
    return f"{local.day} {local:%b}, {local:%H:%M}"
