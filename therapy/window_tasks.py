"""Sessions that stand outside their window, or after an infusion on the same day, on the list of therapists (J10)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time, timedelta

from django.urls import reverse

from clinic import advisory, clock
from clinic.models import User
from infusions import series_tasks
from infusions.models import Series
from therapy import of_visit
from therapy.models import TherapySession
from visits.courses import Concern, Course
from visits.followers import Change

KIND = "session_window"
END_OF_DAY = time(17)
WITHIN = timedelta(hours=1)


def follow_visit(change: Change) -> None:
    """A session, or an infusion that windows hang on, was moved, called off, missed or brought back."""
    if series := of_visit.series(change):
        refresh(series, of_visit.courses(change), by=change.by)


def refresh(series: Series, of: Iterable[Course], *, by: User) -> None:
    """One task while a session of the series stands where it should not."""
    broken = [concern for course in of for concern in course.concerns() if is_of_session(concern)]
    title = f"{series.patient.name}: {broken[0].sentence if broken else ''}"
    series_tasks.keep(
        series,
        KIND,
        bool(broken),
        title,
        due_at=max(series.site.moment(series.site.today(), END_OF_DAY), clock.now() + WITHIN),
        link=_where(series),
        occurrence=f"{advisory.number(title):x}",
        by=by,
    )


def is_of_session(concern: Concern) -> bool:
    return concern.code[0] in TherapySession.Kind.values


def _where(series: Series) -> str:
    """A loading series is mended as a whole; a session of a booster by itself."""
    if series.kind == Series.Kind.LOADING:
        return reverse("journey:repair-series", args=[series.pk])
    return reverse("journey:chart", args=[series.patient_id])
