"""How outcomes are counted: survival without relapse, medians, and which small numbers are not shared. Pure.

Survival: Kaplan and Meier, Nonparametric estimation from incomplete observations, J Am Stat Assoc 1958;53:457-481.
Small numbers: CMS cell size suppression policy (no count from 1 to 10 leaves the house, nor a figure from which one
could be worked out); the threshold is the setting SMALL_CELL.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import exp, log, sqrt

from infusions import relapse_rules
from infusions.relapse_rules import State

Z95 = 1.959964


@dataclass(frozen=True)
class Step:
    """One day of a survival table: who was still watched, who relapsed, who was last seen, and what share is left."""

    day: int
    at_risk: int
    events: int
    censored: int
    survival: Fraction
    low: float
    high: float


def kaplan_meier(lives: Mapping[int, tuple[int, int]]) -> tuple[Step, ...]:
    """The product-limit table of `{day: (relapses, last seen without one)}`, exact in fractions.

    Who is last seen on a day was still at risk when others relapsed on it. The bounds are those of the 95 % interval
    by Greenwood's variance on the log-log scale, which stays between 0 and 1.
    """
    at_risk = sum(events + censored for events, censored in lives.values())
    survival, variance = Fraction(1), 0.0
    steps = []
    for day in sorted(lives):
        events, censored = lives[day]
        survival *= Fraction(at_risk - events, at_risk)
        if events and at_risk > events:
            variance += events / (at_risk * (at_risk - events))
        low, high = _bounds(survival, variance)
        steps.append(Step(day, at_risk, events, censored, survival, low, high))
        at_risk -= events + censored
    return tuple(steps)


def _bounds(survival: Fraction, variance: float) -> tuple[float, float]:
    if survival in (0, 1) or variance == 0:
        return float(survival), float(survival)
    middle = log(-log(survival))
    reach = Z95 * sqrt(variance) / abs(log(survival))
    return exp(-exp(middle + reach)), exp(-exp(middle - reach))


def at_day(steps: Sequence[Step], day: int) -> tuple[Fraction, int, float, float]:
    """Share without relapse at the end of a day, with how many were still watched on it and the 95 % bounds."""
    before = [step for step in steps if step.day <= day]
    ahead = next((step.at_risk for step in steps if step.day >= day), 0)
    if not before:
        return Fraction(1), ahead, 1.0, 1.0
    return before[-1].survival, ahead, before[-1].low, before[-1].high


def median_survival(steps: Sequence[Step]) -> int | None:
    """The first day on which half or fewer are without relapse; None while more than half are."""
    return next((step.day for step in steps if step.survival <= Fraction(1, 2)), None)


def median(counts: Mapping[int, int]) -> Fraction | None:
    """The middle of `{value: how often}`; halfway between the two middle ones of an even number."""
    total = sum(counts.values())
    if not total:
        return None
    return Fraction(_nth(counts, (total - 1) // 2) + _nth(counts, total // 2), 2)


def _nth(counts: Mapping[int, int], place: int) -> int:
    for value in sorted(counts):
        place -= counts[value]
        if place < 0:
            return value
    raise IndexError(place)


def relapse_day(baseline: int, best: int, scores: Iterable[tuple[int, int]]) -> int | None:
    """The day of the first confirmed relapse after response (protocol 3.6); None when none was.

    `scores` are (days since the last infusion of the series, PHQ-9), oldest first; `best` is the score at its end.
    """
    state, hit_days = State.NONE, list[int]()
    for day, score in scores:
        course = relapse_rules.Course(baseline=baseline, nadir=best, responded=True)
        if relapse_rules.hits(course, score):
            since = [day - before for before in hit_days]
            grave = relapse_rules.is_grave(course, score)
            state = relapse_rules.after_hit(state, days_since_hits=since, grave=grave)
            if state is State.CONFIRMED:
                return day
            hit_days.append(day)
        else:
            state = State.NONE
        best = min(best, score)
    return None


# --- Small numbers ---


def is_small(count: int, threshold: int) -> bool:
    return 0 < count < threshold


def may_show(cells: Iterable[int], threshold: int) -> bool:
    """Whether no cell of a row is small. A row brings the complements too: who responded, and who did not."""
    return not any(is_small(cell, threshold) for cell in cells)


def hidden_rows(rows: Sequence[Sequence[int]], threshold: int) -> tuple[frozenset[int], bool]:
    """Which rows of a table with a total must be hidden, and whether the total must be hidden too.

    A row with a small cell is hidden. What a reader gets by taking the shown rows from the total must tell of at least
    two rows that hold anybody, and hold no small cell either; else the smallest shown row is hidden with them.
    """
    if not rows:
        return frozenset(), False
    total = [sum(column) for column in zip(*rows, strict=True)]
    if not may_show(total, threshold):
        return frozenset(range(len(rows))), True
    hidden = {place for place, row in enumerate(rows) if not may_show(row, threshold)}
    while hidden and len(hidden) < len(rows) and not _is_safe([rows[place] for place in hidden], threshold):
        shown = [place for place in range(len(rows)) if place not in hidden]
        peopled = [place for place in shown if any(rows[place])] or shown
        hidden.add(min(peopled, key=lambda place: (max(rows[place]), place)))
    return frozenset(hidden), False


def _is_safe(rows: Sequence[Sequence[int]], threshold: int) -> bool:
    peopled = [row for row in rows if any(row)]
    return len(peopled) != 1 and may_show([sum(column) for column in zip(*rows, strict=True)], threshold)


def shown_steps(counts: Sequence[int], threshold: int) -> list[int | None]:
    """A funnel without its small numbers: neither who is left nor who was lost since the last step shown is small."""
    shown: list[int | None] = []
    before: int | None = None
    for count in counts:
        small = is_small(count, threshold) or (before is not None and is_small(before - count, threshold))
        shown.append(None if small else count)
        before = before if small else count
    return shown
