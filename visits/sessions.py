"""Where the three therapy sessions fit around a series, and what each place costs.

Windows (protocol 5): preparation 1 to 21 days before the first infusion; midpoint after #(n/2-1) and before #(n/2+2),
best right after #(n/2); integration after the last, best within 72 hours, within a grace week at most. On the day of
an infusion a session may come before it, never after: memory and consent are impaired. They are those of
visits.session_windows, in days and minutes because the search asks so often; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from datetime import date, timedelta
from functools import cache
from math import inf
from typing import NamedTuple
from uuid import UUID

from clinic.models import User
from clinic.protocol import ProtocolValues
from visits import rules
from visits.plans import Ask, Ground
from visits.ruler import Start
from visits.rules import DAY_MINUTES, Timing, shape

KINDS = ("preparation", "midpoint", "integration")
ROUNDING = 1e-9
OTHER_THERAPIST = 5.0  # than the one wished, for each session
SEVERAL_THERAPISTS = 4.8  # less than that, so that the one wished is met at least once
HOUR = 0.05  # an hour away from the hour wished
PREPARATION_DAY = 0.4  # a day away from the best day
MIDPOINT_DAY = 0.3  # a day later than the one after the middle infusion
MIDPOINT_BEFORE_HALF = 1.0
MIDPOINT_AFTER_NEXT = 1.2
MIDPOINT_SAME_DAY = 0.5
INTEGRATION_DAY = 1.0  # a day after the 72 hours


class Choice(NamedTuple):
    """One session: when, with whom, and what it costs."""

    start: Start
    therapist: User
    cost: float


def hours_past(last: Start, session: Start, timing: Timing, limit_hours: int) -> float:
    """Hours by which a session is later than the limit after the drug of the last infusion, on the wall clock."""
    minutes = (session.day - last.day).days * DAY_MINUTES + session.minute - last.minute
    return (minutes - timing.arrival - timing.infusion) / 60 - limit_hours


def integration_days(settings: ProtocolValues) -> int:
    """Until how many days after the last infusion an integration session may be looked for."""
    return settings.integration_hours // 24 + settings.integration_grace_days + 1


class Sessions:
    """The free starts of every therapist, and the cheapest session for any place in a series."""

    def __init__(self, ask: Ask, ground: Ground, at_minute: int) -> None:
        # As in session_windows: from the end of a drug of the usual length, whatever this patient’s own is.
        self.settings, self.timing = ground.calendar.settings, ground.calendar.timing
        self.minutes = shape("preparation", ground.timing).minutes
        self.at_minute, self.wished, self.therapists = at_minute, ask.therapist, ground.therapists
        self._choose_from(self._choices)

    def of(self, person: User) -> Sessions:
        """The same with this therapist alone."""
        alone = copy(self)
        alone._choose_from(lambda day: [choice for choice in self.choices(day) if choice.therapist.pk == person.pk])
        return alone

    def _choose_from(self, choices: Callable[[date], list[Choice]]) -> None:
        # The search asks the same question for many chains, and for few of the days that there are.
        self.choices = cache(choices)
        self.cheapest = cache(self._cheapest)
        self.preparation_cost = cache(self._preparation_cost)
        self.integration_cost = cache(self._integration_cost)
        self.between_cost = cache(self._between_cost)
        self.same_day_cost = cache(self._same_day_cost)

    def _choices(self, day: date) -> list[Choice]:
        """Every free session of a day."""
        found = []
        for person, days in self.therapists:
            other = OTHER_THERAPIST if self.wished and self.wished.pk != person.pk else 0.0
            found += [
                Choice(start, person, other + HOUR * abs(start.minute - self.at_minute) / 60)
                for start in days.get(day, ())
            ]
        return found

    def _cheapest(self, day: date) -> float:
        return min((choice.cost for choice in self.choices(day)), default=inf)

    # Preparation

    def preparation_place(self, first: date, day: date) -> float:
        before = (first - day).days
        if not 1 <= before <= self.settings.prep_max_days_before:
            return inf
        return PREPARATION_DAY * abs(before - rules.PREPARATION_BEST_DAYS)

    def _preparation_cost(self, first: date) -> float:
        days = [first - timedelta(days=number) for number in range(1, self.settings.prep_max_days_before + 1)]
        return min((self.preparation_place(first, day) + self.cheapest(day) for day in days), default=inf)

    # Midpoint: `position` is 0 right after the middle infusion, -1 before it, 1 after the next one

    def between_place(self, after: date, before: date, position: int, day: date) -> float:
        if position < 0:
            return MIDPOINT_BEFORE_HALF + MIDPOINT_DAY * (before - day).days
        late = MIDPOINT_AFTER_NEXT if position > 0 else 0.0
        return late + MIDPOINT_DAY * ((day - after).days - 1)

    def _between_cost(self, after: date, before: date, position: int) -> float:
        """The cheapest midpoint on a day between two infusions."""
        best = inf
        for number in range(1, (before - after).days):
            day = after + timedelta(days=number)
            if (cheapest := self.cheapest(day)) < inf:
                best = min(best, cheapest + self.between_place(after, before, position, day))
        return best

    def _same_day_cost(self, start: Start) -> float:
        """The cheapest session that ends before an infusion of the same day begins."""
        fitting = (
            choice.cost for choice in self.choices(start.day) if choice.start.minute + self.minutes <= start.minute
        )
        return MIDPOINT_SAME_DAY + min(fitting, default=inf)

    # Integration

    def integration_place(self, last: Start, session: Start) -> float:
        over = hours_past(last, session, self.timing, self.settings.integration_hours)
        if session.day <= last.day or over > self.settings.integration_grace_days * 24:
            return inf
        return INTEGRATION_DAY * max(over, 0.0) / 24

    def _integration_cost(self, last: Start) -> float:
        best = inf
        for number in range(1, integration_days(self.settings) + 1):
            midnight = Start(0, last.day + timedelta(days=number), 0)
            if best <= self.integration_place(last, midnight):
                break  # from here on each day costs more
            for choice in self.choices(last.day + timedelta(days=number)):
                best = min(best, choice.cost + self.integration_place(last, choice.start))
        return best

    # The sessions of a chain

    def cheapest_around(self, starts: Sequence[Start]) -> Mapping[str, Choice]:
        """The cheapest three sessions around a chain that was found with these."""
        best = {kind: min(self._priced(kind, starts), key=lambda pair: pair[0])[1] for kind in KINDS}
        people = {choice.therapist.pk for choice in best.values()}
        if len(people) == 1:
            return best
        for person in people:
            same = {kind: self._as_cheap(kind, starts, person) for kind in KINDS}
            if all(same.values()):
                return {kind: choice for kind, choice in same.items() if choice}
        return best

    def _as_cheap(self, kind: str, starts: Sequence[Start], person: UUID) -> Choice | None:
        """A session of this person that costs no more than the best in its place."""
        prices = self._priced(kind, starts)
        least = min(cost for cost, _ in prices)
        return next(
            (choice for cost, choice in prices if cost <= least + ROUNDING and choice.therapist.pk == person), None
        )

    def lacking(self, starts: Sequence[Start]) -> list[str]:
        """The kinds of session that fit nowhere around these infusions."""
        return [kind for kind in KINDS if not any(cost < inf for cost, _ in self._priced(kind, starts))]

    def _priced(self, kind: str, starts: Sequence[Start]) -> list[tuple[float, Choice]]:
        """Every free session with its cost in this place of the series."""
        first, last = starts[0], starts[-1]
        if kind == "preparation":
            span = range(-self.settings.prep_max_days_before, 0)
            return [
                (choice.cost + self.preparation_place(first.day, choice.start.day), choice)
                for choice in self._on(first.day, span)
            ]
        if kind == "integration":
            return [
                (choice.cost + self.integration_place(last, choice.start), choice)
                for choice in self._on(last.day, range(1, integration_days(self.settings) + 1))
            ]
        after, before = rules.midpoint_between(len(starts))
        window = range(1, (starts[before - 1].day - starts[after - 1].day).days + 1)
        return [
            (choice.cost + self._midpoint_place(starts, choice), choice)
            for choice in self._on(starts[after - 1].day, window)
        ]

    def _on(self, day: date, offsets: range) -> list[Choice]:
        return [choice for number in offsets for choice in self.choices(day + timedelta(days=number))]

    def _midpoint_place(self, starts: Sequence[Start], choice: Choice) -> float:
        after, before = rules.midpoint_between(len(starts))
        day, ends = choice.start.day, choice.start.minute + self.minutes
        for number in range(after, before):
            earlier, later = starts[number - 1], starts[number]
            position = number - len(starts) // 2
            if earlier.day < day < later.day:
                return self.between_place(earlier.day, later.day, position, day)
            if day == later.day and ends <= later.minute:
                return MIDPOINT_SAME_DAY + self.between_place(earlier.day, later.day, position, day)
        return inf
