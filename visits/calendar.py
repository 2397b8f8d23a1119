"""What is free at a site: opening hours ∩ shifts − closures − holds, over a range of days, in eight queries.

Each room, person and lane is one whole number: its bits are the five-minute cells of a ruler (ruler).
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, time
from sys import byteorder
from typing import Any
from uuid import UUID

from django.db.models import Aggregate, BinaryField, Q, QuerySet
from psycopg2.extras import DateTimeTZRange

from clinic import settings_versions
from clinic.models import (
    Closure,
    Membership,
    OpeningHours,
    ProtocolSettings,
    Room,
    Shift,
    ShiftException,
    Site,
    User,
)
from clinic.policy import Role
from visits.models import Hold
from visits.ruler import CELL, Ruler, block, cells, runs
from visits.rules import HANDS_LANE, Lanes, Part, Shape, Timing

WORKERS = (Role.NURSE, Role.THERAPIST, Role.PROVIDER)


class _Spans(Aggregate):
    """First cell of every range and the one after its last, as bytes: thousands of them reach us as one piece."""

    template = (
        f"string_agg(int4send(greatest(EXTRACT(EPOCH FROM lower(%(expressions)s))::bigint / {CELL} - %(base)d, 0)::int)"
        f" || int4send(least((EXTRACT(EPOCH FROM upper(%(expressions)s))::bigint + {CELL - 1}) / {CELL} - %(base)d,"
        " %(size)d)::int), ''::bytea)"
    )
    output_field = BinaryField()


def _numbers(row: Any) -> array[int]:
    found = array("i", bytes(row))
    if byteorder == "little":
        found.byteswap()
    return found


@dataclass
class Calendar(Ruler):
    """One site over some days. `load` asks the database; everything else is arithmetic."""

    settings: ProtocolSettings
    rooms: list[Room] = field(default_factory=list)
    people: dict[Role, list[User]] = field(default_factory=dict)
    closures: list[Closure] = field(default_factory=list)
    open: int = 0
    room_open: dict[UUID, int] = field(default_factory=dict)
    at_work: dict[UUID, int] = field(default_factory=dict)
    busy: dict[tuple[UUID, int], int] = field(default_factory=dict)
    _starts: dict[tuple[UUID, Shape], int] = field(default_factory=dict)
    _patterns: dict[tuple[object, ...], int] = field(default_factory=dict)

    @classmethod
    def load(
        cls,
        site: Site,
        first: date,
        last: date,
        *,
        patients: Iterable[UUID] = (),
        without: UUID | Collection[UUID] | None = None,
        settings: ProtocolSettings | None = None,
    ) -> Calendar:
        """The calendar from `first` to `last` with the holds of rooms, staff and `patients` (eight queries).

        `without` leaves out the holds of these appointments, for a move of them.
        """
        calendar = cls.place(site, first, last, settings)
        calendar.read_holds(patients=patients, without=without)
        return calendar

    @classmethod
    def place(cls, site: Site, first: date, last: date, settings: ProtocolSettings | None = None) -> Calendar:
        """The calendar without its holds: rooms, people, hours."""
        made = cls(site, first, last, settings or settings_versions.current(site))
        made.rooms = list(Room.objects.filter(site=site, is_active=True))
        made._read_hours()
        made._read_people()
        return made

    def over(self, first: date, last: date) -> Calendar:
        """The same rooms and people on other days, without holds."""
        made = Calendar(self.site, first, last, self.settings, rooms=self.rooms, people=self.people)
        made._read_hours()
        made._read_shifts()
        return made

    # Reading

    def _read_hours(self) -> None:
        self.closures = list(Closure.objects.filter(site=self.site, first_day__lte=self.last, last_day__gte=self.first))
        hours = OpeningHours.objects.filter(site=self.site).values_list("weekday", "opens", "closes")
        for weekday, opens, closes in hours.order_by():
            self.open |= self._weekly(weekday, opens, closes, self.first, self.last)
        closed: dict[UUID | None, int] = {}
        for closure in self.closures:
            days = self.whole_days(closure.first_day, closure.last_day)
            closed[closure.room_id] = closed.get(closure.room_id, 0) | days
        self.open &= ~closed.get(None, 0)
        self.room_open = {room.pk: self.open & ~closed.get(room.pk, 0) for room in self.rooms}

    def _weekly(self, weekday: int, starts: time, ends: time, first: date, last: date) -> int:
        """One weekday's hours from `first` to `last`; a whole team often works the same ones."""
        first, last = max(first, self.first), min(last, self.last)
        pattern = weekday, starts, ends, first, last
        if pattern not in self._patterns:
            days = (day for day in self.days() if day.weekday() == weekday and first <= day <= last)
            found = 0
            for day in days:
                found |= self.hours(day, starts, ends)
            self._patterns[pattern] = found
        return self._patterns[pattern]

    def _read_people(self) -> None:
        held = (
            Membership.objects.filter(
                site=self.site,
                user__is_active=True,
                role__in=[role.value for role in WORKERS],
            )
            .select_related("user")
            .order_by("user__full_name", "user_id")
        )
        self.people = {role: [] for role in WORKERS}
        for membership in held:
            self.people[Role(membership.role)].append(membership.user)
        self._read_shifts()

    def _read_shifts(self) -> None:
        self.at_work = {user.pk: 0 for user in self.everyone()}
        shifts = Shift.objects.filter(site=self.site, user__in=self.at_work, valid_from__lte=self.last).filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=self.first)
        )
        patterns = shifts.values_list("user_id", "weekday", "starts", "ends", "valid_from", "valid_until").order_by()
        for user_id, weekday, starts, ends, valid_from, valid_until in patterns:
            self.at_work[user_id] |= self._weekly(weekday, starts, ends, valid_from, valid_until or self.last)
        exceptions = ShiftException.objects.filter(
            site=self.site, user__in=self.at_work, day__range=(self.first, self.last)
        ).values_list("user_id", "day", "starts", "ends")
        for user_id, day, begins, until in exceptions.order_by():
            there = self.hours(day, begins, until) if begins and until else 0
            self.at_work[user_id] = self.at_work[user_id] & ~self.day_block(day) | there

    def read_holds(self, *, patients: Iterable[UUID] = (), without: UUID | Collection[UUID] | None = None) -> None:
        """Read what is held now; called again inside a lock, it sees what was committed meanwhile."""
        resources = [room.pk for room in self.rooms]
        resources += [user.pk for user in self.everyone()]
        resources += list(patients)
        begins, ends = self.moment(0), self.moment(self.size)
        holds: QuerySet[Hold, Any] = Hold.objects.filter(
            active=True,
            resource__in=resources,
            during__overlap=DateTimeTZRange(begins, ends),
        )
        if without:
            left_out = [without] if isinstance(without, UUID) else list(without)
            holds = holds.exclude(appointment_id__in=left_out)
        spans = _Spans("during", base=self.base, size=self.size)
        self.busy, self._starts = {}, {}
        for resource, lane, bounds in holds.values_list("resource", "lane").annotate(spans=spans).order_by():
            self.busy[resource, lane] = self._taken(_numbers(bounds))

    def _taken(self, bounds: Iterable[int]) -> int:
        """The cells of these spans. Written as digits first: thousands of spans are one number."""
        digits, pairs = bytearray(b"0" * self.size), iter(bounds)
        for first, last in zip(pairs, pairs, strict=True):
            digits[first:last] = b"1" * (last - first)
        digits.reverse()
        return int(digits, 2)

    # People and rooms

    @property
    def timing(self) -> Timing:
        return Timing.of(self.settings)

    def everyone(self) -> Iterator[User]:
        """Each person once, whatever the number of roles."""
        seen: set[UUID] = set()
        for users in self.people.values():
            for user in users:
                if user.pk not in seen:
                    seen.add(user.pk)
                    yield user

    def lanes_of(self, user: User) -> range:
        """A nurse watches as many as the ratio says; anybody else is with one person at a time."""
        is_nurse = any(nurse.pk == user.pk for nurse in self.people[Role.NURSE])
        return range(1, (self.settings.nurse_lanes if is_nurse else 1) + 1)

    def rooms_for(self, shape: Shape) -> list[Room]:
        """Rooms of a fitting kind, the kinds in the order of the shape."""
        return [room for kind in shape.room_kinds for room in self.rooms if room.kind == kind]

    def free(self, resource: UUID, lane: int) -> int:
        return ~self.busy.get((resource, lane), 0)

    def load_of(self, resource: UUID, day: date) -> int:
        """How many cells of a day are taken, over all lanes."""
        return sum(
            (taken & self.day_block(day)).bit_count() for (held, _), taken in self.busy.items() if held == resource
        )

    # Where a shape fits

    def room_starts(self, room: Room, shape: Shape) -> int:
        """The cells at which a visit of this shape can start in the room."""
        if (room.pk, shape) not in self._starts:
            free = self.room_open.get(room.pk, 0) & self.free(room.pk, 1)
            self._starts[room.pk, shape] = runs(free, cells(shape.minutes))
        return self._starts[room.pk, shape]

    def patient_starts(self, patient_id: UUID, shape: Shape) -> int:
        whole = (1 << self.size) - 1
        return runs(whole & self.free(patient_id, 1), cells(shape.minutes))

    def staff_starts(self, user: User, shape: Shape) -> int:
        """The cells at which the person is at work and has the hands and the lanes that the shape asks for."""
        if (user.pk, shape) not in self._starts:
            self._starts[user.pk, shape] = self._staff_starts(user, shape)
        return self._starts[user.pk, shape]

    def _staff_starts(self, user: User, shape: Shape) -> int:
        starts = runs(self.at_work.get(user.pk, 0), cells(shape.staff_minutes))
        for part in shape.staff_parts:
            if part.lanes == Lanes.HANDS:
                starts &= self._part_starts(user, HANDS_LANE, part)
            elif part.lanes == Lanes.ALL:
                for lane in self.lanes_of(user):
                    starts &= self._part_starts(user, lane, part)
        if not starts:
            return 0
        any_lane = 0
        for lane in self.lanes_of(user):
            any_lane |= self._one_lane_starts(user, lane, shape)
        return starts & any_lane

    def _part_starts(self, user: User, lane: int, part: Part) -> int:
        whole = (1 << self.size) - 1
        free = whole & self.free(user.pk, lane)
        return runs(free, cells(part.end - part.start)) >> cells(part.start)

    def _one_lane_starts(self, user: User, lane: int, shape: Shape) -> int:
        """Where one lane is free for every part that asks for one."""
        starts = (1 << self.size) - 1
        for part in shape.staff_parts:
            if part.lanes == Lanes.ONE:
                starts &= self._part_starts(user, lane, part)
        return starts

    def lane_for(self, user: User, shape: Shape, start: int) -> int | None:
        """The lowest lane that is free for the shape's single-lane parts at a start."""
        for lane in self.lanes_of(user):
            if self._one_lane_starts(user, lane, shape) >> start & 1:
                return lane
        return None

    def starts(
        self,
        shape: Shape,
        *,
        room: Room | None = None,
        staff: User | None = None,
        patient_id: UUID | None = None,
    ) -> int:
        """Every cell at which room, person and patient are free together; the whole range in one number."""
        rooms = [room] if room else self.rooms_for(shape)
        people = [staff] if staff else self.people[shape.role]
        in_rooms = with_people = 0
        for one in rooms:
            in_rooms |= self.room_starts(one, shape)
        for person in people:
            with_people |= self.staff_starts(person, shape)
        found = in_rooms & with_people
        if patient_id:
            found &= self.patient_starts(patient_id, shape)
        return found

    def take(self, resource: UUID, lane: int, start: int, end: int) -> None:
        """Note a hold that this transaction has just made."""
        held = self.busy.get((resource, lane), 0)
        self.busy[resource, lane] = held | block(start, end)
        self._starts = {key: found for key, found in self._starts.items() if key[0] != resource}

    def closed_because(self, day: date, room_id: UUID | None = None) -> str:
        """The reason of a closure on this day, or nothing."""
        for closure in self.closures:
            if closure.first_day <= day <= closure.last_day and closure.room_id in (
                None,
                room_id,
            ):
                return closure.reason
        return ""
