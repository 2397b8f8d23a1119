"""Which visits belong together: a loading series and its sessions as one course, for the rules of the calendar.

A booster with its own sessions is a small course of one infusion; the sessions between boosters are another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import prefetch_related_objects

from clinic import settings_versions
from clinic.models import ProtocolSettings, Site
from infusions import gaps
from infusions.models import Infusion, Series
from therapy.models import TherapySession
from visits.courses import Course, Point, Windows, in_order
from visits.models import Appointment

LOST = TherapySession.LOST
TAKES_PLACE = (*Appointment.ALIVE, Appointment.Status.DONE)


def read(visits: Collection[UUID]) -> dict[UUID, Course]:
    """The course of each of these visits that belongs to a series; a missed visit still has one."""
    drugs = Infusion.objects.filter(appointment__in=visits).order_by().values_list("appointment_id", "id", "series_id")
    talks = (
        TherapySession.objects.filter(appointment__in=visits)
        .order_by()
        .values_list("appointment_id", "infusion_id", "series_id")
    )
    places = [*drugs, *talks]
    known = Series.objects.filter(pk__in={series for *_, series in places})
    courses = {course.key: course for course in of_series(known)}
    found = {}
    for visit, infusion, series in places:
        course = courses.get(infusion) or courses.get(series)
        if visit and course:
            found[visit] = course
    return found


def of_series(found: Iterable[Series]) -> list[Course]:
    """Series as courses, in a constant number of queries for each site. The key of a booster's course is its own."""
    return Ground.read(found).courses()


@dataclass(frozen=True)
class Ground:
    """What was read of some series at once."""

    every: dict[UUID, Series]
    windows: dict[UUID, Windows]
    infusions: dict[UUID, list[Infusion]]
    sessions: dict[UUID, list[TherapySession]]
    drugs: dict[UUID, list[Appointment]]
    agreed: dict[UUID, tuple[int, int]]
    _points: dict[tuple[UUID, UUID], tuple[Point, ...]] = field(default_factory=dict)

    @classmethod
    def read(cls, found: Iterable[Series], settings: Mapping[UUID, ProtocolSettings] | None = None) -> Ground:
        """Numbered infusions and sessions that are not lost, with their visits. `settings` are those of known sites."""
        every = {series.pk: series for series in found}
        prefetch_related_objects([*every.values()], "site")
        infusions: dict[UUID, list[Infusion]] = defaultdict(list)
        sessions: dict[UUID, list[TherapySession]] = defaultdict(list)
        drugs: dict[UUID, list[Appointment]] = defaultdict(list)
        for infusion in Infusion.objects.filter(series__in=every, number__isnull=False).select_related("appointment"):
            infusions[infusion.series_id].append(infusion)
        held = TherapySession.objects.filter(series__in=every).exclude(state__in=LOST)
        for session in held.select_related("appointment", "therapist"):
            sessions[session.series_id].append(session)
        patients = {series.patient_id for series in every.values()}
        given = Appointment.objects.filter(patient__in=patients, kind__in=Appointment.INFUSIONS, status__in=TAKES_PLACE)
        for visit in given:
            drugs[visit.patient_id].append(visit)
        known, sites = dict(settings or {}), {series.site_id: series.site for series in every.values()}
        known |= {pk: settings_versions.current(site) for pk, site in sites.items() if pk not in known}
        windows = {pk: Windows.of(known[pk]) for pk in sites}
        return cls(every, windows, infusions, sessions, drugs, gaps.agreed(every))

    def courses(self) -> list[Course]:
        return [course for series in self.every.values() for course in self.courses_of(series)]

    def courses_of(self, series: Series) -> Iterator[Course]:
        infusions, sessions = self.infusions[series.pk], self.sessions[series.pk]
        if series.kind == Series.Kind.LOADING:
            yield self._course(series, series.pk, infusions, sessions)
            return
        around: dict[UUID | None, list[TherapySession]] = defaultdict(list)
        for each in sessions:
            around[each.infusion_id].append(each)
        for one in infusions:
            yield self._course(series, one.pk, [one], around[one.pk])
        yield self._course(series, series.pk, [], around[None])

    def _course(
        self, series: Series, key: UUID, infusions: Sequence[Infusion], sessions: Sequence[TherapySession]
    ) -> Course:
        site = series.site
        own = {one.appointment_id for one in infusions}
        return Course(
            key=key,
            count=series.planned_count or len(infusions),
            infusions=in_order(point(one.appointment, site) for one in infusions),
            sessions=in_order(point(each.appointment, site) for each in sessions if each.appointment),
            windows=self.windows[series.site_id],
            agreed_gap=self.agreed.get(series.pk, (0, 0))[0],
            agreed_span=self.agreed.get(series.pk, (0, 0))[1],
            single=series.kind != Series.Kind.LOADING,
            beside=tuple(one for one in self._drugs_of(series) if one.visit not in own),
        )

    def _drugs_of(self, series: Series) -> tuple[Point, ...]:
        """All visits of the patient at which a drug is given, in order: each booster asks for the same ones."""
        key = series.patient_id, series.site_id
        if key not in self._points:
            self._points[key] = in_order(point(visit, series.site) for visit in self.drugs[series.patient_id])
        return self._points[key]


def point(visit: Appointment, site: Site) -> Point:
    fixed = visit.status not in {Appointment.Status.BOOKED, Appointment.Status.CONFIRMED}
    return Point(visit.pk, visit.kind, site.local(visit.starts_at), site.local(visit.ends_at), fixed)
