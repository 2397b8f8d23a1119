"""Where a visit without a place could go, and what each place would cost those concerned.

The order of what is worse (a whole number each, so that plans can be compared): a visit without a place; another time
than the patient was told; a rule that only warns; then how far away the new time is; then another room or person at
the same hour, of which the patient need not be told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from clinic import clock
from clinic.models import Room, User
from visits import courses, places
from visits.calendar import Calendar
from visits.changes import as_wanted
from visits.courses import Course
from visits.models import Appointment
from visits.repair_search import Claims, Option, Task
from visits.ruler import block, cells
from visits.rules import HANDS_LANE, Lanes, Shape, Who
from visits.stranded import place_of

NO_PLACE, OTHER_TIME, WARNED = 10**9, 10**6, 10**5  # per visit, per visit, per warning; below them, minutes
OTHER_STAFF, OTHER_ROOM = 2, 1
GRID_MINUTES = 15
MOST_OPTIONS = 300
MOST_ROOMS = MOST_STAFF = 3  # at another time than the present one; what is left out is known by its cost


@dataclass(frozen=True)
class Place:
    """What an option stands for."""

    start: datetime
    room: Room
    staff: User


@dataclass(frozen=True)
class Want:
    """A visit that looks for a place, with its shape and where it is now."""

    visit: Appointment
    form: Shape
    room: Room | None
    staff: User | None
    course: Course | None

    @classmethod
    def of(cls, visit: Appointment, calendar: Calendar, course: Course | None) -> Want:
        wish = as_wanted(visit, visit.starts_at, None, None, calendar.timing)
        return cls(visit, places.shape_of(wish, calendar.timing), *place_of(visit), course)


def task(calendar: Calendar, want: Want, *, alone: bool) -> Task:
    """Every place of a visit, the cheapest first. `alone` is whether no other visit of its course is looking too:
    then its rules are looked at here, else only for all of them together."""
    found: list[Option] = []
    floor: int | None = None
    for start in _starts(calendar, want):
        extra = _extra(want, start, alone)
        if extra is None:
            continue
        same = start == want.visit.starts_at
        base = 0 if same else OTHER_TIME + extra + _minutes_apart(want, start)
        rooms, people = _rooms(calendar, want, start), _people(calendar, want, start)
        if not same and (len(rooms) > MOST_ROOMS or len(people) > MOST_STAFF):
            floor = base if floor is None else min(floor, base)
            rooms, people = rooms[:MOST_ROOMS], people[:MOST_STAFF]
        for room in rooms:
            for person in people:
                found.extend(_options(calendar, want, Place(start, room, person), base))
        if len(found) >= MOST_OPTIONS:
            # Every start after this one is at least as far away.
            nearest = OTHER_TIME + _minutes_apart(want, start)
            floor = nearest if floor is None else min(floor, nearest)
            break
    found.sort(key=lambda option: option.cost)
    return Task(tuple(found), NO_PLACE, floor)


def _starts(calendar: Calendar, want: Want) -> Iterator[datetime]:
    """The present start, then every other one that fits, the nearest first."""
    free = calendar.starts(want.form, patient_id=want.visit.patient_id)
    ahead = max(calendar.cell(clock.now()) + 1, 0)
    here = calendar.cell(want.visit.starts_at)
    if here >= 0 and free >> here & 1:
        yield calendar.moment(here)
    moments = [moment for moment in calendar.moments(free >> ahead << ahead) if moment.minute % GRID_MINUTES == 0]
    moments.sort(key=lambda moment: (abs(moment - want.visit.starts_at), moment))
    yield from (moment for moment in moments if moment != want.visit.starts_at)


def _minutes_apart(want: Want, start: datetime) -> int:
    return min(int(abs(start - want.visit.starts_at) / timedelta(minutes=1)), WARNED - 1)


def _extra(want: Want, start: datetime, alone: bool) -> int | None:
    """What the rules of its course make of this start: a cost for each warning, None when it takes more than that."""
    if want.course is None or not alone or start == want.visit.starts_at:
        return 0
    concerns = courses.after_moving(want.course, {want.visit.pk: want.visit.site.local(start)})
    if any(concern.needs for concern in concerns):
        return None
    return WARNED * len(concerns)


def _rooms(calendar: Calendar, want: Want, start: datetime) -> list[Room]:
    cell, day = calendar.cell(start), start.date()
    free = [room for room in calendar.rooms_for(want.form) if calendar.room_starts(room, want.form) >> cell & 1]
    kinds = want.form.room_kinds
    own, taken = want.room.pk if want.room else None, calendar.loads(day)
    return sorted(free, key=lambda room: (room.pk != own, kinds.index(room.kind), taken[room.pk], room.name))


def _people(calendar: Calendar, want: Want, start: datetime) -> list[User]:
    cell, day = calendar.cell(start), start.date()
    there = calendar.people[want.form.role]
    free = [person for person in there if calendar.staff_starts(person, want.form) >> cell & 1]
    own, taken = want.staff.pk if want.staff else None, calendar.loads(day)
    return sorted(free, key=lambda one: (one.pk != own, taken[one.pk], one.full_name))


def _options(calendar: Calendar, want: Want, place: Place, base: int) -> Iterator[Option]:
    """One option for each lane of the person that is free."""
    cost = base
    cost += OTHER_STAFF * (want.staff is None or place.staff.pk != want.staff.pk)
    cost += OTHER_ROOM * (want.room is None or place.room.pk != want.room.pk)
    needs_lane = any(part.lanes == Lanes.ONE for part in want.form.staff_parts)
    lanes: Sequence[int] = calendar.lanes_of(place.staff) if needs_lane else [1]
    for lane in lanes:
        claims = _claims(calendar, want, place, lane)
        if not any(calendar.busy.get(key, 0) & bits for key, bits in claims):
            yield Option(cost, claims, place)


def _claims(calendar: Calendar, want: Want, place: Place, lane: int) -> Claims:
    """The cells that the visit would take there."""
    cell = calendar.cell(place.start)
    found: list[tuple[tuple[UUID, int], int]] = []
    for part in want.form.parts:
        bits = block(cell + cells(part.start), cell + cells(part.end))
        if part.who == Who.ROOM:
            found.append(((place.room.pk, 1), bits))
        elif part.who == Who.PATIENT:
            found.append(((want.visit.patient_id, 1), bits))
        else:
            lanes = {
                Lanes.ONE: [lane],
                Lanes.HANDS: [HANDS_LANE],
                Lanes.ALL: list(calendar.lanes_of(place.staff)),
            }[part.lanes]
            found.extend(((place.staff.pk, one), bits) for one in lanes)
    return tuple(found)
