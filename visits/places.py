"""Taking a place: which room, which person and which lane a visit gets, and the writing of its holds.

The only module that writes holds; called inside the locks (locks).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from psycopg2.extras import DateTimeTZRange

from clinic.composed import Batch, ComposedInsert, write_together
from clinic.errors import Refused
from clinic.models import Room, User
from patients.models import Patient
from visits import clashes, followers
from visits.calendar import Calendar
from visits.clashes import SlotTaken
from visits.models import Appointment, GroupSession, Hold, StatusEvent
from visits.ruler import cells
from visits.rules import HANDS_LANE, Lanes, Part, Shape, Timing, Who, shape

_HOLDS = ComposedInsert(Hold)


@dataclass(frozen=True)
class Wanted:
    """One visit to be booked; what is None is chosen."""

    kind: str
    starts_at: datetime
    room: Room | None = None
    staff: User | None = None
    minutes: int | None = None
    first_ever: bool = False
    overbook_reason: str = ""
    recovery: int | None = None


@dataclass(frozen=True)
class Places:
    """What a visit takes: room, person, and the lane of each."""

    room: Room
    room_lane: int
    staff: User
    staff_lane: int
    overflows: bool


def shape_of(wish: Wanted, timing: Timing) -> Shape:
    return shape(wish.kind, timing, first_ever=wish.first_ever, minutes=wish.minutes, recovery=wish.recovery)


def choose(
    calendar: Calendar,
    patient: Patient | None,
    wish: Wanted,
    form: Shape,
    without: UUID | None = None,
) -> Places:
    """The room and the person for a visit, or for a group; the least taken that day come first.

    Raises SlotTaken, Refused.
    """
    _check_asked(calendar, wish, form)
    cell = calendar.cell(wish.starts_at)
    free_rooms, free_people = _free(calendar, wish, form, cell)
    if not (free_rooms and free_people and _has_time(calendar, patient, form, cell)):
        if patient is None or not wish.overbook_reason:
            raise clashes.explain(
                calendar, form, patient, wish.starts_at, room=wish.room, staff=wish.staff, without=without
            )
        return _overflow(calendar, patient, wish, form, without)
    load = _load(calendar, wish)
    room = min(free_rooms, key=lambda one: (form.room_kinds.index(one.kind), load(one), one.name))
    staff = min(free_people, key=lambda one: (load(one), one.full_name))
    lane = calendar.lane_for(staff, form, cell) or 1
    return Places(room, 1, staff, lane, overflows=False)


def _candidates(calendar: Calendar, wish: Wanted, form: Shape) -> tuple[Sequence[Room], Sequence[User]]:
    """Whom a visit could have: what was asked for, else every room and person that serves its kind."""
    rooms = [wish.room] if wish.room else calendar.rooms_for(form)
    people = [wish.staff] if wish.staff else calendar.people[form.role]
    return rooms, people


def _free(calendar: Calendar, wish: Wanted, form: Shape, cell: int) -> tuple[Sequence[Room], Sequence[User]]:
    """Those of them who are free at this start."""
    if not calendar.covers(cell, cells(form.minutes)):
        return [], []
    rooms, people = _candidates(calendar, wish, form)
    return (
        [room for room in rooms if calendar.room_starts(room, form) >> cell & 1],
        [user for user in people if calendar.staff_starts(user, form) >> cell & 1],
    )


def _has_time(calendar: Calendar, patient: Patient | None, form: Shape, cell: int) -> bool:
    return patient is None or bool(calendar.patient_starts(patient.pk, form) >> cell & 1)


def _load(calendar: Calendar, wish: Wanted) -> Callable[[Room | User], int]:
    """How much of a room or a person is taken on the day of the visit."""
    day = calendar.site.local(wish.starts_at).date()
    taken = calendar.loads(day)
    return lambda one: taken[one.pk]


def _check_asked(calendar: Calendar, wish: Wanted, form: Shape) -> None:
    """A room or person that was asked for must belong here and fit the kind of visit."""
    if wish.room:
        if wish.room.pk not in calendar.room_open:
            raise Refused(f"{wish.room.name} is not in use at {calendar.site.name}.")
        if wish.room.kind not in form.room_kinds:
            kind = wish.room.get_kind_display().lower()
            raise Refused(f"{wish.room.name} is a room for {kind}; choose another for this visit.")
    if wish.staff and all(user.pk != wish.staff.pk for user in calendar.people[form.role]):
        raise Refused(f"{wish.staff.full_name} is no {form.role} at {calendar.site.name}.")


def _overflow(calendar: Calendar, patient: Patient, wish: Wanted, form: Shape, without: UUID | None) -> Places:
    """Places for a conscious overbooking: what is free as it is, else the least taken on an overflow lane.

    Hours, closures, shifts and the patient's own visits hold for it too.
    """
    cell = calendar.cell(wish.starts_at)
    rooms, people = _candidates(calendar, wish, form)
    open_rooms = [room for room in rooms if clashes.runs_at(calendar.room_open[room.pk], cell, form.minutes)]
    there = [user for user in people if clashes.runs_at(calendar.at_work[user.pk], cell, form.staff_minutes)]
    patient_free = calendar.patient_starts(patient.pk, form) >> cell & 1
    if not (open_rooms and there and patient_free):
        raise clashes.explain(
            calendar, form, patient, wish.starts_at, room=wish.room, staff=wish.staff, without=without
        )
    load = _load(calendar, wish)
    room = min(open_rooms, key=lambda one: (not calendar.room_starts(one, form) >> cell & 1, load(one), one.name))
    staff = min(there, key=lambda one: (not calendar.staff_starts(one, form) >> cell & 1, load(one), one.full_name))
    room_free = calendar.room_starts(room, form) >> cell & 1
    staff_free = calendar.staff_starts(staff, form) >> cell & 1
    room_lane = 1 if room_free else _overflow_lane(calendar, room.pk, cell, form)
    staff_lane = (
        calendar.lane_for(staff, form, cell) or 1 if staff_free else _overflow_lane(calendar, staff.pk, cell, form)
    )
    return Places(room, room_lane, staff, staff_lane, overflows=True)


def _overflow_lane(calendar: Calendar, resource: UUID, cell: int, form: Shape) -> int:
    lane = Hold.OVERFLOW_LANE
    while not clashes.runs_at((1 << calendar.size) - 1 & calendar.free(resource, lane), cell, form.minutes):
        lane += 1
    return lane


def hold(
    calendar: Calendar,
    appointment: Appointment,
    form: Shape,
    places: Places,
    by: User,
    overbook_reason: str,
) -> None:
    """Write the holds. Raises SlotTaken when the database's own constraint says no."""
    write(holds(calendar, appointment, form, places, by, overbook_reason), gone(calendar, [appointment]))


def gone(calendar: Calendar, visits: Sequence[Appointment]) -> str:
    """What to say when a place of these visits was free a moment ago."""
    if len(visits) == 1:
        return f"{clashes.when(calendar.site, visits[0].starts_at)} has just been taken. Choose another time."
    return "One of these times has just been taken. Look at the calendar again."


def holds(
    calendar: Calendar,
    appointment: Appointment,
    form: Shape,
    places: Places,
    by: User,
    overbook_reason: str,
) -> list[Hold]:
    """What a visit holds, to be written; the calendar has it as taken from here on."""
    found = [
        Hold(
            appointment_id=appointment.pk,
            resource=resource.pk,
            lane=lane,
            during=DateTimeTZRange(
                appointment.starts_at + timedelta(minutes=part.start),
                appointment.starts_at + timedelta(minutes=part.end),
            ),
            phase=part.phase,
            room_id=resource.pk if isinstance(resource, Room) else None,
            staff_id=resource.pk if isinstance(resource, User) else None,
            patient_id=resource.pk if isinstance(resource, Patient) else None,
            overbooked_by_id=by.pk if lane >= Hold.OVERFLOW_LANE else None,
            overbooked_reason=overbook_reason if lane >= Hold.OVERFLOW_LANE else "",
        )
        for part in form.parts
        for resource, lane in _lanes(calendar, appointment.patient, part, places)
    ]
    for one in found:
        start = calendar.cell(one.during.lower)
        calendar.take(one.resource, one.lane, start, calendar.cell(one.during.upper))
    followers.taken(site_id=appointment.site_id, starts_at=appointment.starts_at, ends_at=appointment.ends_at)
    return found


def hold_for_group(calendar: Calendar, group: GroupSession, form: Shape, places: Places) -> None:
    """Write what a group holds once for all: its room and every lane of its therapist."""
    during = DateTimeTZRange(group.starts_at, group.ends_at)
    lanes = [(places.room, 1), *((places.staff, lane) for lane in calendar.lanes_of(places.staff))]
    holds = [
        Hold(
            group=group,
            resource=resource.pk,
            lane=lane,
            during=during,
            phase=form.parts[0].phase,
            room=resource if isinstance(resource, Room) else None,
            staff=resource if isinstance(resource, User) else None,
        )
        for resource, lane in lanes
    ]
    write(holds, f"{clashes.when(calendar.site, group.starts_at)} has just been taken. Choose another time.")
    followers.taken(site_id=group.site_id, starts_at=group.starts_at, ends_at=group.ends_at)


def hold_in_group(visits: Sequence[Appointment]) -> None:
    """Write what the visits of a group hold themselves: each its patient, who is in one place at a time."""
    holds = [
        Hold(
            appointment=visit,
            resource=visit.patient_id,
            patient_id=visit.patient_id,
            during=DateTimeTZRange(visit.starts_at, visit.ends_at),
            phase=Hold.Phase.STAY,
        )
        for visit in visits
    ]
    write(holds, "Somebody of the group has another visit then by now. Choose another time.")


def write(holds: Sequence[Hold], taken: str, *, along: Sequence[Batch] = ()) -> None:
    """Store holds. Raises SlotTaken with the sentence `taken` when the database's own constraint says no.

    Then the verb as a whole is rolled back, so that no savepoint of its own is worth two more statements. What is
    written `along` comes before them, in the same sending.
    """
    try:
        with transaction.atomic(savepoint=False):
            write_together(*along, (_HOLDS, holds))
    except IntegrityError as error:
        if not clashes.is_overlap(error):
            raise
        raise SlotTaken(taken) from error


def _lanes(calendar: Calendar, patient: Patient, part: Part, places: Places) -> list[tuple[Room | User | Patient, int]]:
    """The resource and the lanes that one part takes."""
    if part.who == Who.PATIENT:
        return [(patient, 1)]
    if part.who == Who.ROOM:
        return [(places.room, places.room_lane)]
    if places.staff_lane >= Hold.OVERFLOW_LANE:
        hands = part.lanes == Lanes.HANDS
        return [] if hands else [(places.staff, places.staff_lane)]
    if part.lanes == Lanes.HANDS:
        return [(places.staff, HANDS_LANE)]
    if part.lanes == Lanes.ALL:
        return [(places.staff, lane) for lane in calendar.lanes_of(places.staff)]
    return [(places.staff, places.staff_lane)]


def release(appointment: Appointment, event: StatusEvent) -> int:
    return appointment.holds.filter(active=True).update(active=False, released_in=event)


def release_group(group: GroupSession) -> int:
    return group.holds.filter(active=True).update(active=False)
