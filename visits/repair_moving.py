"""Moving infusions of one course so that no hard limit is broken: one of them, and only if that can't be, two.

Only gaps and the whole span are hard limits (protocol 3.1, 3.2), so each try is arithmetic on a few whole numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations, pairwise
from uuid import UUID

from visits.courses import Course, Point
from visits.repair_starts import Start

NEAREST = 56  # starts of each that are tried when two infusions have to move together
MOST_TRIES = 40_000

Moment = tuple[int, int]  # the day and the second, on the wall clock
Moves = tuple[tuple[Point, Start], ...]


@dataclass(frozen=True)
class Limits:
    """The hard limits of a series, with what a provider has agreed to."""

    least_seconds: int
    most_days: int
    most_span: int

    @classmethod
    def of(cls, course: Course) -> Limits:
        gaps = course.windows.gaps
        return cls(
            least_seconds=round(gaps.min_hours * 3600),
            most_days=max(gaps.hard_days, course.agreed_gap),
            most_span=max(gaps.window_hard_days, course.agreed_span),
        )

    def keep(self, moments: list[Moment]) -> bool:
        """Whether infusions at these moments break none of them."""
        moments.sort()
        if moments and moments[-1][0] - moments[0][0] > self.most_span:
            return False
        return all(
            later[0] - earlier[0] <= self.most_days and later[1] - earlier[1] >= self.least_seconds
            for earlier, later in pairwise(moments)
        )


@dataclass(frozen=True)
class Found:
    """The moves, none when nothing mends the limits; and whether every choice was looked at."""

    moves: Moves
    whole: bool


def smallest_move(
    course: Course, movable: Sequence[Point], near: Mapping[UUID, Sequence[Start]], *, most: int = MOST_TRIES
) -> Found:
    """The cheapest move of one infusion that mends every hard limit, else of two; `near` are the starts of each, the
    cheapest first."""
    search = _Search(course, Limits.of(course), most)
    if search.is_hopeless(movable, near):
        return Found((), whole=True)
    for one in movable:
        search.try_one(one, near[one.visit])
    if search.best:
        return Found(search.best, search.left > 0)
    for first, second in combinations(movable, 2):
        search.try_two(first, second, near[first.visit][:NEAREST], near[second.visit][:NEAREST])
    left_out = [near[one.visit][NEAREST].cost for one in movable if len(near[one.visit]) > NEAREST]
    whole = not left_out or (bool(search.best) and search.cost <= min(left_out))
    return Found(search.best, whole and search.left > 0)


@dataclass
class _Search:
    course: Course
    limits: Limits
    left: int
    best: Moves = ()
    cost: int = 0

    def is_hopeless(self, movable: Sequence[Point], near: Mapping[UUID, Sequence[Start]]) -> bool:
        """Whether what has begun or is over breaks a limit already, or the next one comes too late anyhow."""
        free = {point.visit for point in movable}
        over = [_moment(one.start) for one in self.course.infusions if one.visit not in free]
        ahead = [_moment(one.start) for one in movable]
        ahead += [_moment(start.at) for one in movable for start in near[one.visit]]
        if not over or not ahead or min(ahead) <= max(over):
            return False
        return not self.limits.keep(over) or min(ahead)[0] - max(over)[0] > self.limits.most_days

    def try_one(self, point: Point, starts: Sequence[Start]) -> None:
        others = self._without(point)
        for start in starts:
            if self._is_dearer(start.cost) or self.left <= 0:
                return
            self._try(((point, start),), [*others, _moment(start.at)], start.cost)

    def try_two(self, first: Point, second: Point, starts: Sequence[Start], more: Sequence[Start]) -> None:
        others = self._without(first, second)
        moments = [_moment(other.at) for other in more]
        for start in starts:
            here = _moment(start.at)
            for other, there in zip(more, moments, strict=True):
                cost = start.cost + other.cost
                if self._is_dearer(cost):
                    break
                if self.left <= 0:
                    return
                self._try(((first, start), (second, other)), [*others, here, there], cost)

    def _try(self, moves: Moves, moments: list[Moment], cost: int) -> None:
        self.left -= 1
        if self.limits.keep(moments):
            self.best, self.cost = moves, cost

    def _is_dearer(self, cost: int) -> bool:
        return bool(self.best) and cost >= self.cost

    def _without(self, *points: Point) -> list[Moment]:
        gone = {point.visit for point in points}
        return [_moment(one.start) for one in self.course.infusions if one.visit not in gone]


def _moment(start: datetime) -> Moment:
    day = start.toordinal()
    return day, day * 86_400 + start.hour * 3600 + start.minute * 60 + start.second
