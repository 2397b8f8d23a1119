"""A week of a site: day by day, by room, or by person. Bounded by the week, a constant number of queries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeVar
from uuid import UUID

from django.db.models import Manager, Prefetch, Q, QuerySet

from clinic.models import Closure, Membership, OpeningHours, Room, Shift, ShiftException, Site, User
from clinic.policy import Role
from visits.board import WORKERS, standing
from visits.models import Appointment, Hold
from visits.rules import HANDS_LANE

D = TypeVar("D", "WeekDay", "Line")
DAYS = 7
SHOWN = (*Appointment.ALIVE, Appointment.Status.DONE, Appointment.Status.NO_SHOW)


@dataclass(frozen=True)
class WeekVisit:
    appointment: Appointment
    room: Room | None
    staff: User | None
    is_overbooked: bool


@dataclass
class WeekDay:
    day: date
    is_open: bool
    closed_because: str
    visits: list[WeekVisit] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.visits)


@dataclass(frozen=True)
class Week:
    site: Site
    first: date
    days: tuple[WeekDay, ...]
    rooms: tuple[Room, ...]
    closures: tuple[Closure, ...]

    @property
    def last(self) -> date:
        return self.first + timedelta(days=6)

    @property
    def before(self) -> date:
        return self.first - timedelta(days=7)

    @property
    def after(self) -> date:
        return self.first + timedelta(days=7)

    @property
    def count(self) -> int:
        return sum(day.count for day in self.days)


@dataclass
class Cell:
    """A day of a room or of a person: when it is open or at work, and who comes."""

    note: str = ""
    is_off: bool = False
    visits: list[WeekVisit] = field(default_factory=list)


@dataclass
class Line:
    """The week of a room, or of a person."""

    name: str
    under: str
    cells: list[Cell]

    @property
    def count(self) -> int:
        return sum(len(cell.visits) for cell in self.cells)


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def week(site: Site, first: date, *, room: UUID | None = None, since: int = 0) -> Week:
    """The seven days from `first` on, of all rooms or of one (five queries); visits of day number `since` and later."""
    days = [first + timedelta(days=number) for number in range(DAYS)]
    rooms = tuple(sorted(Room.objects.filter(site=site, is_active=True), key=standing))
    open_on = set(OpeningHours.objects.filter(site=site).values_list("weekday", flat=True))
    closures = tuple(Closure.objects.filter(site=site, first_day__lte=days[-1], last_day__gte=days[0]))
    shown = {day: WeekDay(day, day.weekday() in open_on, _closed(closures, day, None)) for day in days}
    for appointment in _appointments(site, days[since:]):
        visit = _visit(appointment)
        if room is None or (visit.room and visit.room.pk == room):
            shown[site.local(appointment.starts_at).date()].visits.append(visit)
    return Week(site, first, tuple(shown.values()), rooms, closures)


def _closed(closures: Sequence[Closure], day: date, room: UUID | None) -> str:
    """Why the site, or the room, is closed on a day; nothing when it is not."""
    there = (one for one in closures if one.room_id == room and one.first_day <= day <= one.last_day)
    return next((one.reason for one in there), "")


def part(items: Sequence[D], since: int, most: int) -> tuple[Sequence[D], int | None]:
    """The days or lines from `since` on that hold `most` visits together, one of them at least, and where the next part
    begins."""
    held = 0
    for number in range(since, len(items)):
        held += items[number].count
        if held > most and number > since:
            return items[since:number], number
    return items[since:], None


def by_room(shown: Week) -> list[Line]:
    """A line for every room in use, and for one that is not while somebody is booked into it."""
    lines = {room.pk: Line(room.name, room.get_kind_display(), _room_cells(shown, room)) for room in shown.rooms}
    return _filled(shown, lines, lambda visit: visit.room, "no longer in use")


def _room_cells(shown: Week, room: Room) -> list[Cell]:
    cells = []
    for day in shown.days:
        why = day.closed_because or _closed(shown.closures, day.day, room.pk)
        cells.append(Cell(why or ("" if day.is_open else "closed"), is_off=bool(why) or not day.is_open))
    return cells


def by_person(shown: Week) -> list[Line]:
    """A line for everybody who sees patients here, with the hours of each day (three queries)."""
    hours = _hours(shown)
    lines = {
        user.pk: Line(user.full_name, roles, [_at_work(hours.get((user.pk, day.day))) for day in shown.days])
        for user, roles in _workers(shown.site)
    }
    return _filled(shown, lines, lambda visit: visit.staff, "no longer at work here")


def _at_work(spans: list[str] | None) -> Cell:
    return Cell(", ".join(spans)) if spans else Cell("off", is_off=True)


def _workers(site: Site) -> list[tuple[User, str]]:
    """Who sees patients, nurses first, with the words of their roles."""
    held: dict[User, list[Role]] = {}
    found = Membership.objects.filter(site=site, role__in=WORKERS, user__is_active=True).select_related("user")
    for membership in found:
        held.setdefault(membership.user, []).append(Role(membership.role))
    people = [(user, sorted(roles, key=WORKERS.index)) for user, roles in held.items()]
    people.sort(key=lambda one: (WORKERS.index(one[1][0]), one[0].full_name))
    return [(user, ", ".join(role.label for role in roles).capitalize()) for user, roles in people]


def _hours(shown: Week) -> dict[tuple[UUID, date], list[str]]:
    """The hours of everybody on each day: by pattern, or by the exception that stands instead."""
    days = [day.day for day in shown.days]
    hours: dict[tuple[UUID, date], list[str]] = {}
    usual = Shift.objects.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=days[0]), site=shown.site)
    for shift in usual.filter(valid_from__lte=days[-1]).order_by("starts"):
        day = days[shift.weekday]
        if shift.valid_from <= day and (shift.valid_until is None or day <= shift.valid_until):
            hours.setdefault((shift.user_id, day), []).append(f"{shift.starts:%H:%M}–{shift.ends:%H:%M}")
    changed: dict[tuple[UUID, date], list[str]] = {}
    for one in ShiftException.objects.filter(site=shown.site, day__range=(days[0], days[-1])).order_by("starts"):
        spans = changed.setdefault((one.user_id, one.day), [])
        if one.starts and one.ends:
            spans.append(f"{one.starts:%H:%M}–{one.ends:%H:%M}")
    return hours | changed


def _filled(
    shown: Week, lines: dict[UUID, Line], owner: Callable[[WeekVisit], Room | User | None], gone: str
) -> list[Line]:
    """The lines with the visits of each day in them; whoever is missing gets a line at the end."""
    nobody = Line("Nobody", "no place held", [Cell() for _ in shown.days])
    for number, day in enumerate(shown.days):
        for visit in day.visits:
            found = owner(visit)
            if found is None:
                line = nobody
            else:
                line = lines.setdefault(found.pk, Line(str(found), gone, [Cell() for _ in shown.days]))
            line.cells[number].visits.append(visit)
    return [*lines.values(), *([nobody] if nobody.count else [])]


def _appointments(site: Site, days: Sequence[date]) -> list[Appointment]:
    begins, ends = site.day_bounds(days[0])[0], site.day_bounds(days[-1])[1]
    holds = _with_places(Hold.objects.exclude(lane=HANDS_LANE))
    return list(
        Appointment.objects.filter(site=site, starts_at__gte=begins, starts_at__lt=ends, status__in=SHOWN)
        .select_related("patient", "group__room", "group__therapist")
        .prefetch_related(Prefetch("holds", queryset=holds))
        .order_by("starts_at", "id")
    )


def _with_places(holds: Manager[Hold] | QuerySet[Hold]) -> QuerySet[Hold]:
    return holds.select_related("room", "staff", "released_in")


def places(appointment: Appointment) -> tuple[Room | None, User | None, list[Hold]]:
    """Room, person and holds of a visit: those it has, or had until it was called off."""
    read = "holds" in getattr(appointment, "_prefetched_objects_cache", {})
    holds = list(appointment.holds.all() if read else _with_places(appointment.holds))
    now = [hold for hold in holds if hold.active]
    ended = (Appointment.Status.CANCELLED, Appointment.Status.NO_SHOW)
    held = now or [hold for hold in holds if hold.released_in and hold.released_in.after in ended]
    room = next((hold.room for hold in held if hold.room), None)
    staff = next((hold.staff for hold in held if hold.staff), None)
    if appointment.group:
        room, staff = appointment.group.room, appointment.group.therapist
    return room, staff, held


def _visit(appointment: Appointment) -> WeekVisit:
    room, staff, held = places(appointment)
    return WeekVisit(appointment, room, staff, any(hold.overbooked_reason for hold in held))
