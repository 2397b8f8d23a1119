"""Planning, holding and documenting sessions. The only place that writes therapy rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic import clock
from clinic.errors import DomainError, IllegalTransition, Invalid, NotFound, NotPermitted
from clinic.models import User
from clinic.policy import Action, require
from infusions.models import Series
from reminders import followups
from therapy import rules
from therapy.models import Addendum, IntentionCard, NoteSection, SessionNote, TherapySession
from therapy.states import TRANSITIONS
from visits import changes
from visits.models import Appointment

State = TherapySession.State


class Overtaken(DomainError):
    """Somebody (or another tab) saved since this page was opened. `theirs` is what stands now, by section."""

    title = "This note was changed elsewhere"

    def __init__(self, theirs: Mapping[str, str]) -> None:
        self.theirs = dict(theirs)
        super().__init__("The note was saved in another window since this one was opened. Compare both, then save.")


@transaction.atomic
def plan_session(
    *, series: Series, kind: str, appointment: Appointment | None, therapist: User, by: User
) -> TherapySession:
    """Tie a session to its series and, when booked, to its appointment. Raises NotPermitted, Invalid."""
    require(by, Action.BOOK, at=series.site)
    require(therapist, Action.WRITE_THERAPY, at=series.site)
    if TherapySession.objects.filter(series=series, kind=kind).exclude(state__in=[State.MISSED, State.MOVED]).exists():
        raise Invalid(f"This series has its {TherapySession.Kind(kind).label.lower()} session already.")
    return TherapySession.objects.create(
        patient=series.patient, series=series, kind=kind, appointment=appointment, therapist=therapist
    )


@transaction.atomic
def mark_held(*, session_id: UUID, by: User) -> TherapySession:
    """The session took place: its visit is done, its note is still to be written."""
    session = _move(_own(session_id, by), State.HELD)
    _visit_took_place(session, by)
    return session


@transaction.atomic
def mark_missed(*, session_id: UUID, by: User) -> TherapySession:
    """The session did not take place; another may be planned in its stead. Its visit becomes a no-show.

    Raises Refused before its hour has passed.
    """
    session = _own(session_id, by)
    if session.appointment is None or not session.appointment.is_alive:
        return _move(session, State.MISSED)
    changes.no_show(appointment_id=session.appointment.pk, by=by)  # which `follow_visit` follows
    session.refresh_from_db()
    return session


@transaction.atomic
def write(
    *,
    session_id: UUID,
    kind: str,
    sections: Mapping[str, str],
    by: User,
    version: int | None = None,
    started_at: datetime | None = None,
    ended_at: datetime | None = None,
    modality: str = "",
) -> SessionNote:
    """Save a draft of the plan or the progress note. `version` is the one the writer saw; None on a first save.

    Raises Overtaken when it is no longer the newest, Invalid for a heading nobody knows or minutes out of order,
    IllegalTransition once it is signed.
    """
    session = _own(session_id, by)
    known = {section.key for section in rules.sections(kind, session.kind)}
    if stray := set(sections) - known:
        raise Invalid(f"This note has no heading “{', '.join(sorted(stray))}”.")
    if (started_at is None) != (ended_at is None):
        raise Invalid({"ended_at": "Give both the start and the end of the session, or neither."})
    if started_at and ended_at and ended_at <= started_at:
        raise Invalid({"ended_at": "The session ends after it starts. Look at the two times."})
    note, made = SessionNote.objects.select_for_update().get_or_create(
        session=session, kind=kind, defaults={"author": by}
    )
    if note.signed_at:
        raise IllegalTransition("This note", current="Signed", wanted="Draft", allowed=("an addendum",))
    if not made and version != note.version:
        raise Overtaken({section.key: section.text for section in note.sections.all()})
    note.started_at, note.ended_at, note.modality = started_at, ended_at, modality
    note.saved_at = clock.now()
    note.version = 1 if made else note.version + 1
    note.save()
    for key, text in sections.items():
        NoteSection.objects.update_or_create(note=note, key=key, defaults={"text": text})
    return note


@transaction.atomic
def sign(*, note_id: UUID, by: User) -> SessionNote:
    """Sign and lock. Raises Invalid with every heading that is still empty; NotPermitted for another's note."""
    note = SessionNote.objects.select_for_update(of=("self",)).filter(pk=note_id).first()
    if note is None:
        raise NotFound
    session = _own(note.session_id, by)
    if note.signed_at:
        raise IllegalTransition("This note", current="Signed", wanted="Signed", allowed=("an addendum",))
    written = {section.key: section.text.strip() for section in note.sections.all()}
    empty = {
        section.key: f"“{section.label}” is empty. Write a sentence before you sign."
        for section in rules.sections(note.kind, session.kind)
        if section.required and not written.get(section.key)
    }
    progress = note.kind == SessionNote.Kind.PROGRESS
    if progress and note.started_at is None:
        empty["started_at"] = "Give the start and the end of the session: the minutes belong to the note."
    if empty:
        raise Invalid(empty)
    if progress:
        if session.state == State.PLANNED:
            session = _move(session, State.HELD)
        session = _move(session, State.DOCUMENTED)
        _move(session, State.SIGNED)
        _visit_took_place(session, by)
        followups.close_for(
            subject_kind="therapy_session", subject_id=session.pk, kind="note_due", outcome="The note is signed.", by=by
        )
    note.signed_at, note.signed_by = clock.now(), by
    note.save(update_fields=["signed_at", "signed_by"])
    return note


@transaction.atomic
def addendum(*, note_id: UUID, text: str, by: User) -> Addendum:
    """Add to a signed note. Raises Invalid for an empty text or an unsigned note."""
    note = SessionNote.objects.select_for_update(of=("self",)).filter(pk=note_id).first()
    if note is None:
        raise NotFound
    _own(note.session_id, by)
    if not note.signed_at:
        raise Invalid("The note is not signed yet. Write into the note itself.")
    if not text.strip():
        raise Invalid({"text": "Write what is to be added."})
    return Addendum.objects.create(note=note, text=text.strip(), by=by)


@transaction.atomic
def share_intentions(
    *, session_id: UUID, words: str, by: User, music: str = "", touch: str = "", grounding: str = ""
) -> IntentionCard:
    """Give the nurse at the chair the patient's words and what helps. Replaces an earlier card of the session."""
    session = _own(session_id, by)
    if not words.strip():
        raise Invalid({"words": "Write the intention in the patient’s own words."})
    card, _ = IntentionCard.objects.update_or_create(
        session=session,
        defaults={
            "words": words.strip(),
            "music": music,
            "touch": touch,
            "grounding": grounding,
            "shared_at": clock.now(),
            "shared_by": by,
        },
    )
    return card


@transaction.atomic
def follow_visit(*, appointment_id: UUID, by: User) -> None:
    """A visit was called off, missed, brought back or moved: its session is missed, planned again, or another's."""
    session = TherapySession.objects.select_for_update(of=("self",)).filter(appointment_id=appointment_id).first()
    if session is None:
        return
    visit = Appointment.objects.get(pk=appointment_id)
    if session.state == State.PLANNED and not visit.is_alive:
        _move(session, State.MISSED)
    elif session.state == State.MISSED and visit.is_alive and not _another(session):
        _move(session, State.PLANNED)
    if session.state == State.PLANNED:
        _go_with(session, visit)


def _go_with(session: TherapySession, visit: Appointment) -> None:
    """The session belongs to the therapist who holds its visit."""
    held = visit.holds.filter(active=True, staff__isnull=False).values_list("staff_id", flat=True).first()
    if held and held != session.therapist_id:
        session.therapist_id = held
        session.save(update_fields=["therapist"])


def _another(session: TherapySession) -> bool:
    """Another session of this kind was planned in its stead."""
    same = TherapySession.objects.filter(series=session.series_id, kind=session.kind).exclude(pk=session.pk)
    return same.exclude(state__in=[State.MISSED, State.MOVED]).exists()


def _visit_took_place(session: TherapySession, by: User) -> None:
    """The visit moves along to its end. Raises Refused before the day of the visit."""
    visit = session.appointment
    if visit is None or not visit.is_alive:
        return
    if visit.status in {Appointment.Status.BOOKED, Appointment.Status.CONFIRMED}:
        visit = changes.arrive(appointment_id=visit.pk, by=by, observed_at=min(visit.starts_at, clock.now()))
    if visit.status == Appointment.Status.ARRIVED:
        visit = changes.begin(appointment_id=visit.pk, by=by)
    changes.finish(appointment_id=visit.pk, by=by)


def _own(session_id: UUID, by: User) -> TherapySession:
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


def _move(session: TherapySession, wanted: State) -> TherapySession:
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
