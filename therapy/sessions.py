"""Planning, holding and documenting sessions. The only place that writes therapy rows."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from clinic import clock
from clinic.errors import IllegalTransition, Invalid, NotFound, NotPermitted
from clinic.models import User
from clinic.policy import Action, require
from infusions.models import Infusion, Series
from therapy import of_visit
from therapy.models import TherapySession
from therapy.states import TRANSITIONS
from visits import changes
from visits.followers import Change
from visits.models import Appointment

State = TherapySession.State
LOST = TherapySession.LOST


@transaction.atomic(savepoint=False)
def plan_session(
    *,
    series: Series,
    kind: str,
    appointment: Appointment | None,
    therapist: User,
    by: User,
    infusion: Infusion | None = None,
    why: Mapping[object, str] | None = None,
) -> TherapySession:
    """Tie a session to its series or booster and, when booked, to its appointment; once more changes nothing.

    `why` holds the reasons for what it breaks: its "window", or "impaired" after an infusion of the same day.
    Raises NotPermitted, Invalid.
    """
    require(by, Action.BOOK, at=series.site)
    require(therapist, Action.WRITE_THERAPY, at=series.site)
    same = TherapySession.objects.filter(series=series, kind=kind, infusion=infusion).exclude(state__in=LOST)
    standing = same.first() if kind in TherapySession.ONCE else None
    if standing and appointment and standing.appointment_id == appointment.pk:
        return standing
    if standing:
        whose = "booster" if infusion else "series"
        raise Invalid(f"This {whose} has its {TherapySession.Kind(kind).label.lower()} session already.")
    return TherapySession.objects.create(
        patient=series.patient,
        series=series,
        kind=kind,
        appointment=appointment,
        therapist=therapist,
        infusion=infusion,
        out_of_window_reason=(why or {}).get("window", ""),
        same_day_reason=(why or {}).get("impaired", ""),
    )


@transaction.atomic
def mark_held(*, session_id: UUID, by: User) -> TherapySession:
    """The session took place: its visit is done, its note is still to be written."""
    session = move(with_visit(session_id, by), State.HELD)
    visit_took_place(session, by)
    return session


@transaction.atomic
def mark_missed(*, session_id: UUID, by: User) -> TherapySession:
    """The session did not take place; another may be planned in its stead. Its visit becomes a no-show.

    Raises Refused before its hour has passed.
    """
    session = with_visit(session_id, by)
    if session.appointment is None or not session.appointment.is_alive:
        return move(session, State.MISSED)
    changes.no_show(appointment_id=session.appointment.pk, by=by)  # which `follow_visit` follows
    session.refresh_from_db()
    return session


def follow_visit(change: Change) -> None:
    """A visit was called off, missed, brought back or moved: its session is missed, planned again, or another's."""
    session, visit = of_visit.session(change), change.visit
    if session is None:
        return
    if session.state == State.PLANNED and not visit.is_alive:
        move(session, State.MISSED)
    elif session.state == State.MISSED and visit.is_alive and not _another(session):
        move(session, State.PLANNED)
    if session.state == State.PLANNED:
        _go_with(session, visit)


def _go_with(session: TherapySession, visit: Appointment) -> None:
    """The session belongs to the therapist who holds its visit."""
    of_holds = visit.holds.filter(active=True, staff__isnull=False).values_list("staff_id", flat=True)
    held = visit.group.therapist_id if visit.group else of_holds.first()
    if held and held != session.therapist_id:
        session.therapist_id = held
        session.save(update_fields=["therapist"])


def _another(session: TherapySession) -> bool:
    """Another session of this kind was planned in its stead."""
    if session.kind not in TherapySession.ONCE:
        return False
    same = TherapySession.objects.filter(
        series=session.series_id, kind=session.kind, infusion=session.infusion_id
    ).exclude(pk=session.pk)
    return same.exclude(state__in=LOST).exists()


def visit_took_place(session: TherapySession, by: User) -> None:
    """The visit moves along to its end. Raises Refused before the day of the visit."""
    visit = session.appointment
    if visit is None or not visit.is_alive:
        return
    if visit.status in {Appointment.Status.BOOKED, Appointment.Status.CONFIRMED}:
        visit = changes.arrive(appointment_id=visit.pk, by=by, observed_at=min(visit.starts_at, clock.now()))
    if visit.status == Appointment.Status.ARRIVED:
        visit = changes.begin(appointment_id=visit.pk, by=by)
    changes.finish(appointment_id=visit.pk, by=by)


def own(session_id: UUID, by: User) -> TherapySession:
    """The session under a row lock, for its therapist alone. Raises NotFound, NotPermitted."""
    session = (
        TherapySession.objects.select_for_update(of=("self",))
        .select_related("series__site", "patient", "appointment__site")
        .filter(pk=session_id)
        .first()
    )
    if session is None or session.series.site_id not in by.site_ids:
        raise NotFound
    require(by, Action.WRITE_THERAPY, at=session.series.site)
    if session.therapist_id != by.pk:
        raise NotPermitted("This session belongs to another therapist. Only its therapist writes its notes.")
    return session


def with_visit(session_id: UUID, by: User) -> TherapySession:
    """The same for what changes its visit too: that is locked first, as whoever moves the visit does."""
    visit = TherapySession.objects.filter(pk=session_id).values_list("appointment", flat=True).first()
    if visit is not None:
        changes.locked(visit)
    return own(session_id, by)


def move(session: TherapySession, wanted: State) -> TherapySession:
    current = State(session.state)
    if wanted not in TRANSITIONS[current]:
        raise IllegalTransition(
            "This session",
            current=current.label,
            wanted=wanted.label,
            allowed=[State(state).label for state in sorted(TRANSITIONS[current])],
        )
    session.state = wanted
    session.save(update_fields=["state"])
    return session
