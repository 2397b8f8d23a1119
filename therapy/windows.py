"""When the sessions of a series may be, as a person reads it: from when, when best, until when, and how long that is.

The rule itself is visits.session_windows; here it meets the series, its sessions and the clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from clinic import clock
from clinic.models import ProtocolSettings, Site
from clinic.wording import NBSP
from infusions.models import Infusion, Series
from therapy import courses
from therapy.courses import Ground
from therapy.models import TherapySession
from visits import session_windows
from visits.courses import REASON, Concern, Course, Point
from visits.rules import midpoint_between

Kind = TherapySession.Kind
BOOSTER_KINDS = (Kind.PREPARATION, Kind.INTEGRATION)
NEW = UUID(int=1)  # of a visit that is not booked yet
RUNNING = (Series.State.PLANNED, Series.State.ACTIVE)


@dataclass(frozen=True)
class Window:
    """One session that has a place: its window on the site's wall clock, and what is booked in it."""

    series: Series
    kind: str
    infusion: Infusion | None
    opens: datetime
    ideal: datetime
    closes: datetime | None
    grace: datetime | None
    sentence: str
    session: TherapySession | None
    wanted: bool

    @property
    def booked(self) -> bool:
        return self.session is not None and self.session.appointment_id is not None

    @property
    def label(self) -> str:
        return _label(self.kind, self.infusion)

    @property
    def place(self) -> Place:
        return Place(self.series, self.kind, self.infusion)

    @property
    def hours_left(self) -> int | None:
        """Whole hours until it closes, or, once that is over, until its grace ends."""
        now, until = clock.now(), self.until
        return None if until is None else int((until - now).total_seconds() // 3600)

    @property
    def left(self) -> str:
        """How long it is open, in words: hours while they count, else days."""
        hours = self.hours_left
        if hours is None:
            return "Open"
        told = f"{hours}{NBSP}h left" if hours < 72 else f"{hours // 24} days left"
        return f"Late, {told}" if self.is_late else told

    @property
    def until(self) -> datetime | None:
        return self.grace if self.is_late else self.closes

    @property
    def is_late(self) -> bool:
        """It should have been by now; the grace still runs."""
        return self.closes is not None and clock.now() > self.closes

    @property
    def is_over(self) -> bool:
        return self.grace is not None and clock.now() > self.grace

    @property
    def is_open(self) -> bool:
        return self.opens <= clock.now() and not self.is_over

    @property
    def tone(self) -> str:
        left = self.hours_left
        if left is None:
            return "none"
        return "stop" if self.is_late or left < 24 else "warn" if left < 72 else "info"


def of(found: TherapySession | Series, kind: str = "") -> Window | None:
    """The window of a session that is planned, or of this kind in a series; None for one that may be at any time."""
    if isinstance(found, TherapySession):
        return of_place(place_of(found))
    return of_place(Place(found, kind))


def of_series(found: Iterable[Series]) -> list[Window]:
    """Every window of these series and of their boosters, in a constant number of queries for each site."""
    return of_ground(Ground.read(found))


def of_ground(ground: Ground) -> list[Window]:
    """Every window of the series that were read."""
    boosters = {one.pk: one for infusions in ground.infusions.values() for one in infusions}
    standing = {(one.series_id, one.infusion_id, one.kind): one for rows in ground.sessions.values() for one in rows}
    windows: list[Window] = []
    for course in ground.courses():
        infusion = boosters.get(course.key)
        series = ground.every[infusion.series_id if infusion else course.key]
        given = sum(one.state in Infusion.GIVEN for one in ground.infusions[series.pk])
        kinds = BOOSTER_KINDS if infusion else TherapySession.ONCE
        for kind in kinds if course.infusions else ():
            window = course.window(kind)
            if window:
                windows.append(_window(series, kind, infusion, window, course, given, standing))
    return windows


def series_to_mind(site: Site, settings: ProtocolSettings) -> QuerySet[Series]:
    """Loading series whose sessions may lack: not those that wait, nor those that ended long ago."""
    rows = Series.objects.filter(site=site, kind=Series.Kind.LOADING).exclude(state=Series.State.SUSPENDED)
    return rows.exclude(ended_at__lt=_minded_since(settings)).select_related("patient", "site")


def is_to_mind(series: Series, settings: ProtocolSettings) -> bool:
    """Whether a loading series is one of them."""
    waits = series.state == Series.State.SUSPENDED
    return not waits and (series.ended_at is None or series.ended_at >= _minded_since(settings))


def _minded_since(settings: ProtocolSettings) -> datetime:
    return clock.now() - 2 * timedelta(days=settings.integration_grace_days)


def _window(
    series: Series,
    kind: str,
    infusion: Infusion | None,
    window: session_windows.Window,
    course: Course,
    given: int,
    standing: dict[tuple[UUID, UUID | None, str], TherapySession],
) -> Window:
    return Window(
        series=series,
        kind=kind,
        infusion=infusion,
        opens=window.opens,
        ideal=window.ideal,
        closes=window.closes,
        grace=window.grace,
        sentence=window.sentence,
        session=standing.get((series.pk, infusion.pk if infusion else None, kind)),
        wanted=infusion is None and is_wanted(series, kind, given, len(course.infusions)),
    )


def is_wanted(series: Series, kind: str, given: int, numbered: int) -> bool:
    """Whether a loading series still needs its session of this kind.

    Preparation until something was given, midpoint until the infusion before which it stands, integration always
    (also after an early stop, once something was given).
    """
    runs = series.state in RUNNING
    if kind == Kind.PREPARATION:
        return runs and not given
    if kind == Kind.MIDPOINT:
        _, before = midpoint_between(series.planned_count or numbered)
        return runs and given < before - 1 and numbered >= before
    return runs or bool(given)


@dataclass(frozen=True)
class Place:
    """Where a session belongs: its series, its kind, and the booster it is for."""

    series: Series
    kind: str
    infusion: Infusion | None = None

    @property
    def label(self) -> str:
        return _label(self.kind, self.infusion)

    @property
    def key(self) -> str:
        """How a form names it."""
        return ":".join([self.kind, str(self.series.pk), str(self.infusion.pk) if self.infusion else ""])


def place_of(session: TherapySession) -> Place:
    return Place(session.series, session.kind, session.infusion)


def of_place(place: Place) -> Window | None:
    """None for a session that may be at any time."""
    return next((one for one in of_series([place.series]) if one.place == place), None)


def course_of(place: Place) -> Course:
    """The infusions and sessions that a session at this place is measured by."""
    found = {course.key: course for course in courses.of_series([place.series])}
    return found[place.infusion.pk if place.infusion else place.series.pk]


def concerns(course: Course, place: Place, starts_at: datetime, minutes: int) -> list[Concern]:
    """What a new session at this hour would break: its window, or the rule of the day."""
    start = place.series.site.local(starts_at)
    point = Point(NEW, place.kind, start, start + timedelta(minutes=minutes))
    return [concern for concern in course.of_session(point) if concern.needs == REASON]


def _label(kind: str, infusion: Infusion | None) -> str:
    name = str(Kind(kind).label)
    return f"{name} of booster {infusion.number}" if infusion else f"{name} session"
