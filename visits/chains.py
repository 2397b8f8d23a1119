"""The exact search for a series: the cheapest chain of infusion starts that keeps gaps and windows.

Dynamic programming over infusion number and start. A state also knows whether the midpoint session has been placed,
so a chain around which no session fits is never found. Costs are never negative: once some chain is known, a start
that alone costs more than it can be left out, and the answer stays exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from math import inf

from visits.plans import Days, Ground, Start
from visits.rules import DAY_MINUTES, ideal_days, midpoint_between
from visits.sessions import Sessions

# What a person would mind, in units of one day off the template.
START_DAY = 1.0  # a day later than the first day of the template
OTHER_WEEKDAY = 0.5
FIRST_ON_OTHER_WEEKDAY = 4.0
HOUR = 0.3  # an hour away from the hour wished
WITHOUT_WISHED_NURSE = 0.4
LONG_GAP, LONG_GAP_DAY = 3.0, 1.0
LONG_SERIES, LONG_SERIES_DAY = 4.0, 1.0


@dataclass(frozen=True)
class Wishes:
    """What one search aims at."""

    count: int
    weekdays: tuple[int, ...]
    at: time
    not_before: date
    latest_first: date

    @property
    def minute(self) -> int:
        return self.at.hour * 60 + self.at.minute

    @property
    def first_wished(self) -> date:
        """The first day of the template from `not_before` on."""
        day = self.not_before
        while self.weekdays and day.weekday() not in self.weekdays:
            day += timedelta(days=1)
        return day


@dataclass(frozen=True)
class Chain:
    """The starts of all infusions, and what a person would mind about them and the sessions around them."""

    starts: tuple[Start, ...]
    cost: float


@dataclass(frozen=True, slots=True)
class _State:
    """The cheapest way to the infusion at `start`."""

    cost: float
    start: Start
    before: _State | None


@dataclass(frozen=True, slots=True)
class _Way:
    """States of an earlier day from which a day can be reached; `slack` minutes later in the day than the start."""

    states: Sequence[_State]
    slack: int
    extra: float
    same_day: float


# The states after one infusion, by day; once without the midpoint, once with it.
Layer = tuple[dict[date, list[_State]], dict[date, list[_State]]]


def best_chain(ground: Ground, wishes: Wishes, sessions: Sessions | None) -> Chain | None:
    """The cheapest chain, or None when there is none. Without `sessions` the infusions alone are searched."""
    search = _Search(ground, wishes, sessions)
    best: Chain | None = None
    for day in search.first_days():
        delay = START_DAY * max((day - wishes.first_wished).days, 0)
        bound = best.cost if best else inf
        if delay >= bound:
            break
        best = search.chain_from(day, delay, bound) or best
    return best


class _Search:
    def __init__(self, ground: Ground, wishes: Wishes, sessions: Sessions | None) -> None:
        self.ground, self.wishes, self.sessions = ground, wishes, sessions
        self.gaps, self.least_days = ground.gaps, ground.gaps.least_days
        self.after, self.before = midpoint_between(wishes.count)
        self.half = wishes.count // 2
        self.nodes, self.first_nodes = ground.laters, ground.firsts
        self.own = {start: self._own_cost(start) for starts in self.nodes.values() for start in starts}
        self.own |= {start: self._own_cost(start) for starts in self.first_nodes.values() for start in starts}

    def first_days(self) -> Iterator[date]:
        for day in sorted(self.first_nodes):
            if self.wishes.not_before <= day <= self.wishes.latest_first:
                yield day

    def chain_from(self, day: date, delay: float, bound: float) -> Chain | None:
        """The cheapest chain with its first infusion on `day`, if it costs less than `bound`.

        A search over the best start of each day alone gives a closer bound; then every start below it is searched.
        """
        ideal = ideal_days(day, self.wishes.weekdays, self.wishes.count, self.gaps.min_days)
        last = day + timedelta(days=self.gaps.window_hard_days)
        window = {on: starts for on, starts in self.nodes.items() if day < on <= last}
        firsts = self.first_nodes[day]
        thin = {on: [min(starts, key=self.own.__getitem__)] for on, starts in window.items()}
        found = self._run(ideal, firsts, thin, delay, bound)
        limit = found.cost if found else bound
        whole = {on: [one for one in starts if self.own[one] < limit] for on, starts in window.items()}
        return self._run(ideal, firsts, whole, delay, limit) or found

    def _own_cost(self, start: Start) -> float:
        """What a start costs whatever its number: hour, weekday, nurse."""
        cost = HOUR * abs(start.minute - self.wishes.minute) / 60
        if self.wishes.weekdays and start.day.weekday() not in self.wishes.weekdays:
            cost += OTHER_WEEKDAY
        if not self.ground.nurse_starts >> start.cell & 1:
            cost += WITHOUT_WISHED_NURSE
        return cost

    def _run(
        self, ideal: Sequence[date], firsts: Sequence[Start], nodes: Days, delay: float, bound: float
    ) -> Chain | None:
        layer = self._first(firsts, delay, bound)
        for number in range(1, len(ideal)):
            layer = self._next(layer, number, ideal[number], nodes, bound)
        best: _State | None = None
        best_cost = bound
        for states in layer[1].values():
            for state in states:
                cost = state.cost + self._long_series((state.start.day - ideal[0]).days)
                if cost < best_cost:
                    best, best_cost = state, cost
        return Chain(_starts(best), best_cost) if best else None

    def _first(self, firsts: Sequence[Start], delay: float, bound: float) -> Layer:
        layer: Layer = ({}, {})
        for start in firsts:
            cost = delay + self.own[start]
            if self.sessions:
                cost += self.sessions.preparation_cost(start.day)
            if self.wishes.weekdays and start.day.weekday() not in self.wishes.weekdays:
                cost += FIRST_ON_OTHER_WEEKDAY
            if cost < bound:
                layer[self.sessions is None].setdefault(start.day, []).append(_State(cost, start, None))
        return layer

    def _next(self, layer: Layer, number: int, ideal: date, nodes: Days, bound: float) -> Layer:
        """The states of infusion `number + 1`, given those of infusion `number`."""
        reached: Layer = ({}, {})
        is_last = number == self.wishes.count - 1
        for day, starts in nodes.items():
            off = float(abs((day - ideal).days))
            ways = self._ways(layer, day, number) if off < bound else ((), ())
            if not any(ways):
                continue
            for start in starts:
                own = off + self.own[start]
                if own >= bound:
                    continue
                if is_last and self.sessions:
                    own += self.sessions.integration_cost(start)
                for placed in (False, True):
                    state = self._cheapest(ways[placed], start, own, bound)
                    if state:
                        reached[placed].setdefault(day, []).append(state)
        return reached

    def _ways(self, layer: Layer, day: date, number: int) -> tuple[Sequence[_Way], Sequence[_Way]]:
        """How infusion `number + 1` can be reached on a day: with the midpoint still to come, and with it behind."""
        without, behind = layer
        places_midpoint = self.sessions is not None and self.after <= number < self.before
        open_ways = [] if number >= self.before - 1 else [*self._from(without, day)]
        ways = [*self._from(behind, day)]
        if places_midpoint:
            ways += [*self._from(without, day, number - self.half)]
        return open_ways, ways

    def _from(self, states: dict[date, list[_State]], day: date, position: int | None = None) -> Iterator[_Way]:
        """The days from which a day can be reached under the gap rules, with or without a midpoint between."""
        for before, there in states.items():
            gap = (day - before).days
            if not self.least_days <= gap <= self.gaps.hard_days:
                continue
            slack = gap * DAY_MINUTES - self.gaps.min_hours * 60
            if slack >= DAY_MINUTES - 1:  # any minute of that day is early enough, so only the cheapest counts
                there = [min(there, key=_cost)]
            extra, same = self._long_gap(gap), inf
            if position is not None:
                assert self.sessions
                same = extra + self.sessions.between_place(before, day, position, day)
                extra += self.sessions.between_cost(before, day, position)
            yield _Way(there, slack, extra, same)

    def _cheapest(self, ways: Sequence[_Way], start: Start, own: float, bound: float) -> _State | None:
        """The cheapest way to this start. On its own day a midpoint may still come before it."""
        best, before = bound - own, None
        for way in ways:
            extra, latest = way.extra, start.minute + way.slack
            if way.same_day < inf and self.sessions:
                extra = min(extra, way.same_day + self.sessions.same_day_cost(start))
            if extra >= best:
                continue
            for state in way.states:
                if state.start.minute <= latest and state.cost + extra < best:
                    best, before = state.cost + extra, state
        return _State(best + own, start, before) if before else None

    def _long_gap(self, days: int) -> float:
        over = days - self.gaps.soft_days
        return LONG_GAP + LONG_GAP_DAY * over if over > 0 else 0.0

    def _long_series(self, days: int) -> float:
        over = days - self.gaps.window_soft_days
        return LONG_SERIES + LONG_SERIES_DAY * over if over > 0 else 0.0


def _cost(state: _State) -> float:
    return state.cost


def _starts(state: _State | None) -> tuple[Start, ...]:
    found: list[Start] = []
    while state:
        found.append(state.start)
        state = state.before
    return tuple(reversed(found))
