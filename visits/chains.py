"""The exact search for a series: the cheapest chain of infusion starts that keeps gaps and windows.

Dynamic programming over infusion number and start. A state also knows whether the midpoint session has been placed,
so a chain around which no session fits is never found. Costs are never negative, and what each infusion must cost at
least is known beforehand; so the search is first made among the chains that cost little more than that, and widened
only while it finds none. The answer stays exact: whatever was left out costs more than what was found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cache
from itertools import accumulate
from math import inf
from typing import NamedTuple

from visits.plans import Days, Ground
from visits.ruler import Start
from visits.rules import DAY_MINUTES, ideal_days, midpoint_between
from visits.sessions import Sessions

# What a person would mind, in units of one day off the template.
START_DAY = 1.0  # a day later than the first day of the template
OTHER_WEEKDAY = 0.5
FIRST_ON_OTHER_WEEKDAY = 4.0
HOUR = 0.3  # an hour outside the hours wished
HOUR_WITHIN = 0.05  # an hour later than the first of them
WITHOUT_WISHED_NURSE = 0.4
WITHOUT_WISHED_ROOM = 0.4
UNPAID = 4.0  # a day outside the coverage or its authorizations
LONG_GAP, LONG_GAP_DAY = 3.0, 1.0
LONG_SERIES, LONG_SERIES_DAY = 4.0, 1.0

WIDENING = (1.0, 4.0, 12.0, inf)  # how much above the least is looked at, one after the other
ROUNDING = 1e-9


def minute_of(hour: time) -> int:
    return hour.hour * 60 + hour.minute


def first_of(weekdays: Sequence[int], day: date) -> date:
    """The first day of a template from `day` on."""
    while weekdays and day.weekday() not in weekdays:
        day += timedelta(days=1)
    return day


@dataclass(frozen=True)
class Wishes:
    """What one search aims at; `until` ends the hours wished, which begin at `at`."""

    count: int
    weekdays: tuple[int, ...]
    at: time
    not_before: date
    latest_first: date
    until: time | None = None

    @property
    def minute(self) -> int:
        return minute_of(self.at)

    @property
    def last_minute(self) -> int:
        return minute_of(self.until) if self.until else self.minute

    @property
    def first_wished(self) -> date:
        return first_of(self.weekdays, self.not_before)

    def hour_cost(self, minute: int) -> float:
        outside = max(self.minute - minute, minute - self.last_minute, 0)
        within = min(max(minute - self.minute, 0), self.last_minute - self.minute)
        return (HOUR * outside + HOUR_WITHIN * within) / 60


@dataclass(frozen=True)
class Chain:
    """The starts of all infusions, and what a person would mind about them and the sessions around them."""

    starts: tuple[Start, ...]
    cost: float


class _Priced(NamedTuple):
    """A start, and what it costs whatever its number: hour, weekday, nurse, room, payer."""

    cost: float
    start: Start


class _State(NamedTuple):
    """The cheapest way to the infusion at `start`."""

    cost: float
    start: Start
    before: _State | None


class _Way(NamedTuple):
    """States of an earlier day from which a day can be reached; `slack` minutes later in the day than the start."""

    states: Sequence[_State]
    slack: int
    extra: float
    same_day: float


States = dict[date, list[_State]]
# The states after one infusion, by day; once without the midpoint, once with it.
Layer = tuple[States, States]


class _Aim(NamedTuple):
    """One first day: the days of the template from it on, what each infusion costs at least, and all that follow it."""

    day: date
    ideal: list[date]
    least: list[float]
    rest: list[float]

    @property
    def least_of_all(self) -> float:
        return self.least[0] + self.rest[0]


class Prices:
    """What each free start costs whatever its number, by day, the cheapest first.

    A search asks for few of the days that there are, and the searches of one wish ask for the same.
    """

    def __init__(self, ground: Ground, wishes: Wishes) -> None:
        self.ground, self.wishes = ground, wishes
        self.hour_cost = cache(wishes.hour_cost)
        self.later = cache(self._later)
        self.first = cache(self._first)

    def _later(self, day: date) -> list[_Priced]:
        return self._sorted(day, self.ground.laters, self.ground.nurse_starts, self.ground.room_starts)

    def _first(self, day: date) -> list[_Priced]:
        return self._sorted(day, self.ground.firsts, self.ground.first_nurse_starts, self.ground.first_room_starts)

    def _sorted(self, day: date, days: Days, with_nurse: int, in_room: int) -> list[_Priced]:
        return sorted(self._priced(day, days[day], with_nurse, in_room))

    def _priced(self, day: date, starts: Sequence[Start], with_nurse: int, in_room: int) -> Iterator[_Priced]:
        of_day = UNPAID if day in self.ground.unpaid else 0.0
        if self.wishes.weekdays and day.weekday() not in self.wishes.weekdays:
            of_day += OTHER_WEEKDAY
        for start in starts:
            cost = of_day + self.hour_cost(start.minute)
            if not with_nurse >> start.cell & 1:
                cost += WITHOUT_WISHED_NURSE
            if not in_room >> start.cell & 1:
                cost += WITHOUT_WISHED_ROOM
            yield _Priced(cost, start)


def best_chain(prices: Prices, sessions: Sessions | None, bound: float = inf) -> Chain | None:
    """The cheapest chain below `bound`, or None. Without `sessions` the infusions alone are searched."""
    search = _Search(prices, sessions)
    aims = sorted(search.aims(), key=lambda aim: (aim.least_of_all, aim.day))
    best: Chain | None = None
    for aim in aims:
        if aim.least_of_all >= bound:
            break
        found = search.chain(aim, bound)
        if found:
            best, bound = found, found.cost
    return best


class _Search:
    def __init__(self, prices: Prices, sessions: Sessions | None) -> None:
        self.prices, self.sessions = prices, sessions
        self.ground, self.wishes = prices.ground, prices.wishes
        self.gaps, self.least_days = self.ground.gaps, self.ground.gaps.least_days
        self.after, self.before = midpoint_between(self.wishes.count)
        self.half = self.wishes.count // 2

    # What must be paid at least

    def aims(self) -> Iterator[_Aim]:
        for day in self.ground.firsts:
            if self.wishes.not_before <= day <= self.wishes.latest_first:
                ideal = ideal_days(day, self.wishes.weekdays, self.wishes.count, self.gaps.min_days)
                least = [self._first_cost(day) + self.prices.first(day)[0].cost, *map(self._least, ideal[1:])]
                rest = [*accumulate(reversed(least[1:]), initial=0.0)][::-1]
                if least[0] + rest[0] < inf:
                    yield _Aim(day, ideal, least, rest)

    def _first_cost(self, day: date) -> float:
        """What it costs to begin on this day, at whatever hour."""
        cost = START_DAY * max((day - self.wishes.first_wished).days, 0)
        if self.wishes.weekdays and day.weekday() not in self.wishes.weekdays:
            cost += FIRST_ON_OTHER_WEEKDAY
        return cost + (self.sessions.preparation_cost(day) if self.sessions else 0.0)

    def _least(self, ideal: date) -> float:
        """The least that any infusion aiming at a day costs."""
        best = inf
        for day, off in self._around(ideal, self.gaps.window_hard_days):
            if off >= best:
                break
            best = min(best, off + self.prices.later(day)[0].cost)
        return best

    def _around(self, ideal: date, most: int) -> Iterator[tuple[date, int]]:
        """The days with a free start, the nearest first, and how far they are."""
        for off in range(most + 1):
            for day in {ideal - timedelta(days=off), ideal + timedelta(days=off)}:
                if day in self.ground.laters:
                    yield day, off

    # The chains from one first day

    def chain(self, aim: _Aim, bound: float) -> Chain | None:
        """The cheapest chain of one aim, if it costs less than `bound`."""
        for above in WIDENING:
            limit = min(bound, aim.least_of_all + above)
            found = self._run(aim, limit)
            if found or limit == bound:
                return found
        return None

    def _run(self, aim: _Aim, limit: float) -> Chain | None:
        layer = self._first(aim, limit)
        for number in range(1, self.wishes.count):
            if not any(layer):
                return None
            layer = self._next(aim, layer, number, limit)
        best: _State | None = None
        for states in layer[1].values():
            for state in states:
                cost = state.cost + self._long_series((state.start.day - aim.day).days)
                if cost < limit:
                    best, limit = state, cost
        return Chain(_starts(best), limit) if best else None

    def _first(self, aim: _Aim, limit: float) -> Layer:
        layer: Layer = ({}, {})
        begun = self._first_cost(aim.day)
        states = [_State(begun + cost, start, None) for cost, start in self.prices.first(aim.day)]
        if states := _front(states, limit - aim.rest[0]):
            layer[self.sessions is None][aim.day] = states
        return layer

    def _next(self, aim: _Aim, layer: Layer, number: int, limit: float) -> Layer:
        """The states of infusion `number + 1`, given those of infusion `number`."""
        reached: Layer = ({}, {})
        room = limit - aim.least_of_all + aim.least[number] + ROUNDING
        for day, off in self._around(aim.ideal[number], self.gaps.window_hard_days):
            if off >= room:
                break
            if not aim.day < day <= aim.day + timedelta(days=self.gaps.window_hard_days):
                continue
            for placed, ways in enumerate(self._ways(layer, day, number)):
                if ways:
                    found = self._reached(ways, day, off, room, number, limit - aim.rest[number])
                    if found:
                        reached[placed][day] = found
        return reached

    def _reached(
        self, ways: Sequence[_Way], day: date, off: int, room: float, number: int, limit: float
    ) -> list[_State]:
        found: list[_State] = []
        sessions = self.sessions if number == self.wishes.count - 1 else None
        for cost, start in self.prices.later(day):
            own = off + cost
            if own >= room:
                break
            if sessions:
                own += sessions.integration_cost(start)
            if state := self._cheapest(ways, start, own, limit):
                found.append(state)
        return _front(found, limit)

    def _ways(self, layer: Layer, day: date, number: int) -> tuple[Sequence[_Way], Sequence[_Way]]:
        """How infusion `number + 1` can be reached on a day: with the midpoint still to come, and with it behind."""
        without, behind = layer
        places_midpoint = self.sessions is not None and self.after <= number < self.before
        open_ways = [] if number >= self.before - 1 else [*self._from(without, day)]
        ways = [*self._from(behind, day)]
        if places_midpoint:
            ways += [*self._from(without, day, number - self.half)]
        return open_ways, ways

    def _from(self, states: States, day: date, position: int | None = None) -> Iterator[_Way]:
        """The days from which a day can be reached under the gap rules, with or without a midpoint between."""
        for before, there in states.items():
            gap = (day - before).days
            if not self.least_days <= gap <= self.gaps.hard_days:
                continue
            extra, same = self._long_gap(gap), inf
            if position is not None:
                assert self.sessions
                same = extra + self.sessions.between_place(before, day, position, day)
                extra += self.sessions.between_cost(before, day, position)
            yield _Way(there, gap * DAY_MINUTES - self.gaps.min_hours * 60, extra, same)

    def _cheapest(self, ways: Sequence[_Way], start: Start, own: float, limit: float) -> _State | None:
        """The cheapest way to this start. On its own day a midpoint may still come before it."""
        best, before = limit - own + ROUNDING, None
        for way in ways:
            extra, latest = way.extra, start.minute + way.slack
            if way.same_day < inf and self.sessions:
                extra = min(extra, way.same_day + self.sessions.same_day_cost(start))
            for state in way.states:
                if state.cost + extra >= best:
                    break
                if state.start.minute <= latest:
                    best, before = state.cost + extra, state
                    break
        return _State(best + own, start, before) if before else None

    def _long_gap(self, days: int) -> float:
        over = days - self.gaps.soft_days
        return LONG_GAP + LONG_GAP_DAY * over if over > 0 else 0.0

    def _long_series(self, days: int) -> float:
        over = days - self.gaps.window_soft_days
        return LONG_SERIES + LONG_SERIES_DAY * over if over > 0 else 0.0


def _front(states: list[_State], limit: float) -> list[_State]:
    """The states worth keeping, cheapest first: a dearer one only where it is earlier in the day."""
    kept: list[_State] = []
    for state in sorted(states, key=lambda one: (one.cost, one.start.minute)):
        if state.cost >= limit + ROUNDING:
            break
        if not kept or state.start.minute < kept[-1].start.minute:
            kept.append(state)
    return kept


def _starts(state: _State | None) -> tuple[Start, ...]:
    found: list[Start] = []
    while state:
        found.append(state.start)
        state = state.before
    return tuple(reversed(found))
