"""A week of a site, day by day: what stands where. Bounded by the week, a constant number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Prefetch

from clinic.models import Closure, OpeningHours, Room, Site, User
from visits.models import Appointment, Hold
from visits.rules import HANDS_LANE

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


@dataclass(frozen=True)
class Week:
    site: Site
    first: date
    days: tuple[WeekDay, ...]
    rooms: tuple[Room, ...]

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
        return sum(len(day.visits) for day in self.days)


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def week(site: Site, first: date, *, room: UUID | None = None) -> Week:
    """The seven days from `first` on, of all rooms or of one (five queries)."""
    days = [first + timedelta(days=number) for number in range(7)]
    rooms = tuple(Room.objects.filter(site=site, is_active=True))
    open_on = set(OpeningHours.objects.filter(site=site).values_list("weekday", flat=True))
    closures = list(Closure.objects.filter(site=site, room=None, first_day__lte=days[-1], last_day__gte=days[0]))
    shown = {
        day: WeekDay(
            day,
            day.weekday() in open_on,
            next((one.reason for one in closures if one.first_day <= day <= one.last_day), ""),
        )
        for day in days
    }
    for appointment in _appointments(site, days):
        visit = _visit(appointment)
        if room is None or (visit.room and visit.room.pk == room):
            shown[site.local(appointment.starts_at).date()].visits.append(visit)
    return Week(site, first, tuple(shown.values()), rooms)


def _appointments(site: Site, days: Sequence[date]) -> list[Appointment]:
    begins, ends = site.day_bounds(days[0])[0], site.day_bounds(days[-1])[1]
    holds = Hold.objects.select_related("room", "staff", "released_in").exclude(lane=HANDS_LANE)
    return list(
        Appointment.objects.filter(site=site, starts_at__gte=begins, starts_at__lt=ends, status__in=SHOWN)
        .select_related("patient")
        .prefetch_related(Prefetch("holds", queryset=holds))
        .order_by("starts_at", "id")
    )


def places(appointment: Appointment) -> tuple[Room | None, User | None, list[Hold]]:
    """Room, person and holds of a visit: those it has, or had until it was called off."""
    holds = list(appointment.holds.all())
    now = [hold for hold in holds if hold.active]
    ended = (Appointment.Status.CANCELLED, Appointment.Status.NO_SHOW)
    held = now or [hold for hold in holds if hold.released_in and hold.released_in.after in ended]
    room = next((hold.room for hold in held if hold.room), None)
    staff = next((hold.staff for hold in held if hold.staff), None)
    return room, staff, held


def _visit(appointment: Appointment) -> WeekVisit:
    room, staff, held = places(appointment)
    return WeekVisit(appointment, room, staff, any(hold.overbooked_reason for hold in held))
