"""How much a pump has given whose rate was changed on the way, and when its bag is empty. Pure: no ORM, no clock.

The pump starts at the ordered rate (bag x 60 / minutes, protocol 2.2); each change holds from its own minute on; while
it is paused nothing goes in. Unrounded inside, so that 30 of 40 minutes of 50 mL are 37.5 mL to the hundredth (J2).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

Run = tuple[datetime, datetime]


@dataclass(frozen=True)
class Change:
    """From this moment on the pump runs at this rate."""

    at: datetime
    ml_h: Decimal


def ordered_ml_h(bag_ml: Decimal, minutes: int) -> Decimal:
    return bag_ml * 60 / minutes


def rate_at(moment: datetime, first: Decimal, changes: Sequence[Change]) -> Decimal:
    """The rate that holds at a moment."""
    held = [change for change in changes if change.at <= moment]
    return held[-1].ml_h if held else first


def infused_ml(runs: Sequence[Run], first: Decimal, changes: Sequence[Change]) -> Decimal:
    """The volume of all stretches, unrounded. `changes` are in the order of time."""
    return sum((_ml(rate, end - start) for start, end, rate in _stretches(runs, first, changes)), Decimal(0))


def empty_at(bag_ml: Decimal, runs: Sequence[Run], first: Decimal, changes: Sequence[Change]) -> datetime:
    """When the bag is empty if the pump goes on from the end of its last run at the rate it has."""
    left, moment = bag_ml, runs[-1][1]
    for start, end, rate in _stretches(runs, first, changes):
        if _ml(rate, end - start) >= left:
            return start + _time(left, rate)
        left -= _ml(rate, end - start)
    return moment + _time(left, rate_at(moment, first, changes))


def _stretches(
    runs: Sequence[Run], first: Decimal, changes: Sequence[Change]
) -> Iterator[tuple[datetime, datetime, Decimal]]:
    """Each run, cut where the rate changed."""
    for start, end in runs:
        cuts = [start, *(change.at for change in changes if start < change.at < end), end]
        for left, right in pairwise(cuts):
            yield left, right, rate_at(left, first, changes)


def _ml(ml_h: Decimal, time: timedelta) -> Decimal:
    return ml_h * Decimal(int(time.total_seconds())) / 3600


def _time(ml: Decimal, ml_h: Decimal) -> timedelta:
    return timedelta(seconds=round(ml * 3600 / ml_h))
