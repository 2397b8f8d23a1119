"""Which visits belong together: a loading series and its sessions as one course, for the rules of the calendar."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import Q

from clinic import settings_versions
from clinic.models import Site
from infusions import gaps
from infusions.models import Infusion, Series
from therapy.models import TherapySession
from visits.courses import Course, Point, Windows, in_order
from visits.models import Appointment

LOST = (TherapySession.State.MISSED, TherapySession.State.MOVED)


def read(visits: Collection[UUID]) -> dict[UUID, Course]:
    """The course of each of these visits that belongs to a loading series; a missed visit still has one."""
    mine = Q(infusions__appointment__in=visits) | Q(therapy_sessions__appointment__in=visits)
    found = Series.objects.filter(mine, kind=Series.Kind.LOADING).distinct()
    courses = {course.key: course for course in of_series(found)}
    pairs = [
        *Infusion.objects.filter(appointment__in=visits).values_list("appointment_id", "series_id"),
        *TherapySession.objects.filter(appointment__in=visits).values_list("appointment_id", "series_id"),
    ]
    return {visit: courses[series] for visit, series in pairs if visit and series in courses}


def of_series(found: Iterable[Series]) -> list[Course]:
    """Loading series as courses, in a constant number of queries for each site."""
    every = {series.pk: series for series in found}
    sites = Site.objects.in_bulk({series.site_id for series in every.values()})
    settings = {site.pk: Windows.of(settings_versions.current(site)) for site in sites.values()}
    infusions: dict[UUID, list[Point]] = defaultdict(list)
    sessions: dict[UUID, list[Point]] = defaultdict(list)
    for infusion in Infusion.objects.filter(series__in=every, number__isnull=False).select_related("appointment"):
        site = sites[every[infusion.series_id].site_id]
        infusions[infusion.series_id].append(_point(infusion.appointment, site))
    held = TherapySession.objects.filter(series__in=every, appointment__isnull=False).exclude(state__in=LOST)
    for session in held.select_related("appointment"):
        site = sites[every[session.series_id].site_id]
        if session.appointment:
            sessions[session.series_id].append(_point(session.appointment, site))
    agreed = gaps.agreed(every)
    return [
        Course(
            key=series.pk,
            count=series.planned_count or 0,
            infusions=in_order(infusions[series.pk]),
            sessions=in_order(sessions[series.pk]),
            windows=settings[series.site_id],
            agreed_gap=agreed.get(series.pk, (0, 0))[0],
            agreed_span=agreed.get(series.pk, (0, 0))[1],
        )
        for series in every.values()
    ]


def _point(visit: Appointment, site: Site) -> Point:
    fixed = visit.status not in {Appointment.Status.BOOKED, Appointment.Status.CONFIRMED}
    return Point(visit.pk, visit.kind, site.local(visit.starts_at), site.local(visit.ends_at), fixed)
