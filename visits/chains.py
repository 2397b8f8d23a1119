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

from visits.plans import Ground, Start
from visits.rules import ideal_days, midpoint_between
from visits.sessions import Sessions, starts_on_grid

# What a person would mind, in units of one day off the template.
START_DAY = 0.3  # a day later than the first day of the template
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


Days = dict[date, list[Start]]
# The states after one infusion, by day, those of a day sorted by minute; once without the midpoint, once with it.
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
        self.gaps = ground.gaps
        self.after, self.before = midpoint_between(wishes.count)
        self.half = wishes.count // 2
        self.nodes = _by_day(ground, ground.later_starts)
        same = ground.first_starts == ground.later_starts
        self.first_nodes = self.nodes if same else _by_day(ground, ground.first_starts)
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
            if off >= bound:
                continue
            for start in starts:
                own = off + self.own[start]
                if is_last and self.sessions:
                    own += self.sessions.integration_cost(start)
                if own >= bound:
                    continue
                for placed in (False, True):
                    if not placed and number >= self.before - 1:
                        continue
                    state = self._cheapest(layer, number, start, own, placed, bound)
                    if state:
                        reached[placed].setdefault(day, []).append(state)
        return reached

    def _cheapest(
        self, layer: Layer, number: int, start: Start, own: float, placed: bool, bound: float
    ) -> _State | None:
        """The cheapest way to this start, with the midpoint behind it or not."""
        without, behind = layer
        places_midpoint = placed and self.sessions is not None and self.after <= number < self.before
        best, before = bound - own, None
        for gap in range(self.gaps.least_days, self.gaps.hard_days + 1):
            day = start.day - timedelta(days=gap)
            latest = self.gaps.latest_minute(gap, start.minute)
            extra = self._long_gap(gap)
            for state in (behind if placed else without).get(day, ()):
                if (latest is None or state.start.minute <= latest) and state.cost + extra < best:
                    best, before = state.cost + extra, state
            if not places_midpoint or day not in without:
                continue
            extra += self._midpoint(day, start, number - self.half)
            for state in without[day]:
                if (latest is None or state.start.minute <= latest) and state.cost + extra < best:
                    best, before = state.cost + extra, state
        return _State(best + own, start, before) if before else None

    def _midpoint(self, after: date, start: Start, position: int) -> float:
        """The cheapest midpoint between an infusion on a day and this one, this one's own day included."""
        assert self.sessions
        same = self.sessions.same_day_cost(start)
        if same < inf:
            same += self.sessions.between_place(after, start.day, position, start.day)
        return min(same, self.sessions.between_cost(after, start.day, position))

    def _long_gap(self, days: int) -> float:
        over = days - self.gaps.soft_days
        return LONG_GAP + LONG_GAP_DAY * over if over > 0 else 0.0

    def _long_series(self, days: int) -> float:
        over = days - self.gaps.window_soft_days
        return LONG_SERIES + LONG_SERIES_DAY * over if over > 0 else 0.0


def _by_day(ground: Ground, starts: int) -> Days:
    found: Days = {}
    for start in starts_on_grid(ground, starts):
        found.setdefault(start.day, []).append(start)
    return found


def _starts(state: _State | None) -> tuple[Start, ...]:
    found: list[Start] = []
    while state:
        found.append(state.start)
        state = state.before
    return tuple(reversed(found))
