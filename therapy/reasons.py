"""Why a session stands where a rule is against it: kept with the session when it, or an infusion beside it, moves."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from clinic.models import User
from infusions.models import Series
from therapy import courses
from therapy.models import TherapySession
from visits.courses import Course
from visits.models import StatusEvent

FIELDS = {"window": "out_of_window_reason", "impaired": "same_day_reason"}


def follow_visit(*, appointment_id: UUID, by: User) -> None:
    """After a change of a visit: what is broken has the reason its mover gave, and what is well has none."""
    mine = Q(infusions__appointment=appointment_id) | Q(therapy_sessions__appointment=appointment_id)
    series = Series.objects.filter(mine).distinct()
    given = StatusEvent.objects.filter(appointment=appointment_id, undone_at__isnull=True).exclude(reason="")
    said = given.order_by("-at", "-id").values_list("reason", flat=True).first() or ""
    for course in courses.of_series(series):
        _keep(course, appointment_id, said)


def _keep(course: Course, moved: UUID, said: str) -> None:
    broken = {
        point.visit: {str(concern.code[1]) for concern in course.of_session(point)}
        for point in course.sessions
        if not point.fixed
    }
    for session in TherapySession.objects.filter(appointment__in=broken).exclude(state__in=TherapySession.LOST):
        assert session.appointment_id
        wanted = {
            field: _reason(getattr(session, field), said, own=session.appointment_id == moved)
            if code in broken[session.appointment_id]
            else ""
            for code, field in FIELDS.items()
        }
        if any(getattr(session, field) != value for field, value in wanted.items()):
            TherapySession.objects.filter(pk=session.pk).update(**wanted)


def _reason(kept: str, said: str, *, own: bool) -> str:
    """The newest word: of the session's own move, or of the move that put it where it is now."""
    return said if said and (own or not kept) else kept
