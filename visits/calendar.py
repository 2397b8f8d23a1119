"""What is free at a site: opening hours ∩ shifts − closures − holds, over a range of days, in two statements.

Each room, person and lane is one whole number: its bits are the five-minute cells of a ruler (ruler).
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, time
from sys import byteorder
from typing import Any
from uuid import UUID

from django.db import connection

from clinic.gathering import array_of
from clinic.models import ProtocolSettings, Room, Site, User
from clinic.policy import Role
from visits import premises
from visits.models.appointments import LONGEST_HOLD
from visits.premises import Closed, Premises
from visits.ruler import CELL, Ruler, block, cells, runs
from visits.rules import HANDS_LANE, Lanes, Part, Shape, Timing

# Every resource and lane with the first cell of each of its holds and the one after its last, as bytes: thousands of
# holds reach us as one piece. They are found by where they begin (index hold_by_start): by the range itself, the
# planner would read what all sites hold in the span, and throw away what others hold.
_HELD = f"""
SELECT resource, lane, string_agg(
    int4send(greatest(EXTRACT(EPOCH FROM lower(during))::bigint / {CELL} - %(base)s, 0)::int)
    || int4send(least((EXTRACT(EPOCH FROM upper(during))::bigint + {CELL - 1}) / {CELL} - %(base)s, %(size)s)::int),
    ''::bytea
)
FROM visits_hold
WHERE active AND resource = ANY(%(resources)s::uuid[])
    AND lower(during) > %(earliest)s AND lower(during) < %(ends)s AND upper(during) > %(begins)s
    AND (appointment_id <> ALL(%(without)s) OR group_id <> ALL(%(without)s))
GROUP BY resource, lane
"""  # noqa: S608 - two whole numbers of ours

# Sent along with the reading: a statement of its own, so that the reading begins once the locks are held.
_LOCK = "SELECT pg_advisory_xact_lock(key) FROM unnest(%(behind)s::bigint[]) AS key;"


def _numbers(row: Any) -> array[int]:
    found = array("i", bytes(row))
    if byteorder == "little":
        found.byteswap()
    return found


@dataclass
class Calendar(Ruler):
    """One site over some days. `load` asks the database; everything else is arithmetic."""

    premises: Premises
    closures: list[Closed] = field(default_factory=list)
    open: int = 0
    room_open: dict[UUID, int] = field(default_factory=dict)
    at_work: dict[UUID, int] = field(default_factory=dict)
    busy: dict[tuple[UUID, int], int] = field(default_factory=dict)
    _starts: dict[UUID, dict[Shape, int]] = field(default_factory=dict)
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
    ) -> Calendar:
        """The calendar from `first` to `last` with the holds of rooms, staff and `patients` (two statements).

        `without` leaves out the holds of these appointments, for a move of them.
        """
        calendar = cls.place(site, first, last)
        calendar.read_holds(patients=patients, without=without)
        return calendar

    @classmethod
    def place(cls, site: Site, first: date, last: date) -> Calendar:
        """The calendar without its holds: rooms, people, hours."""
        return cls._on(premises.read(site, first, last), site, first, last)

    @classmethod
    def _on(cls, ground: Premises, site: Site, first: date, last: date) -> Calendar:
        made = cls(site, first, last, ground)
        made._open_up()
        made._staff()
        return made

    def over(self, first: date, last: date) -> Calendar:
        """The same rooms and people on other days, without holds."""
        if self.premises.covers(first, last):
            return self._on(self.premises, self.site, first, last)
        return self.place(self.site, first, last)

    # Reading

    def _open_up(self) -> None:
        """Opening hours without closures, for the site and for each room."""
        self.closures = [
            one for one in self.premises.closures if one.first_day <= self.last and one.last_day >= self.first
        ]
        for weekday, opens, closes in self.premises.hours:
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

    def _staff(self) -> None:
        """Who is at work when: weekly hours, but on a changed day the hours of that day."""
        self.at_work = dict.fromkeys(self.premises.everyone, 0)
        for weekday, starts, ends, valid_from, valid_until, people in self.premises.patterns:
            hours = self._weekly(weekday, starts, ends, valid_from, valid_until or self.last)
            if hours:
                for user_id in people:
                    self.at_work[user_id] |= hours
        for user_id, day, begins, until in self.premises.changed:
            if user_id in self.at_work and self.first <= day <= self.last:
                there = self.hours(day, begins, until) if begins and until else 0
                self.at_work[user_id] = self.at_work[user_id] & ~self.day_block(day) | there

    def read_holds(
        self,
        *,
        patients: Iterable[UUID] = (),
        without: UUID | Collection[UUID] | None = None,
        behind: Sequence[int] = (),
    ) -> None:
        """Read what is held now. `behind` these advisory locks, it sees what was committed while it waited for them."""
        resources = [room.pk for room in self.rooms]
        resources += [*self.premises.everyone, *patients]
        left_out = [without] if isinstance(without, UUID) else list(without or ())
        asked: dict[str, Any] = {
            "base": self.base,
            "size": self.size,
            "resources": array_of(resources),
            "earliest": self.moment(0).astimezone(UTC) - LONGEST_HOLD,
            "begins": self.moment(0),
            "ends": self.moment(self.size),
            "without": left_out,
            "behind": array_of(behind),
        }
        with connection.cursor() as cursor:
            cursor.execute(_LOCK + _HELD if behind else _HELD, asked)
            found = cursor.fetchall()
        self.busy = {(resource, lane): self._taken(_numbers(bounds)) for resource, lane, bounds in found}
        self._starts = {}

    def _taken(self, bounds: Iterable[int]) -> int:
        """The cells of these spans. Written as digits first: thousands of spans are one number."""
        digits, pairs = bytearray(b"0" * self.size), iter(bounds)
        for first, last in zip(pairs, pairs, strict=True):
            digits[first:last] = b"1" * (last - first)
        digits.reverse()
        return int(digits, 2)

    # People and rooms

    @property
    def settings(self) -> ProtocolSettings:
        return self.premises.settings

    @property
    def rooms(self) -> list[Room]:
        return self.premises.rooms

    @property
    def people(self) -> dict[Role, list[User]]:
        return self.premises.people

    @property
    def timing(self) -> Timing:
        return Timing.of(self.settings)

    def lanes_of(self, user: User) -> range:
        """A nurse watches as many as the ratio says; anybody else is with one person at a time."""
        return range(1, (self.settings.nurse_lanes if user.pk in self.premises.nurses else 1) + 1)

    def rooms_for(self, shape: Shape) -> list[Room]:
        """Rooms of a fitting kind, the kinds in the order of the shape."""
        return [room for kind in shape.room_kinds for room in self.rooms if room.kind == kind]

    def free(self, resource: UUID, lane: int) -> int:
        return ~self.busy.get((resource, lane), 0)

    def loads(self, day: date) -> Counter[UUID]:
        """How many cells of a day each room and person has taken, over all lanes."""
        of_day, found = self.day_block(day), Counter[UUID]()
        for (resource, _), taken in self.busy.items():
            found[resource] += (taken & of_day).bit_count()
        return found

    # Where a shape fits

    def room_starts(self, room: Room, shape: Shape) -> int:
        """The cells at which a visit of this shape can start in the room."""
        known = self._starts.setdefault(room.pk, {})
        if shape not in known:
            free = self.room_open.get(room.pk, 0) & self.free(room.pk, 1)
            known[shape] = runs(free, cells(shape.minutes))
        return known[shape]

    def patient_starts(self, patient_id: UUID, shape: Shape) -> int:
        whole = (1 << self.size) - 1
        return runs(whole & self.free(patient_id, 1), cells(shape.minutes))

    def staff_starts(self, user: User, shape: Shape) -> int:
        """The cells at which the person is at work and has the hands and the lanes that the shape asks for."""
        known = self._starts.setdefault(user.pk, {})
        if shape not in known:
            known[shape] = self._staff_starts(user, shape)
        return known[shape]

    def _staff_starts(self, user: User, shape: Shape) -> int:
        who, lanes = user.pk, self.lanes_of(user)
        starts = runs(self.at_work.get(who, 0), cells(shape.staff_minutes))
        for part in shape.staff_parts:
            if part.lanes == Lanes.HANDS:
                starts &= self._part_starts(who, part, (HANDS_LANE,))
            elif part.lanes == Lanes.ALL:
                starts &= self._part_starts(who, part, lanes)
        if not starts or not shape.asks_one_lane:
            return starts
        any_lane = 0
        for lane in lanes:
            any_lane |= self._one_lane_starts(who, lane, shape)
        return starts & any_lane

    def _part_starts(self, who: UUID, part: Part, lanes: Iterable[int]) -> int:
        """Where all of these lanes are free for the part."""
        free = (1 << self.size) - 1
        for lane in lanes:
            free &= self.free(who, lane)
        return runs(free, cells(part.end - part.start)) >> cells(part.start)

    def _one_lane_starts(self, who: UUID, lane: int, shape: Shape) -> int:
        """Where one lane is free for every part that asks for one."""
        starts = (1 << self.size) - 1
        for part in shape.staff_parts:
            if part.lanes == Lanes.ONE:
                starts &= self._part_starts(who, part, (lane,))
        return starts

    def lane_for(self, user: User, shape: Shape, start: int) -> int | None:
        """The lowest lane that is free for the shape's single-lane parts at a start."""
        for lane in self.lanes_of(user):
            if self._one_lane_starts(user.pk, lane, shape) >> start & 1:
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
        self._starts.pop(resource, None)

    def closed_because(self, day: date, room_id: UUID | None = None) -> str:
        """The reason of a closure on this day, or nothing."""
        for closure in self.closures:
            if closure.first_day <= day <= closure.last_day and closure.room_id in (
                None,
                room_id,
            ):
                return closure.reason
        return ""
