"""The free time nearest to the best day of a session, for many sessions at once: the calendar is read a single time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import chain

from clinic import clock
from clinic.models import Site, User
from therapy.courses import Ground
from therapy.windows import NEW, Window
from visits.calendar import Calendar
from visits.courses import Course, Point
from visits.ruler import Start
from visits.rules import shape
from visits.slots import GRID_MINUTES, FreeSlot

AHEAD = timedelta(days=28)
NOON = 12


def nearest(
    site: Site, therapist: User, windows: Sequence[Window], ground: Ground | None = None
) -> dict[str, FreeSlot]:
    """By the key of its place, the free time with this therapist that is inside the window and nearest to its best."""
    if not windows:
        return {}
    today = site.today()
    patients = {window.series.patient_id for window in windows}
    calendar = Calendar.load(site, today, today + AHEAD, patients=patients)
    series = {window.series.pk: window.series for window in windows}
    read = ground or Ground.read(series.values())
    of = {course.key: course for one in series.values() for course in read.courses_of(one)}
    found = {}
    for window in windows:
        course = of[window.infusion.pk if window.infusion else window.series.pk]
        if slot := _best(calendar, therapist, window, course):
            found[window.place.key] = slot
    return found


def _best(calendar: Calendar, therapist: User, window: Window, course: Course) -> FreeSlot | None:
    form = shape(window.kind, calendar.timing)
    rooms = calendar.rooms_for(form)
    free = calendar.starts(form, staff=therapist, patient_id=window.series.patient_id)
    starts = chain.from_iterable(calendar.by_day(calendar.on_grid(free, GRID_MINUTES)))
    now = clock.now()
    inside = (start for start in starts if _may_hold(window, start))
    for one in sorted(inside, key=lambda start: _cost(window, start)):
        starts_at, ends_at = calendar.span(one.cell, form.minutes)
        start, end = (window.series.site.local(at) for at in (starts_at, ends_at))
        if starts_at > now and not course.of_session(Point(NEW, window.kind, start, end)):
            return FreeSlot(starts_at, ends_at, tuple(rooms), (therapist,), False)
    return None


def _may_hold(window: Window, start: Start) -> bool:
    """By the day alone, which costs next to nothing; the rule itself looks at the hour."""
    return window.opens.date() <= start.day and (window.grace is None or start.day <= window.grace.date())


def _cost(window: Window, start: Start) -> tuple[int, int]:
    """Days from the best day, then hours from noon, when most people can come."""
    return abs((start.day - window.ideal.date()).days), abs(start.minute // 60 - NOON)
