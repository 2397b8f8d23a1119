"""What is free for a single visit: the answer at the phone to "when is the next one?"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from clinic import clock
from clinic.errors import Invalid
from clinic.models import Room, Site, User
from patients.models import Patient
from visits.calendar import Calendar
from visits.models import Appointment
from visits.rules import Shape, shape

GRID_MINUTES = 15


@dataclass(frozen=True)
class FreeSlot:
    """A start at which everything a visit needs is free, and how much of it."""

    starts_at: datetime
    ends_at: datetime
    rooms: tuple[Room, ...]
    people: tuple[User, ...]

    is_last: bool  # of several rooms or several people only one is left at this hour


def next_free(
    *,
    site: Site,
    kind: str,
    first: date,
    days: int = 14,
    patient: Patient | None = None,
    room: Room | None = None,
    staff: User | None = None,
    first_ever: bool = False,
    minutes: int | None = None,
    recovery: int | None = None,
    grid_minutes: int = GRID_MINUTES,
    limit: int | None = None,
) -> list[FreeSlot]:
    """Every free start from `first` on over `days` days, none of them in the past, earliest first. Raises Invalid."""
    if kind not in Appointment.Kind.values:
        raise Invalid({"kind": "This is no kind of visit."})
    first = max(first, site.today())
    known = [patient.pk] if patient else []
    calendar = Calendar.load(site, first, first + timedelta(days=max(days, 1) - 1), patients=known)
    form = shape(kind, calendar.timing, first_ever=first_ever, minutes=minutes, recovery=recovery)
    starts = calendar.starts(form, room=room, staff=staff, patient_id=patient.pk if patient else None)
    now = calendar.cell(clock.now()) + 1
    if now > 0:
        starts = starts >> now << now
    return _described(calendar, form, starts, room, staff, grid_minutes, limit)


def _described(
    calendar: Calendar,
    form: Shape,
    starts: int,
    room: Room | None,
    staff: User | None,
    grid_minutes: int,
    limit: int | None,
) -> list[FreeSlot]:
    rooms = {one: calendar.room_starts(one, form) for one in ([room] if room else calendar.rooms_for(form))}
    people = {one: calendar.staff_starts(one, form) for one in ([staff] if staff else calendar.people[form.role])}
    found: list[FreeSlot] = []
    for moment in calendar.moments(starts):
        if moment.minute % grid_minutes:
            continue
        cell = calendar.cell(moment)
        free_rooms = tuple(one for one, free in rooms.items() if free >> cell & 1)
        free_people = tuple(one for one, free in people.items() if free >> cell & 1)
        is_last = len(free_rooms) == 1 < len(rooms) or len(free_people) == 1 < len(people)
        starts_at, ends_at = calendar.span(cell, form.minutes)
        found.append(FreeSlot(starts_at, ends_at, free_rooms, free_people, is_last))
        if limit and len(found) >= limit:
            break
    return found


def nearest_first(slots: list[FreeSlot], site: Site, at: time) -> list[FreeSlot]:
    """The slots of one day in the order of their distance from an hour."""
    wished = at.hour * 60 + at.minute

    def distance(slot: FreeSlot) -> tuple[int, datetime]:
        local = site.local(slot.starts_at)
        return abs(local.hour * 60 + local.minute - wished), slot.starts_at

    return sorted(slots, key=distance)
