"""Visits and groups whose place no longer stands: the room or the site is closed then, or the person is not at work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.db.models import Prefetch

from clinic import clock
from clinic.models import Room, Site, User
from reminders import followups
from visits.calendar import Calendar
from visits.models import Appointment, GroupSession, Hold
from visits.ruler import block

LONGEST_DAYS = 31
LOST = "places_lost"
BEGUN = (Appointment.Status.ARRIVED, Appointment.Status.IN_PROGRESS)


def find(
    site: Site, first: date, last: date, *, person: User | None = None, room: Room | None = None
) -> list[Appointment]:
    """Visits that are still to come on these days and have lost their place, by time (a constant number of queries).

    With a person or a room, only those that lost theirs because of them.
    """
    begins, ends = site.day_bounds(first)[0], site.day_bounds(last)[1]
    holds = Hold.objects.filter(active=True).select_related("room", "staff")
    coming = (
        Appointment.objects.filter(site=site, status__in=Appointment.ALIVE, starts_at__gte=begins, starts_at__lt=ends)
        .filter(ends_at__gt=clock.now())
        .select_related("patient", "site")
        .prefetch_related(Prefetch("holds", holds))
        .order_by("starts_at", "id")
    )
    if person:
        coming = coming.filter(holds__staff=person, holds__active=True).distinct()
    if room:
        coming = coming.filter(holds__room=room, holds__active=True).distinct()
    visits = list(coming)
    if not visits:
        return []
    calendar = Calendar.place(site, first, max(site.local(visit.ends_at).date() for visit in visits))
    return [visit for visit in visits if _is_lost(calendar, visit.holds.all(), person, room)]


def groups(
    site: Site, first: date, last: date, *, person: User | None = None, room: Room | None = None
) -> list[GroupSession]:
    """The same for groups. Each is moved or called off as a whole, on its own page: no search moves it."""
    begins, ends = site.day_bounds(first)[0], site.day_bounds(last)[1]
    holds = Hold.objects.filter(active=True).select_related("room", "staff")
    coming = (
        GroupSession.objects.filter(site=site, cancelled_at=None, starts_at__gte=begins, starts_at__lt=ends)
        .filter(ends_at__gt=clock.now())
        .select_related("room", "therapist")
        .prefetch_related(Prefetch("holds", holds))
        .order_by("starts_at", "id")
    )
    if person:
        coming = coming.filter(therapist=person)
    if room:
        coming = coming.filter(room=room)
    found = list(coming)
    if not found:
        return []
    calendar = Calendar.place(site, first, max(site.local(group.ends_at).date() for group in found))
    return [group for group in found if _is_lost(calendar, group.holds.all(), person, room)]


def close_task(site: Site, last_day: date, by: User) -> None:
    """The task goes when nothing is without a place any more, up to this day and the next weeks."""
    today = site.today()
    until = max(last_day, today + timedelta(days=LONGEST_DAYS))
    if not find(site, today, until) and not groups(site, today, until):
        outcome = "Every visit has its place."
        followups.close_for(subject_kind="site", subject_id=site.pk, kind=LOST, outcome=outcome, by=by)


def _is_lost(calendar: Calendar, holds: Iterable[Hold], person: User | None, room: Room | None) -> bool:
    for hold in holds:
        where = calendar.room_open if hold.room_id else calendar.at_work if hold.staff_id else None
        ours = (person is None and room is None) or hold.resource in {one.pk for one in (person, room) if one}
        if where is not None and ours and not _stands(calendar, where.get(hold.resource, 0), hold):
            return True
    return False


def _stands(calendar: Calendar, there: int, hold: Hold) -> bool:
    need = block(max(calendar.cell(hold.during.lower), 0), calendar.cell(hold.during.upper))
    return there & need == need


def place_of(visit: Appointment) -> tuple[Room | None, User | None]:
    """The room and the person that a visit holds; its holds are read already."""
    holds: Sequence[Hold] = [hold for hold in visit.holds.all() if hold.active]
    room = next((hold.room for hold in holds if hold.room), None)
    staff = next((hold.staff for hold in holds if hold.staff), None)
    return room, staff
