"""Days between boosters, as pure arithmetic (protocol 3.5; journey J6).

Templates: B-std 14, 21, 28 then every 28 days (S-bionuu); B-rct 7x4, 14x4, 28x3 (S-CANrct); B-prn, as needed. 7 to
365 days are possible (Seeds). Stable patients, in remission at two checks, may wait longer by at most a half and at
most 14 days; a relapse steps back (P).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clinic.protocol import ProtocolValues

CHECKS_FOR_STABLE = 2
MOST_LONGER_DAYS = 14
REMISSION_BELOW = 5
STEPS = (7, 14, 21, 28, 42, 56)
"""What a shortened interval falls back to: the template, and its lengthenings."""


def standard(settings: ProtocolValues) -> list[int]:
    """The site's template: 14, 21, then 28 days, which repeats."""
    return [settings.booster_first_days, settings.booster_second_days, settings.booster_then_days]


TRIAL = (7, 7, 7, 7, 14, 14, 14, 14, 28)
"""Weekly for a month, every two weeks for two, then monthly (S-CANrct); the 28 days repeat."""


def templates(settings: ProtocolValues) -> dict[str, list[int]]:
    """The days of each template by its key; none for boosters as needed."""
    return {"std": standard(settings), "rct": list(TRIAL), "prn": []}


def interval(intervals: Sequence[int], index: int) -> int:
    """Days before the booster at `index` (from 0); the last interval repeats."""
    return intervals[min(index, len(intervals) - 1)]


def due_dates(intervals: Sequence[int], last_given_on: date, n: int, *, given: int = 0) -> list[date]:
    """The next `n` dates after the last infusion, when `given` boosters of the plan have been given."""
    found: list[date] = []
    day = last_given_on
    if not intervals:
        return found
    for index in range(given, given + n):
        day += timedelta(days=interval(intervals, index))
        found.append(day)
    return found


def is_stable(scores: Sequence[int]) -> bool:
    """In remission at the last two checks; `scores` are in the order of time."""
    last = scores[-CHECKS_FOR_STABLE:]
    return len(last) == CHECKS_FOR_STABLE and all(score < REMISSION_BELOW for score in last)


def longest(now_days: int, scores: Sequence[int], settings: ProtocolValues) -> int:
    """The longest interval that may follow without an override: 28 stable days become 42 at most."""
    if not is_stable(scores):
        return now_days
    return min(now_days + min(now_days // 2, MOST_LONGER_DAYS), settings.booster_max_days)


@dataclass(frozen=True)
class Proposal:
    """What the rule says about the interval in force; a provider decides."""

    now_days: int
    days: int
    longest: int
    scores: tuple[tuple[date, int], ...]
    """The last checks, each with its day: what speaks for it."""
    is_relapse: bool = False

    @property
    def change(self) -> int:
        return self.days - self.now_days


def propose(
    now_days: int,
    scores: Sequence[tuple[date, int]],
    settings: ProtocolValues,
    *,
    relapse: bool,
    may_lengthen: bool,
) -> Proposal:
    """Longer after two checks in remission, one step shorter after a relapse, else as it is.

    `may_lengthen`: the plan has come to its repeating interval, and a booster was given under it.
    """
    most = longest(now_days, [score for _, score in scores], settings) if may_lengthen else now_days
    days = shorter(now_days, settings) if relapse else most
    return Proposal(now_days, days, most, tuple(scores[-CHECKS_FOR_STABLE:]), relapse)


def shorter(now_days: int, settings: ProtocolValues) -> int:
    """One step back after a relapse: 42 becomes 28."""
    below = [step for step in STEPS if step < now_days]
    return max(below[-1] if below else now_days, settings.booster_min_days)
