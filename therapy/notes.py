"""The plan before a session and the progress note after it: drafted, signed, locked, added to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic import clock
from clinic.errors import DomainError, IllegalTransition, Invalid, NotFound
from clinic.models import User
from reminders import followups
from therapy import rules, sessions
from therapy.models import Addendum, NoteSection, SessionNote, TherapySession

State = TherapySession.State


class Overtaken(DomainError):
    """Somebody (or another tab) saved since this page was opened. `theirs` is what stands now, by section."""

    title = "This note was changed elsewhere"

    def __init__(self, theirs: Mapping[str, str]) -> None:
        self.theirs = dict(theirs)
        super().__init__("The note was saved in another window since this one was opened. Compare both, then save.")


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
    session = sessions.own(session_id, by)
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
    session = sessions.own(note.session_id, by)
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
            session = sessions.move(session, State.HELD)
        session = sessions.move(session, State.DOCUMENTED)
        sessions.move(session, State.SIGNED)
        sessions.visit_took_place(session, by)
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
    sessions.own(note.session_id, by)
    if not note.signed_at:
        raise Invalid("The note is not signed yet. Write into the note itself.")
    if not text.strip():
        raise Invalid({"text": "Write what is to be added."})
    return Addendum.objects.create(note=note, text=text.strip(), by=by)
