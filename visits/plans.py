"""What the planner is asked, what it searches, and what it proposes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import NamedTuple

from clinic.models import Room, Site, User
from patients.models import Patient
from visits.calendar import Calendar
from visits.rules import Gaps, Timing


@dataclass(frozen=True)
class Slot:
    """One visit of a proposal."""

    kind: str
    starts_at: datetime
    ends_at: datetime
    room: Room
    staff: User


@dataclass(frozen=True)
class Proposal:
    """A whole series that could be booked now: nothing of it is held until then."""

    infusions: list[Slot]
    preparation: Slot
    midpoint: Slot
    integration: Slot
    reasons: list[tuple[str, str]]
    score: float

    @property
    def slots(self) -> list[Slot]:
        """Every visit in the order of time."""
        every = [self.preparation, *self.infusions, self.midpoint, self.integration]
        return sorted(every, key=lambda slot: slot.starts_at)


@dataclass(frozen=True)
class Ask:
    """The wishes, as they came."""

    patient: Patient
    site: Site
    count: int
    weekdays: tuple[int, ...]
    not_before: date
    at: time
    therapist: User | None
    nurse: User | None
    first_ever: bool


class Start(NamedTuple):
    """One free start: its cell in the calendar, and day and minute on the site's wall clock."""

    cell: int
    day: date
    minute: int


Days = dict[date, list[Start]]


@dataclass(frozen=True)
class Ground:
    """The calendar of a search, and the starts in it: where infusions fit, and where each therapist is free.

    `nurse_starts` are the starts at which the wished nurse can be there, one bit a start.
    """

    calendar: Calendar
    timing: Timing
    gaps: Gaps
    firsts: Days
    laters: Days
    nurse_starts: int
    therapists: list[tuple[User, Days]]


def by_day(calendar: Calendar, starts: int) -> Days:
    """The set bits as starts, gathered by day."""
    found: Days = {}
    for moment in calendar.moments(starts):
        start = Start(calendar.cell(moment), moment.date(), moment.hour * 60 + moment.minute)
        found.setdefault(start.day, []).append(start)
    return found
