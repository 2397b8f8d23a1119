"""One day of a site as the board shows it: rooms, lanes of staff, visits with their stages. Read only, one query."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from clinic import clock
from clinic.models import OpeningHours, ProtocolSettings, Room, Site, User
from clinic.policy import Role
from patients.models import Patient
from visits import board_reading
from visits.board_reading import Read
from visits.models import Appointment, GroupSession
from visits.rules import HANDS_LANE, STEP_MINUTES, Timing, stages

WORKERS = (Role.NURSE, Role.THERAPIST, Role.PROVIDER)
USUAL_HOURS = (time(8), time(18))  # what is drawn on a day without opening hours


@dataclass(frozen=True)
class StageAt:
    """A stretch of a visit on the wall clock: preparation, infusion, recovery, or the session."""

    name: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class BoardVisit:
    """A visit with where and with whom it is."""

    appointment: Appointment
    room: Room | None
    staff: User | None
    lane: int
    stages: tuple[StageAt, ...]
    row: int
    rows: int
    is_overbooked: bool
    overbooked_reason: str

    @property
    def key(self) -> UUID:
        return self.appointment.pk

    @property
    def patient(self) -> Patient:
        return self.appointment.patient

    @property
    def minutes(self) -> int:
        return int((self.appointment.ends_at - self.appointment.starts_at).total_seconds()) // 60

    def is_late(self, moment: datetime, grace_minutes: int) -> bool:
        """Not here although start and grace have passed."""
        waiting = self.appointment.status in (Appointment.Status.BOOKED, Appointment.Status.CONFIRMED)
        return waiting and moment > self.appointment.starts_at + timedelta(minutes=grace_minutes)


@dataclass(frozen=True)
class BoardGroup:
    """A group: one block for its room and therapist, however many come."""

    group: GroupSession
    members: list[BoardVisit]
    row: int
    rows: int
    is_overbooked: bool = False

    @property
    def key(self) -> UUID:
        return self.group.pk


@dataclass(frozen=True)
class Block:
    """What one lane of a person holds."""

    visit: BoardVisit
    lane: int
    phase: str
    starts_at: datetime
    ends_at: datetime
    row: int
    rows: int


@dataclass
class BoardRoom:
    """A room, and who is in it when. Without a room: the visits that hold none."""

    room: Room | None
    closed_because: str = ""
    visits: list[BoardVisit] = field(default_factory=list)
    groups: list[BoardGroup] = field(default_factory=list)

    @property
    def is_retired(self) -> bool:
        return self.room is not None and not self.room.is_active


@dataclass
class BoardPerson:
    """A member of staff, when they are at work, and what each lane holds."""

    user: User
    roles: frozenset[str]
    shifts: list[tuple[datetime, datetime]] = field(default_factory=list)
    lanes: int = 1
    blocks: list[Block] = field(default_factory=list)
    groups: list[BoardGroup] = field(default_factory=list)

    @property
    def is_nurse(self) -> bool:
        return Role.NURSE in self.roles


@dataclass
class BoardDay:
    """Everything of one day. Rows are steps of five minutes, the first row is the one that begins at `opens_at`."""

    site: Site
    day: date
    opens_at: datetime
    closes_at: datetime
    settings: ProtocolSettings
    is_open: bool
    closed_because: str = ""  # the whole site, all day
    next_open: date | None = None  # the next day of the week with opening hours
    rooms: list[BoardRoom] = field(default_factory=list)
    people: list[BoardPerson] = field(default_factory=list)
    visits: list[BoardVisit] = field(default_factory=list)
    groups: list[BoardGroup] = field(default_factory=list)

    @cached_property
    def timing(self) -> Timing:
        return Timing.of(self.settings)

    @property
    def late_grace_minutes(self) -> int:
        return self.settings.late_grace_minutes

    @property
    def rows(self) -> int:
        return self.row(self.closes_at) - 1

    def row(self, moment: datetime) -> int:
        return int(moment.timestamp() - self.opens_at.timestamp()) // (STEP_MINUTES * 60) + 1

    @property
    def now_row(self) -> int | None:
        """The row of the present moment, while the day is on."""
        now = clock.now()
        return self.row(now) if self.opens_at <= now < self.closes_at else None

    @property
    def here(self) -> list[BoardVisit]:
        """Who is in the building."""
        there = (Appointment.Status.ARRIVED, Appointment.Status.IN_PROGRESS)
        return [visit for visit in self.visits if visit.appointment.status in there]

    @property
    def late(self) -> list[BoardVisit]:
        now = clock.now()
        return [visit for visit in self.visits if visit.is_late(now, self.late_grace_minutes)]


def day(site: Site, on: date) -> BoardDay:
    """The board of a day at a site, in one query however full it is."""
    read = board_reading.read(site, on)
    hours = [opening for opening in read.hours if opening.weekday == on.weekday()]
    begins, ends = _span(site, on, hours, read.holds, read.groups)
    board = BoardDay(
        site,
        on,
        begins,
        ends,
        read.settings,
        is_open=bool(hours),
        closed_because=read.closures.get(None, ""),
        next_open=_next_open(on, {opening.weekday for opening in read.hours}),
    )
    board.rooms = [
        BoardRoom(room, read.closures.get(room.pk) or board.closed_because) for room in sorted(read.rooms, key=standing)
    ]
    _place_visits(board, read.holds, {group.pk for group in read.groups})
    _place_groups(board, read.groups)
    _place_people(board, _people(read), read.holds)
    return board


def standing(room: Room) -> tuple[int, str]:
    """Where a room stands on the board: infusion rooms first, then by name."""
    order = (Room.Kind.INFUSION, Room.Kind.THERAPY, Room.Kind.CONSULT)
    return order.index(Room.Kind(room.kind)), room.name


def _next_open(on: date, weekdays: set[int]) -> date | None:
    days = (on + timedelta(days=number) for number in range(1, 8))
    return next((day for day in days if day.weekday() in weekdays), None)


def _people(read: Read) -> dict[UUID, BoardPerson]:
    """Who is at work that day."""
    people: dict[UUID, BoardPerson] = {}
    for one in read.work:
        if one.roles & set(WORKERS):
            lanes = read.settings.nurse_lanes if Role.NURSE in one.roles else 1
            person = people.setdefault(one.user.pk, BoardPerson(one.user, one.roles, lanes=lanes))
            person.shifts.append((one.starts_at, one.ends_at))
    return people


def _span(
    site: Site, on: date, hours: list[OpeningHours], holds: list[Any], groups: list[GroupSession]
) -> tuple[datetime, datetime]:
    """From opening to closing, wider where a visit stands outside. Compared in UTC: a local hour may come twice."""
    begins = [site.moment(on, opening.opens) for opening in hours] or [site.moment(on, USUAL_HOURS[0])]
    ends = [site.moment(on, opening.closes) for opening in hours] or [site.moment(on, USUAL_HOURS[1])]
    first = min(
        moment.astimezone(UTC)
        for moment in [*begins, *(hold.begins for hold in holds), *(group.starts_at for group in groups)]
    )
    last = max(
        moment.astimezone(UTC)
        for moment in [*ends, *(hold.ends for hold in holds), *(group.ends_at for group in groups)]
    )
    return site.local(first).replace(minute=0), site.local(last)


def _place_visits(board: BoardDay, holds: list[Any], groups: set[UUID]) -> None:
    """Each visit in its room, those of `groups` in none yet; a room out of use has a column while it is booked."""
    by_visit: dict[UUID, list[Any]] = {}
    for hold in holds:
        assert hold.appointment_id
        by_visit.setdefault(hold.appointment_id, []).append(hold)
    columns: dict[UUID | None, BoardRoom] = {place.room.pk: place for place in board.rooms if place.room}
    for held in by_visit.values():
        visit = _visit(board, held)
        board.visits.append(visit)
        if visit.appointment.group_id in groups:
            continue
        key = visit.room.pk if visit.room else None
        if key not in columns:
            columns[key] = BoardRoom(visit.room)
            board.rooms.append(columns[key])
        columns[key].visits.append(visit)


def _place_groups(board: BoardDay, groups: list[GroupSession]) -> None:
    """Each group as one block in its room; its members are visits of the day, in the room of the group."""
    columns: dict[UUID | None, BoardRoom] = {place.room.pk: place for place in board.rooms if place.room}
    for group in groups:
        if group.room_id not in columns:
            columns[group.room_id] = BoardRoom(group.room)
            board.rooms.append(columns[group.room_id])
        members = [
            replace(visit, room=group.room, staff=group.therapist)
            for visit in board.visits
            if visit.appointment.group_id == group.pk
        ]
        by_key = {visit.key: visit for visit in members}
        board.visits = [by_key.get(visit.key, visit) for visit in board.visits]
        steps = int((group.ends_at - group.starts_at).total_seconds()) // (STEP_MINUTES * 60)
        block = BoardGroup(group, members, board.row(group.starts_at), max(steps, 1))
        board.groups.append(block)
        columns[group.room_id].groups.append(block)


def _visit(board: BoardDay, held: list[Any]) -> BoardVisit:
    appointment = held[0].appointment
    assert appointment
    minutes = int((appointment.ends_at - appointment.starts_at).total_seconds()) // 60
    staff_holds = [hold for hold in held if hold.staff_id and hold.lane != HANDS_LANE]
    over = next((hold for hold in held if hold.overbooked_reason), None)
    starts, local = appointment.starts_at.astimezone(UTC), board.site.local
    return BoardVisit(
        appointment=appointment,
        room=next((hold.room for hold in held if hold.room_id), None),
        staff=next((hold.staff for hold in staff_holds), None),
        lane=min((hold.lane for hold in staff_holds), default=1),
        stages=tuple(
            StageAt(
                stage.name, local(starts + timedelta(minutes=stage.start)), local(starts + timedelta(minutes=stage.end))
            )
            for stage in stages(appointment.kind, board.timing, minutes, appointment.recovery_minutes)
        ),
        row=board.row(appointment.starts_at),
        rows=max(minutes // STEP_MINUTES, 1),
        is_overbooked=over is not None,
        overbooked_reason=over.overbooked_reason if over else "",
    )


def _place_people(board: BoardDay, people: dict[UUID, BoardPerson], holds: list[Any]) -> None:
    visits = {visit.appointment.pk: visit for visit in board.visits}
    for hold in holds:
        if hold.staff is None or not hold.active or hold.appointment_id is None:
            continue
        person = people.setdefault(hold.staff.pk, BoardPerson(hold.staff, frozenset()))
        person.blocks.append(
            Block(
                visit=visits[hold.appointment_id],
                lane=hold.lane,
                phase=hold.phase,
                starts_at=board.site.local(hold.begins),
                ends_at=board.site.local(hold.ends),
                row=board.row(hold.begins),
                rows=int((hold.ends - hold.begins).total_seconds()) // (STEP_MINUTES * 60),
            )
        )
    for block in board.groups:
        therapist = block.group.therapist
        people.setdefault(therapist.pk, BoardPerson(therapist, frozenset())).groups.append(block)
    order = {role: place for place, role in enumerate(WORKERS)}
    board.people = sorted(
        people.values(),
        key=lambda one: (min((order[role] for role in WORKERS if role in one.roles), default=9), one.user.full_name),
    )
