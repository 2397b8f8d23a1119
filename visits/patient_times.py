"""The hours to which a patient may move a visit by themselves: free, near the present day, and against no rule.

What the desk could do with a reason, or a provider with their name, is not offered here; a patient who needs it asks
the desk to call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby, islice

from clinic import clock, settings_versions
from clinic.models import User
from visits import courses, places
from visits.calendar import Calendar
from visits.changes import as_wanted
from visits.models import Appointment
from visits.rules import INFUSIONS

DAYS_BEFORE, DAYS_AFTER = 7, 14
MOST, A_DAY = 12, 3
GRID_MINUTES = 30

Keeps = Callable[[datetime], bool]
keeping: list[Callable[[Appointment], Keeps | None]] = []
"""Rooms to the right add what else forbids an hour: asked once for a visit, then for each hour."""


@dataclass(frozen=True)
class Day:
    """One day, and its free hours nearest to the present one."""

    on: date
    starts: tuple[datetime, ...]


def may_still_move(visit: Appointment) -> bool:
    """Whether there is as much notice left as a cancellation needs: later, and for a group, the desk is asked."""
    return visit.group_id is None and clock.now() <= visit.starts_at - _notice(visit)


def _notice(visit: Appointment) -> timedelta:
    return timedelta(hours=settings_versions.current(visit.site).cancel_notice_hours)


def allowed(visit: Appointment) -> Keeps:
    """Whether an hour is near enough, gives the site its notice, and breaks no rule of the series or of a room."""
    course = courses.of([visit.pk]).get(visit.pk)
    others = [asked for ask in keeping if (asked := ask(visit))]
    first, last = _span(visit)
    earliest, local = clock.now() + _notice(visit), visit.site.local
    latest = visit.starts_at + timedelta(days=DAYS_AFTER + 1)  # what is further away may be no day of any calendar

    def keeps(starts_at: datetime) -> bool:
        if not earliest <= starts_at <= latest or not first <= local(starts_at).date() <= last:
            return False
        broken = course is not None and bool(courses.after_moving(course, {visit.pk: local(starts_at)}))
        return not broken and all(keep(starts_at) for keep in others)

    return keeps


def _span(visit: Appointment) -> tuple[date, date]:
    day = visit.site.local(visit.starts_at).date()
    return max(day - timedelta(days=DAYS_BEFORE), visit.site.today()), day + timedelta(days=DAYS_AFTER)


def offered(visit: Appointment) -> list[Day]:
    """At most a dozen hours, of the days nearest to the present one, in the order of the calendar."""
    keeps, present = allowed(visit), visit.site.local(visit.starts_at)
    free = {day: list(starts) for day, starts in groupby(_free(visit), key=lambda at: visit.site.local(at).date())}
    chosen: list[Day] = []
    for day in sorted(free, key=lambda one: (abs((one - present.date()).days), one)):
        near = sorted(free[day], key=lambda at: abs(_minute(visit.site.local(at)) - _minute(present)))
        if starts := tuple(islice((at for at in near if at != visit.starts_at and keeps(at)), A_DAY)):
            chosen.append(Day(day, tuple(sorted(starts))))
        if len(chosen) * A_DAY >= MOST:
            break
    return sorted(chosen, key=lambda one: one.on)


def _minute(local: datetime) -> int:
    return local.hour * 60 + local.minute


def _free(visit: Appointment) -> Iterable[datetime]:
    """Every free start, as if the visit's own places were free."""
    first, last = _span(visit)
    calendar = Calendar.load(visit.site, first, last, patients=[visit.patient_id], without=visit.pk)
    form = places.shape_of(as_wanted(visit, visit.starts_at, None, None, calendar.timing), calendar.timing)
    starts = calendar.starts(form, staff=therapist(visit), patient_id=visit.patient_id)
    return calendar.moments(calendar.on_grid(starts, GRID_MINUTES))


def therapist(visit: Appointment) -> User | None:
    """With whom a conversation is: it does not change hands because its hour does."""
    if visit.kind in INFUSIONS:
        return None
    held = visit.holds.filter(active=True, staff__isnull=False).select_related("staff").first()
    return held.staff if held else None
