"""The clinic's outcomes as page and file show them: the same numbers, whole or fit to be shared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.conf import settings

from clinic.wording import number
from journey import rules
from journey.reports.criteria import Criteria, group_label, site_label
from journey.reports.funnel import STEPS
from journey.reports.tally import Key, Tally, by_part, total
from journey.rules import Step

DAYS = (30, 60, 90, 180, 365)
HIDDEN = "hidden"


@dataclass(frozen=True)
class Rate:
    """A share with its numerator and denominator: “64 %, 9 of 14”."""

    n: int
    of: int

    @property
    def percent(self) -> int | None:
        """Whole percent, halves up; None of nobody."""
        return (self.n * 200 + self.of) // (2 * self.of) if self.of else None

    @property
    def words(self) -> str:
        return f"{self.percent}\u00a0%, {self.n} of {self.of}" if self.of else "nobody yet"


@dataclass(frozen=True)
class Line:
    """One site, one diagnosis group, or all of them. `tally` is None where it must not be shared."""

    label: str
    tally: Tally | None
    is_total: bool = False

    @property
    def response(self) -> Rate:
        assert self.tally
        return Rate(self.tally.responded, self.tally.scored)

    @property
    def remission(self) -> Rate:
        assert self.tally
        return Rate(self.tally.remitted, self.tally.scored)

    @property
    def at_least(self) -> Rate:
        """The response rate if nobody without a score had responded."""
        assert self.tally
        return Rate(self.tally.responded, self.tally.ended)

    @property
    def infusions(self) -> str:
        """The median number of infusions to response, of those who reached it."""
        assert self.tally
        middle = rules.median(self.tally.first)
        return "" if middle is None else f"{number(float(middle))}, of {self.tally.reached}"


@dataclass(frozen=True)
class Stage:
    """One step of the funnel, and its share of the first step that is shown."""

    label: str
    count: int | None
    percent: int | None
    lost: int | None


@dataclass(frozen=True)
class Point:
    """How many were without relapse after so many days; None where it must not be shared."""

    day: int
    percent: int | None = None
    at_risk: int | None = None
    relapsed: int | None = None
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True)
class Report:
    criteria: Criteria
    shared: bool
    threshold: int
    sites: tuple[Line, ...]
    diagnoses: tuple[Line, ...]
    total: Line
    stages: tuple[Stage, ...]
    steps: tuple[Step, ...]
    points: tuple[Point, ...]
    watched: int | None
    unseen: int | None
    median_days: int | None


def make(criteria: Criteria, tallies: Mapping[Key, Tally], funnel: Sequence[int | None], *, shared: bool) -> Report:
    threshold = settings.SMALL_CELL if shared else 0
    whole = total(tallies.values())
    sites = {site_label(key, criteria.sites): tally for key, tally in by_part(tallies, 0).items()}
    groups = {group_label(key): tally for key, tally in sorted(by_part(tallies, 1).items())}
    everybody = Line("All", whole if rules.may_show(whole.cells, threshold) else None, is_total=True)
    steps = rules.kaplan_meier(whole.lives)
    watched = sum(events + censored for events, censored in whole.lives.values())
    visible = rules.may_show([watched, whole.unseen], threshold) and everybody.tally is not None
    return Report(
        criteria=criteria,
        shared=shared,
        threshold=threshold,
        sites=tuple(_lines(sites, threshold)),
        diagnoses=tuple(_lines(groups, threshold)),
        total=everybody,
        stages=tuple(_stages(funnel, threshold)),
        steps=() if shared else steps,
        points=tuple(_points(steps, threshold) if visible else (Point(day) for day in DAYS)),
        watched=watched if visible else None,
        unseen=whole.unseen if visible else None,
        median_days=None if shared else rules.median_survival(steps),
    )


def _lines(parts: Mapping[str, Tally], threshold: int) -> Iterator[Line]:
    hidden, _ = rules.hidden_rows([tally.cells for tally in parts.values()], threshold)
    for place, (label, tally) in enumerate(parts.items()):
        yield Line(label, None if place in hidden else tally)


def _stages(funnel: Sequence[int | None], threshold: int) -> Iterator[Stage]:
    known = [(label, count) for label, count in zip(STEPS, funnel, strict=True) if count is not None]
    shown = rules.shown_steps([count for _, count in known], threshold)
    first = next((count for count in shown if count is not None), None)
    before: int | None = None
    for (label, _), count in zip(known, shown, strict=True):
        percent = Rate(count, first).percent if count is not None and first else None
        lost = before - count if before is not None and count is not None else None
        yield Stage(label, count, percent, lost)
        before = count if count is not None else before


def _points(steps: Sequence[Step], threshold: int) -> Iterator[Point]:
    """The curve at fixed days. Shared, a day is left out where few were watched, or few were lost or relapsed since
    the last day that is shown."""
    found = [(day, *rules.at_day(steps, day)) for day in DAYS]
    events = [sum(step.events for step in steps if step.day <= day) for day in DAYS]
    start = steps[0].at_risk if steps else 0
    watched = rules.shown_steps([start, *(at_risk for _, _, at_risk, _, _ in found)], threshold)[1:]
    well = rules.shown_steps([start, *(start - count for count in events)], threshold)[1:]
    for place, (day, survival, at_risk, low, high) in enumerate(found):
        if (not at_risk and not threshold) or watched[place] is None or well[place] is None or not at_risk:
            yield Point(day, at_risk=None if threshold else at_risk)
            continue
        known = 0 < survival < 1  # Greenwood's variance says nothing of a curve that has not fallen, or has ended
        bounds = (_percent(low), _percent(high)) if known else (None, None)
        yield Point(day, _percent(survival), at_risk, events[place], *bounds)


def _percent(share: Fraction | float) -> int:
    return int(Fraction(share) * 100 + Fraction(1, 2))
