"""What is free at a site: opening hours ∩ shifts − closures − holds, over a range of days, in eight queries.

Time is a row of five-minute cells from one moment on, kept as the bits of one whole number for each room, person and
lane. "Free for two hours from here" is then a few shifts of that number over the whole range at once, in whatever zone
and through every change of the clocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import BigIntegerField, F, Func, Q, QuerySet
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
from visits.rules import (
    HANDS_LANE,
    STEP_MINUTES,
    Lanes,
    Part,
    Shape,
    Timing,
    Who,
)

CELL = STEP_MINUTES * 60
WORKERS = (Role.NURSE, Role.THERAPIST, Role.PROVIDER)


def runs(free: int, length: int) -> int:
    """The cells from which `length` cells in a row are free."""
    have = 1
    while have < length and free:
        step = min(have, length - have)
        free &= free >> step
        have += step
    return free


def cells(minutes: int) -> int:
    return minutes // STEP_MINUTES


def block(start: int, end: int) -> int:
    """The bits of the cells from `start` up to `end`."""
    return ((1 << (end - start)) - 1) << start if end > start else 0


class _Epoch(Func):
    """The whole seconds of a moment."""

    template = "EXTRACT(EPOCH FROM %(expressions)s)::bigint"
    output_field = BigIntegerField()


@dataclass
class Calendar:
    """One site over some days. `load` asks the database; everything else is arithmetic."""

    site: Site
    settings: ProtocolSettings
    first: date
    last: date
    base: int
    size: int
    rooms: list[Room] = field(default_factory=list)
    people: dict[Role, list[User]] = field(default_factory=dict)
    closures: list[Closure] = field(default_factory=list)
    open: int = 0
    room_open: dict[UUID, int] = field(default_factory=dict)
    at_work: dict[UUID, int] = field(default_factory=dict)
    busy: dict[tuple[UUID, int], int] = field(default_factory=dict)
    _starts: dict[tuple[UUID, Shape], int] = field(default_factory=dict)
    _seconds: dict[tuple[date, time], int] = field(default_factory=dict)

    @classmethod
    def load(
        cls,
        site: Site,
        first: date,
        last: date,
        *,
        patients: Iterable[UUID] = (),
        without: UUID | None = None,
    ) -> Calendar:
        """The calendar from `first` to `last` with the holds of rooms, staff and `patients` (eight queries).

        `without` leaves out the holds of one appointment, for a move of it.
        """
        calendar = cls.place(site, first, last)
        calendar.read_holds(patients=patients, without=without)
        return calendar

    @classmethod
    def place(cls, site: Site, first: date, last: date) -> Calendar:
        """The calendar without its holds: rooms, people, hours."""
        begins = int(site.day_bounds(first)[0].timestamp()) // CELL
        ends = -(-int(site.day_bounds(last)[1].timestamp()) // CELL)
        made = cls(site, settings_versions.current(site), first, last, begins, ends - begins)
        made._read_rooms()
        made._read_people()
        return made

    # Reading

    def _read_rooms(self) -> None:
        self.rooms = list(Room.objects.filter(site=self.site, is_active=True))
        hours = list(OpeningHours.objects.filter(site=self.site))
        self.closures = list(Closure.objects.filter(site=self.site, first_day__lte=self.last, last_day__gte=self.first))
        for day in self.days():
            for opening in hours:
                if opening.weekday == day.weekday():
                    self.open |= self._wall(day, opening.opens, opening.closes)
        closed: dict[UUID | None, int] = {}
        for closure in self.closures:
            closed[closure.room_id] = closed.get(closure.room_id, 0) | self._whole_days(
                closure.first_day, closure.last_day
            )
        self.open &= ~closed.get(None, 0)
        self.room_open = {room.pk: self.open & ~closed.get(room.pk, 0) for room in self.rooms}

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
        shifts = list(
            Shift.objects.filter(site=self.site, valid_from__lte=self.last).filter(
                Q(valid_until__isnull=True) | Q(valid_until__gte=self.first)
            )
        )
        exceptions = {
            (exception.user_id, exception.day): exception
            for exception in ShiftException.objects.filter(site=self.site, day__range=(self.first, self.last))
        }
        self.at_work = {user.pk: 0 for user in self.everyone()}
        for shift in shifts:
            if shift.user_id not in self.at_work:
                continue
            until = min(shift.valid_until or self.last, self.last)
            for day in self.days():
                if day.weekday() != shift.weekday or not shift.valid_from <= day <= until:
                    continue
                if (shift.user_id, day) not in exceptions:
                    self.at_work[shift.user_id] |= self._wall(day, shift.starts, shift.ends)
        for (user_id, day), exception in exceptions.items():
            if exception.starts and exception.ends and user_id in self.at_work:
                self.at_work[user_id] |= self._wall(day, exception.starts, exception.ends)

    def read_holds(self, *, patients: Iterable[UUID] = (), without: UUID | None = None) -> None:
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
            holds = holds.exclude(appointment_id=without)
        spans = holds.values("resource", "lane").annotate(
            starts=ArrayAgg(_Epoch(F("during__startswith"))),
            ends=ArrayAgg(_Epoch(F("during__endswith"))),
        )
        self.busy, self._starts = {}, {}
        for row in spans.order_by():
            spans_of_one = zip(row["starts"], row["ends"], strict=True)
            self.busy[row["resource"], row["lane"]] = self._taken(spans_of_one)

    def _taken(self, spans: Iterable[tuple[int, int]]) -> int:
        """The cells that these spans of seconds touch. Written as digits first: thousands of them are one number."""
        digits = bytearray(b"0" * self.size)
        for begin, end in spans:
            first = max(begin // CELL - self.base, 0)
            last = min(-(-end // CELL) - self.base, self.size)
            if first < last:
                digits[self.size - last : self.size - first] = b"1" * (last - first)
        return int(digits, 2)

    # Time and cells

    def days(self) -> Iterator[date]:
        for offset in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=offset)

    def cell(self, moment: datetime) -> int:
        return int(moment.timestamp()) // CELL - self.base

    def moment(self, cell: int) -> datetime:
        """The moment at which a cell begins, on the site's clock."""
        return datetime.fromtimestamp((cell + self.base) * CELL, tz=self.site.zone)

    def span(self, cell: int, minutes: int) -> tuple[datetime, datetime]:
        """From a cell on for so many minutes as they pass, also while the clock is changed."""
        return self.moment(cell), self.moment(cell + cells(minutes))

    def covers(self, start: int, length: int) -> bool:
        return start >= 0 and start + length <= self.size

    def _wall(self, day: date, starts: time, ends: time) -> int:
        begin = -(-self._second(day, starts) // CELL) - self.base
        end = self._second(day, ends) // CELL - self.base
        return block(max(begin, 0), min(end, self.size))

    def _second(self, day: date, at: time) -> int:
        """The moment of a wall-clock time, in seconds; many shifts begin at the same hour."""
        if (day, at) not in self._seconds:
            self._seconds[day, at] = int(self.site.moment(day, at).timestamp())
        return self._seconds[day, at]

    def _whole_days(self, first: date, last: date) -> int:
        begin = self.cell(self.site.day_bounds(first)[0])
        end = self.cell(self.site.day_bounds(last)[1])
        return block(max(begin, 0), min(end, self.size))

    def day_block(self, day: date) -> int:
        return self._whole_days(day, day)

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

    def moments(self, starts: int) -> Iterator[datetime]:
        """The moments of the set bits, earliest first."""
        bits = bin(starts)[:1:-1]
        cell = bits.find("1")
        while cell >= 0:
            yield self.moment(cell)
            cell = bits.find("1", cell + 1)

    def on_grid(self, starts: int, minutes: int) -> int:
        """Only the starts on a whole quarter, half hour … of the wall clock."""
        kept = 0
        for _, group in groupby(self.moments(starts), key=datetime.date):
            for moment in group:
                if moment.minute % minutes == 0:
                    kept |= 1 << self.cell(moment)
        return kept

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


__all__ = ["CELL", "Calendar", "Who", "block", "cells", "runs"]
