"""Why a time can't be had, in a sentence, and the nearest that can."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from django.db.models import Q
from psycopg2.extras import DateTimeTZRange

from clinic import clock
from clinic.errors import Refused
from clinic.models import Room, Site, User
from patients.models import Patient
from visits.calendar import Calendar
from visits.models import Hold
from visits.ruler import cells, closest
from visits.rules import HANDS_LANE, INFUSIONS, Lanes, Part, Shape

NEAREST_DAYS = 14
FIRST_DAYS = 3
GRID_MINUTES = 15
PEOPLE = {"nurse": "nurse", "therapist": "therapist", "provider": "provider"}
ROOMS = {
    "infusion": "infusion room",
    "booster": "infusion room",
    "evaluation": "consultation room",
}


@dataclass(frozen=True)
class Nearest:
    """The free start closest to a wish, within two weeks, on the quarter of an hour, not in the past.

    It is looked for when somebody asks: by then the locks of the booking that was refused are released, and a caller
    who shows the sentence to nobody pays nothing.
    """

    calendar: Calendar
    shape: Shape
    patient: Patient | None
    wanted: datetime
    room: Room | None
    staff: User | None
    without: UUID | None
    now: datetime

    @cached_property
    def start(self) -> datetime | None:
        """Looked for in a few days first: whatever is free there is nearer than all that comes after them."""
        return next((found for days in (FIRST_DAYS, NEAREST_DAYS) if (found := self._within(days))), None)

    def _within(self, days: int) -> datetime | None:
        first = self.calendar.site.local(max(self.wanted, self.now)).date()
        wide = self.calendar.over(first, first + timedelta(days=days))
        patients = [self.patient.pk] if self.patient else []
        wide.read_holds(patients=patients, without=self.without)
        starts = wide.starts(self.shape, room=self.room, staff=self.staff, patient_id=next(iter(patients), None))
        past = max(wide.cell(self.now) + 1, 0)
        cell = closest(wide.on_grid(starts >> past << past, GRID_MINUTES), wide.cell(self.wanted))
        return None if cell is None else wide.moment(cell)

    def __str__(self) -> str:
        if self.start is None:
            return f"Nothing is free in the next {NEAREST_DAYS} days."
        return f"The nearest free time is {when(self.calendar.site, self.start)}."


class NoPlace(Refused):
    """It can't be at this time. The sentence ends with the nearest that can, if that was asked for."""

    def __init__(self, why: str, elsewhere: Nearest | None = None) -> None:
        self.why, self.elsewhere = why, elsewhere
        Exception.__init__(self, why)

    @cached_property
    def sentence(self) -> str:  # type: ignore[override]
        return f"{self.why} {self.elsewhere}" if self.elsewhere else self.why

    @property
    def nearest(self) -> datetime | None:
        return self.elsewhere.start if self.elsewhere else None

    def __str__(self) -> str:
        return self.sentence


class SlotTaken(NoPlace):
    """Somebody else has it."""

    title = "This time is taken"


def hour(site: Site, moment: datetime) -> str:
    return f"{site.local(moment):%H:%M}"


def day(site: Site, moment: datetime) -> str:
    local = site.local(moment)
    return f"{local:%a} {local.day} {local:%b}"


def when(site: Site, moment: datetime) -> str:
    return f"{day(site, moment)}, {hour(site, moment)}"


def is_overlap(error: Exception) -> bool:
    """Whether a database error is the exclusion constraint on holds."""
    cause = error.__cause__
    name = getattr(getattr(cause, "diag", None), "constraint_name", None)
    return name == "hold_never_twice"


def span_of(
    site: Site,
    resource: UUID,
    lane: int,
    start: datetime,
    end: datetime,
    without: UUID | None,
) -> str:
    """“from 09:00 to 11:00” of the first hold that stands in the way."""
    holds = Hold.objects.filter(active=True, resource=resource, during__overlap=DateTimeTZRange(start, end))
    if lane:
        holds = holds.filter(lane=lane)
    if without:
        holds = holds.exclude(Q(appointment_id=without) | Q(group_id=without))
    first = holds.order_by("during").first()
    if first is None:
        return f"at {hour(site, start)}"
    return f"from {hour(site, first.during.lower)} to {hour(site, first.during.upper)}"


def explain(
    calendar: Calendar,
    shape: Shape,
    patient: Patient | None,
    start: datetime,
    *,
    room: Room | None,
    staff: User | None,
    without: UUID | None = None,
) -> Refused:
    """The refusal for a start at which the shape does not fit. Names the first thing in the way."""
    site = calendar.site
    free = Nearest(calendar, shape, patient, start, room, staff, without, clock.now())
    end = start + timedelta(minutes=shape.minutes)
    if sentence := _closed(calendar, shape, start, end, room):
        return NoPlace(sentence, free)
    cell = calendar.cell(start)
    if patient and not calendar.patient_starts(patient.pk, shape) >> cell & 1:
        span = span_of(site, patient.pk, 0, start, end, without)
        return SlotTaken(f"{patient.name} has another visit then, {span}.", free)
    if sentence := _room(calendar, shape, start, end, room, without):
        return SlotTaken(sentence, free)
    return _people(calendar, shape, start, staff, free, without)


def _closed(
    calendar: Calendar,
    shape: Shape,
    start: datetime,
    end: datetime,
    room: Room | None,
) -> str:
    """Why the site, or the room asked for, is not open for the whole visit."""
    site, cell = calendar.site, calendar.cell(start)
    local = site.local(start)
    need = ((1 << cells(shape.minutes)) - 1) << cell
    if calendar.open & need != need:
        if reason := calendar.closed_because(local.date()):
            return f"{site.name} is closed on {day(site, start)}: {reason}."
        hours = calendar.open & calendar.day_block(local.date())
        if not hours:
            return f"{site.name} is not open on {local:%A}s."
        opens = calendar.moment((hours & -hours).bit_length() - 1)
        closes = calendar.moment(hours.bit_length())
        return (
            f"The visit would last from {hour(site, start)} to {hour(site, end)}; {site.name} is open from "
            f"{hour(site, opens)} to {hour(site, closes)} on {day(site, start)}."
        )
    if room and calendar.room_open.get(room.pk, 0) & need != need:
        reason = calendar.closed_because(local.date(), room.pk)
        return f"{room.name} is closed on {day(site, start)}: {reason or 'not in use'}."
    return ""


def _room(
    calendar: Calendar,
    shape: Shape,
    start: datetime,
    end: datetime,
    room: Room | None,
    without: UUID | None,
) -> str:
    site, cell = calendar.site, calendar.cell(start)
    rooms = [room] if room else calendar.rooms_for(shape)
    if any(calendar.room_starts(one, shape) >> cell & 1 for one in rooms):
        return ""
    if room:
        return f"{room.name} is taken {span_of(site, room.pk, 1, start, end, without)}."
    noun = ROOMS.get(shape.kind, "therapy room")
    if not rooms:
        return f"{site.name} has no {noun}."
    if len(rooms) == 1:
        return f"{rooms[0].name} is taken {span_of(site, rooms[0].pk, 1, start, end, without)}."
    return f"Every {noun} is taken between {hour(site, start)} and {hour(site, end)}."


def _people(
    calendar: Calendar,
    shape: Shape,
    start: datetime,
    staff: User | None,
    free: Nearest,
    without: UUID | None,
) -> Refused:
    site = calendar.site
    noun = str(shape.role)
    people = [staff] if staff else calendar.people[shape.role]
    until = start + timedelta(minutes=shape.staff_minutes)
    cell = calendar.cell(start)
    there = [person for person in people if runs_at(calendar.at_work.get(person.pk, 0), cell, shape.staff_minutes)]
    if not there:
        who = staff.full_name if staff else f"No {noun}"
        verb = "is not at work" if staff else "is at work"
        sentence = f"{who} {verb} on {day(site, start)} from {hour(site, start)} to {hour(site, until)}."
        return NoPlace(sentence, free)
    if len(there) > 1:
        minute = _ceiling(calendar, shape, start, there)
        sentence = f"No {noun} has a place free on {day(site, start)} at {hour(site, minute)}."
        return SlotTaken(sentence, free)
    person = there[0]
    return SlotTaken(_one_person(calendar, shape, start, person, without), free)


def _ceiling(calendar: Calendar, shape: Shape, start: datetime, there: list[User]) -> datetime:
    """The minute at which the last of these people, too, has no place left; the start when it is hands that lack."""
    if shape.kind not in INFUSIONS:
        return start
    return max(first_minute_without(calendar, shape, start, person) or start for person in there)


def runs_at(free: int, cell: int, minutes: int) -> bool:
    need = ((1 << cells(minutes)) - 1) << cell
    return free & need == need


def _one_person(
    calendar: Calendar,
    shape: Shape,
    start: datetime,
    person: User,
    without: UUID | None,
) -> str:
    """What keeps one person from it; for a nurse, the first minute at which hands or places run out."""
    site = calendar.site
    until = start + timedelta(minutes=shape.staff_minutes)
    if shape.kind not in INFUSIONS:
        span = span_of(site, person.pk, 0, start, until, without)
        return f"{person.full_name} has another visit then, {span}."
    minute = first_minute_without(calendar, shape, start, person)
    lanes = len(calendar.lanes_of(person))
    if minute is None:
        return f"{person.full_name} is at an IV start {span_of(site, person.pk, HANDS_LANE, start, until, without)}."
    if shape.asks_all_lanes:
        return (
            f"A first infusion takes the whole of a nurse, and {person.full_name} is with somebody else "
            f"at {hour(site, minute)}."
        )
    return f"{person.full_name} already has {lanes} of {lanes} people at {hour(site, minute)}."


def first_minute_without(calendar: Calendar, shape: Shape, start: datetime, person: User) -> datetime | None:
    """The first minute at which the person's lanes do not suffice; None when only the hands are missing."""
    cell = calendar.cell(start)
    for offset in range(cells(shape.staff_minutes)):
        needed = _lanes_needed(shape.staff_parts, offset, len(calendar.lanes_of(person)))
        there = sum(calendar.free(person.pk, lane) >> (cell + offset) & 1 for lane in calendar.lanes_of(person))
        if there < needed:
            return calendar.moment(cell + offset)
    return None


def _lanes_needed(parts: tuple[Part, ...], offset: int, all_lanes: int) -> int:
    needed = 0
    for part in parts:
        if cells(part.start) <= offset < cells(part.end):
            if part.lanes == Lanes.ALL:
                needed = max(needed, all_lanes)
            elif part.lanes == Lanes.ONE:
                needed = max(needed, 1)
    return needed
