"""The session that a changed visit belongs to, and the course around it: read once for everybody who follows it.

Whoever follows a change comes here after the infusion and the session themselves were brought in line with the visit.
"""

from __future__ import annotations

from infusions import of_visit
from infusions.models import Series
from therapy import windows
from therapy.courses import Ground
from therapy.models import TherapySession
from visits.courses import Course
from visits.followers import Change
from visits.models import Appointment


def session(change: Change) -> TherapySession | None:
    """The session of the visit, its row locked."""
    return change.once(_session)


def series(change: Change) -> Series | None:
    """The series of the visit's infusion or session, with its site and its patient."""
    if place := of_visit.place(change):
        return place.series
    found = session(change)
    return found.series if found else None


def ground(change: Change) -> Ground | None:
    """The series of the visit, and the patient's others whose sessions may have to be booked."""
    return change.once(_ground)


def courses(change: Change) -> list[Course]:
    """The courses of the visit's own series."""
    own, around = series(change), ground(change)
    return list(around.courses_of(own)) if own and around else []


def loading(change: Change) -> tuple[Series, Course] | None:
    """The loading series that the visit belongs to, as a series and as a course."""
    own = series(change)
    if own is None or own.kind != Series.Kind.LOADING:
        return None
    (course,) = courses(change)
    return own, course


def _session(change: Change) -> TherapySession | None:
    if change.visit.kind in Appointment.INFUSIONS:
        return None
    rows = TherapySession.objects.select_for_update(of=("self",)).select_related("series__site", "series__patient")
    found = rows.filter(appointment=change.visit).first()
    if found is not None:
        found.appointment = change.visit
    return found


def _ground(change: Change) -> Ground | None:
    own = series(change)
    if own is None:
        return None
    every = [own]
    if own.kind == Series.Kind.LOADING:
        others = windows.series_to_mind(own.site, change.settings).filter(patient=own.patient_id)
        every += others.exclude(pk=own.pk)
    return Ground.read(every, {change.visit.site_id: change.settings})
