"""The course of treatment as charges on days, and what they cost whoever pays alone, with the packages of the clinic.

Pure: no database, no clock, `Decimal` only. Source: protocol 6.3 (S-GFE): evaluation, infusions, three therapy
sessions, laboratory, boosters to be expected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import NamedTuple

CENT, NOTHING = Decimal("0.01"), Decimal(0)
EVER = Decimal("Infinity")
PREPARED_DAYS, INTEGRATED_DAYS = 5, 3
BOOSTER_GAPS = (14, 21, 28)  # booster_template of Table A; then the last one again and again
HALF_WEEK = 3.5
FRIDAY = 4


def cents(amount: Decimal) -> Decimal:
    """To the cent, half a cent up: the one place where money is rounded."""
    return amount.quantize(CENT, ROUND_HALF_UP)


class Service(StrEnum):
    EVALUATION = "evaluation"
    INFUSION = "infusion"
    THERAPY = "therapy"
    BOOSTER = "booster"
    SERIES = "series"


class Why(NamedTuple):
    """A reason: its name, and the figures and names its sentence needs."""

    name: str
    values: dict[str, str]


@dataclass(frozen=True)
class Visits:
    """The days of a course: booked, proposed, or as they usually fall."""

    evaluation: date | None
    infusions: tuple[date, ...]
    sessions: tuple[date, ...]
    boosters: tuple[date, ...] = ()

    @property
    def days(self) -> list[date]:
        return sorted(
            [*([self.evaluation] if self.evaluation else []), *self.infusions, *self.sessions, *self.boosters]
        )


def usual_days(first: date, count: int, boosters: int, *, evaluation: date | None = None) -> Visits:
    """How a series usually falls: two infusions a week, three sessions, boosters by the usual template."""
    infusions = tuple(_workday(first + timedelta(days=int(HALF_WEEK * number))) for number in range(count))
    last = infusions[-1]
    middle = infusions[count // 2 - 1] + timedelta(days=1)
    around = (first - timedelta(days=PREPARED_DAYS), middle, last + timedelta(days=INTEGRATED_DAYS))
    sessions = tuple(_workday(day) for day in around)
    return Visits(evaluation, infusions, sessions, booster_days(last, boosters))


def _workday(day: date) -> date:
    """The day, or the Monday after a weekend."""
    return day + timedelta(days=7 - day.weekday() if day.weekday() > FRIDAY else 0)


def booster_days(last: date, count: int) -> tuple[date, ...]:
    """When boosters are to be expected after the last infusion (S-bionuu)."""
    found: list[date] = []
    for number in range(count):
        last += timedelta(days=BOOSTER_GAPS[min(number, len(BOOSTER_GAPS) - 1)])
        found.append(_workday(last))
    return tuple(found)


class Price(NamedTuple):
    """One line of the fee schedule."""

    code: str
    label: str
    label_es: str
    used: str
    leg: str
    billed: Decimal
    self_pay: Decimal | None = None


@dataclass(frozen=True)
class Item:
    """One charge that is expected on a day; `number` counts the visits of its service."""

    service: str
    number: int
    on: date
    code: str
    label: str
    label_es: str
    leg: str
    billed: Decimal
    self_pay: Decimal
    allowed: Decimal | None = None


def items(visits: Visits, prices: Callable[[date], Sequence[Price]]) -> list[Item]:
    """Every charge of the course by the prices of its day, in order of time. A booster costs what an infusion costs."""
    dated: list[tuple[date, Service, int]] = [(visits.infusions[0], Service.SERIES, 1)] if visits.infusions else []
    if visits.evaluation:
        dated.append((visits.evaluation, Service.EVALUATION, 1))
    for service, days in (
        (Service.INFUSION, visits.infusions),
        (Service.THERAPY, visits.sessions),
        (Service.BOOSTER, visits.boosters),
    ):
        dated += [(day, service, number) for number, day in enumerate(sorted(days), start=1)]
    order = list(Service)
    found = []
    for day, service, number in sorted(dated, key=lambda one: (one[0], order.index(one[1]))):
        used = Service.INFUSION if service == Service.BOOSTER else service
        for one in prices(day):
            if one.used == used:
                alone = one.billed if one.self_pay is None else one.self_pay
                words = (one.code, one.label, one.label_es, one.leg)
                found.append(Item(service, number, day, *words, one.billed, alone))
    return found


@dataclass(frozen=True)
class Line:
    """One item with what it costs. `share_from` None: nobody can say how little it will be."""

    item: Item
    charge: Decimal
    share_from: Decimal | None
    share_to: Decimal
    whys: tuple[Why, ...] = ()

    @property
    def share(self) -> Decimal | None:
        return self.share_to if self.share_from == self.share_to else None


@dataclass(frozen=True)
class Sum:
    """All lines, and the sum of them."""

    lines: tuple[Line, ...]
    total: Decimal
    share_from: Decimal | None
    share_to: Decimal
    notes: tuple[Why, ...] = ()

    @property
    def share(self) -> Decimal | None:
        return self.share_to if self.share_from == self.share_to else None


def summed(lines: Sequence[Line], notes: Iterable[Why] = (), most: Decimal = EVER) -> Sum:
    low = sum((line.share_from or NOTHING for line in lines), NOTHING)
    high = min(sum((line.share_to for line in lines), NOTHING), most)
    unknown = low < high and low == 0
    total = sum((line.charge for line in lines), NOTHING)
    return Sum(tuple(lines), total, None if unknown else min(low, high), high, tuple(notes))


# Who pays alone


class Bundle(NamedTuple):
    """Several visits for one price."""

    code: str
    name: str
    name_es: str
    price: Decimal
    holds: Mapping[str, int]  # service → how many


def alone(expected: Sequence[Item], bundles: Sequence[Bundle] = ()) -> Sum:
    """What it costs without a plan, with the package that saves most, if one does."""
    best: tuple[Decimal, Bundle | None] = (NOTHING, None)
    for bundle in bundles:
        held = [item.self_pay for item in expected if _in(bundle, item)]
        if _fits(bundle, expected) and sum(held, NOTHING) - bundle.price > best[0]:
            best = sum(held, NOTHING) - bundle.price, bundle
    if best[1] is None:
        return summed([at_own_price(item, Why("self_pay", {})) for item in expected])
    return _with_bundle(expected, best[1], best[0])


def _in(bundle: Bundle, item: Item) -> bool:
    return item.number <= bundle.holds.get(item.service, 0)


def _fits(bundle: Bundle, expected: Sequence[Item]) -> bool:
    """A package is bought whole: the course has at least as many infusions as it holds."""
    counted = max((item.number for item in expected if item.service == Service.INFUSION), default=0)
    return 0 < bundle.holds.get(Service.INFUSION, 0) <= counted


def _with_bundle(expected: Sequence[Item], bundle: Bundle, saved: Decimal) -> Sum:
    """The package stands as one charge on the day of its first visit; what it holds costs nothing more."""
    lines: list[Line] = []
    bought = False
    for item in expected:
        if not _in(bundle, item):
            lines.append(at_own_price(item, Why("self_pay", {})))
            continue
        if not bought:
            whole = replace(item, service=Service.SERIES, number=1, code=bundle.code, label=bundle.name)
            whole = replace(whole, label_es=bundle.name_es, billed=bundle.price, self_pay=bundle.price, allowed=None)
            lines.append(at_own_price(whole, Why("package", {"saved": str(saved)})))
            bought = True
        lines.append(Line(item, NOTHING, NOTHING, NOTHING, (Why("in_package", {}),)))
    return summed(lines)


def at_own_price(item: Item, *whys: Why) -> Line:
    return Line(item, item.self_pay, item.self_pay, item.self_pay, whys)


DISPUTE_FROM = Decimal(400)
"""Billed at least so much more than estimated may be disputed (45 CFR 149.620, S-GFE)."""


def may_be_disputed(estimated: Decimal, charged: Decimal) -> bool:
    return charged - estimated >= DISPUTE_FROM
