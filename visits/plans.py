"""What the planner is asked, what it searches, and what it proposes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from clinic.models import Room, Site, User
from insurance.outlook import Outlook
from patients.models import Patient
from visits.calendar import Calendar
from visits.ruler import Start
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
    drug: int | None = None
    recovery: int | None = None

    @property
    def slots(self) -> list[Slot]:
        """Every visit in the order of time."""
        every = [self.preparation, *self.infusions, self.midpoint, self.integration]
        return sorted(every, key=lambda slot: slot.starts_at)


@dataclass(frozen=True)
class Ask:
    """The wishes, as they came. The hours wished are from `at` to `until`, or `at` alone."""

    patient: Patient
    site: Site
    count: int
    weekdays: tuple[int, ...]
    not_before: date
    at: time
    therapist: User | None = None
    nurse: User | None = None
    first_ever: bool = False
    until: time | None = None
    room: Room | None = None
    drug: int | None = None
    recovery: int | None = None

    @property
    def hours(self) -> str:
        return f"{self.at:%H:%M} to {self.until:%H:%M}" if self.until else f"{self.at:%H:%M}"

    def suits(self, hour: time) -> bool:
        """Whether an hour is among those wished."""
        return self.at <= hour <= (self.until or self.at)


Days = dict[date, list[Start]]


@dataclass(frozen=True)
class Ground:
    """The calendar of a search, and the starts in it: where infusions fit, and where each therapist is free.

    Of the starts at which the wished nurse or the wished room is free, one bit each; all of them without such a wish.
    The first infusion has bits of its own, since the first ever takes more of a nurse.
    """

    calendar: Calendar
    timing: Timing
    gaps: Gaps
    firsts: Days
    laters: Days
    first_nurse_starts: int
    nurse_starts: int
    first_room_starts: int
    room_starts: int
    therapists: list[tuple[User, Days]]
    outlook: Outlook
    unpaid: frozenset[date] = frozenset()


def by_day(calendar: Calendar, starts: int) -> Days:
    """The set bits as starts, gathered by day."""
    return {of_day[0].day: of_day for of_day in calendar.by_day(starts)}
