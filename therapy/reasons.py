"""Why a session stands where a rule is against it: kept with the session when it, or an infusion beside it, moves."""

from __future__ import annotations

from collections.abc import Collection

from therapy import of_visit
from therapy.models import TherapySession
from visits.followers import Change
from visits.models import StatusEvent

FIELDS = {"window": "out_of_window_reason", "impaired": "same_day_reason"}


def follow_visit(change: Change) -> None:
    """After a change of a visit: what is broken has the reason its mover gave, and what is well has none."""
    if change.stays and of_visit.session(change) is None:
        return  # it is no reason for the sessions beside it that an infusion has another room
    series, ground = of_visit.series(change), of_visit.ground(change)
    if series is None or ground is None:
        return
    standing = {one.appointment_id: one for one in ground.sessions[series.pk]}
    for course in ground.courses_of(series):
        for point in course.sessions:
            if not point.fixed:
                broken = {str(concern.code[1]) for concern in course.of_session(point)}
                _keep(standing[point.visit], broken, change)


def _keep(session: TherapySession, broken: Collection[str], change: Change) -> None:
    own = session.appointment_id == change.visit.pk
    wanted = {
        field: _reason(getattr(session, field), change.once(_said), own=own) if code in broken else ""
        for code, field in FIELDS.items()
    }
    if any(getattr(session, field) != value for field, value in wanted.items()):
        TherapySession.objects.filter(pk=session.pk).update(**wanted)


def _said(change: Change) -> str:
    """The newest reason that was given for a change of this visit which stands."""
    given = StatusEvent.objects.filter(appointment=change.visit, undone_at__isnull=True).exclude(reason="")
    return given.order_by("-at", "-id").values_list("reason", flat=True).first() or ""


def _reason(kept: str, said: str, *, own: bool) -> str:
    """The newest word: of the session's own move, or of the move that put it where it is now."""
    return said if said and (own or not kept) else kept
