"""The plan before a session and the progress note after it: signed, locked, added to. Typed in therapy.drafts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from clinic import clock
from clinic.errors import IllegalTransition, Invalid, NotFound
from clinic.models import User
from patients import measures
from patients.models import MeasureResponse
from reminders import followups
from therapy import cosigning, drafts, headings, sessions
from therapy.drafts import Overtaken as Overtaken
from therapy.drafts import write as write
from therapy.models import Addendum, Modality, NoteDraft, NoteSection, Reached, SessionNote, TherapySession

State = TherapySession.State
RISK_QUESTIONS = (MeasureResponse.Instrument.CSSRS, MeasureResponse.Instrument.ASQ)


@dataclass(frozen=True)
class Check:
    """One line of “Before you sign”. `field` is where to mend it; empty once it is done."""

    done: bool
    words: str
    field: str
    sentence: str = ""


@transaction.atomic
def sign(*, note_id: UUID, by: User) -> SessionNote:
    """Sign the draft of this id and lock it. Raises Invalid with all that is still missing, Refused before its day.

    Raises NotPermitted for another's session, NotFound for another's draft.
    """
    session_id = NoteDraft.objects.filter(pk=note_id).values_list("session", flat=True).first()
    session = sessions.with_visit(session_id, by) if session_id else None  # before its draft, as autosave does
    draft = NoteDraft.objects.select_for_update(of=("self",)).filter(pk=note_id).first()
    if session is None or draft is None:
        _refuse_again(note_id, by)
        raise NotFound
    if draft.author_id != by.pk:
        raise NotFound
    drafts.refuse_signed(session, draft.kind)
    screen = risk_screen(session) if draft.kind == SessionNote.Kind.PROGRESS else None
    missing = {check.field: check.sentence for check in checks(draft, session, screen) if not check.done}
    if missing:
        raise Invalid(missing)
    if draft.kind == SessionNote.Kind.PROGRESS:
        _take_place(session, by)
    note = _note_of(draft, by, screen)
    draft.delete()
    _next_turn(note)
    return note


def checks(draft: NoteDraft | None, session: TherapySession, screen: MeasureResponse | None) -> list[Check]:
    """What has to stand before the note can be signed, in the order of the page."""
    draft = draft or NoteDraft(session=session)
    found = [
        Check(bool(draft.texts.get(row.key, "").strip()), row.label, row.key,
              f"“{row.label}” is empty. Write a sentence before you sign.")
        for row in headings.sections(draft.kind, session.kind) if row.required
    ]  # fmt: skip
    found += _copied(draft, session)
    if draft.kind != SessionNote.Kind.PROGRESS:
        return found
    return [*found, _minutes(draft), _risk(draft, screen)]


def _copied(draft: NoteDraft, session: TherapySession) -> Iterator[Check]:
    """A line for each heading that came from the note before."""
    unlooked = drafts.unlooked(draft)
    for row in headings.sections(draft.kind, session.kind):
        if row.key in unlooked:
            sentence = f"“{row.label}” was copied from the note before. Look at it, then say so beside it."
            yield Check(False, f"{row.label}: copied, look at it", f"looked_{row.key}", sentence)
        elif row.key in draft.copied:
            yield Check(True, f"{row.label}: copied, looked at", row.key)


def _minutes(draft: NoteDraft) -> Check:
    start, end = draft.started_at, draft.ended_at
    if start is None:
        return Check(False, "Start and end", "started_at", "Give the start and the end of the session.")
    if end is None:
        return Check(False, "Start and end", "ended_at", "Give the end of the session.")
    if end <= start:
        return Check(False, "Start and end", "ended_at", "The session ends after it starts. Look at the two times.")
    return Check(True, f"{draft.minutes} minutes", "started_at")


def _risk(draft: NoteDraft, screen: MeasureResponse | None) -> Check:
    if screen is not None:
        return Check(True, f"Risk questions: {risk_words(screen)}", "risk_unasked")
    if draft.risk_unasked:
        return Check(True, "Risk questions: not asked, with a reason", "risk_unasked")
    sentence = "Nobody asked the risk questions that day. Ask them, or write why they were not asked."
    return Check(False, "Risk questions: not asked yet", "risk_unasked", sentence)


def risk_screen(session: TherapySession) -> MeasureResponse | None:
    """The suicide screener that the patient answered on the day of the session (protocol 4.2)."""
    site = session.series.site
    day = site.local(session.appointment.starts_at if session.appointment else clock.now()).date()
    start, end = site.day_bounds(day)
    asked = measures.kept(session.patient).filter(instrument__in=RISK_QUESTIONS)
    return asked.filter(observed_at__gte=start, observed_at__lt=end).first()


def risk_words(screen: MeasureResponse) -> str:
    """What the screener said, in a word or two."""
    return measures.reading(screen).words


def running_minutes(draft: NoteDraft) -> int | None:
    """Minutes since the start, while nobody wrote an end."""
    if draft.started_at is None or draft.ended_at is not None:
        return None
    minutes = int((clock.now() - draft.started_at).total_seconds() // 60)
    return minutes if 0 <= minutes < 6 * 60 else None


class Told(NamedTuple):
    """What the bill needs of a session: its span, how it was held, and whether every signature is there."""

    started_at: datetime | None = None
    ended_at: datetime | None = None
    modality: str = Modality.INDIVIDUAL
    reached: str = Reached.IN_PERSON
    final: bool = False

    @property
    def span(self) -> tuple[datetime | None, datetime | None]:
        return (self.started_at, self.ended_at) if self.started_at and self.ended_at else (None, None)

    @property
    def minutes(self) -> int | None:
        start, end = self.span
        return int((end - start).total_seconds() // 60) if start and end else None


def told(session: TherapySession) -> Told:
    """From the progress note as it is signed, else from the draft of its therapist."""
    kind = SessionNote.Kind.PROGRESS
    note = SessionNote.objects.filter(session=session, kind=kind).prefetch_related("supervisions").first()
    found = note or NoteDraft.objects.filter(session=session, kind=kind, author=session.therapist_id).first()
    if found is None:
        return Told()
    final = note is not None and note.signed_at is not None and not note.waits_for_supervisor
    modality, reached = found.modality or Modality.INDIVIDUAL, found.reached or Reached.IN_PERSON
    return Told(found.started_at, found.ended_at, modality, reached, final)


def _take_place(session: TherapySession, by: User) -> None:
    if session.state == State.PLANNED:
        session = sessions.move(session, State.HELD)
    session = sessions.move(session, State.DOCUMENTED)
    sessions.move(session, State.SIGNED)
    sessions.visit_took_place(session, by)
    followups.close_for(
        subject_kind="therapy_session", subject_id=session.pk, kind="note_due", outcome="The note is signed.", by=by
    )


def _note_of(draft: NoteDraft, by: User, screen: MeasureResponse | None) -> SessionNote:
    """The draft as a note, in the order in which the database lets it be: its sections first, then the signature."""
    note = SessionNote.objects.create(
        pk=draft.pk, session=draft.session, kind=draft.kind, author=by, started_at=draft.started_at,
        ended_at=draft.ended_at, modality=draft.modality, reached=draft.reached, risk_unasked=draft.risk_unasked,
        risk_screen=screen, version=draft.version, entered_at=draft.begun_at, saved_at=draft.saved_at,
    )  # fmt: skip
    rows = [
        NoteSection(note=note, key=row.key, text=draft.texts[row.key], copied_from_id=draft.copied.get(row.key))
        for row in headings.sections(draft.kind, draft.session.kind)
        if draft.texts.get(row.key)
    ]
    NoteSection.objects.bulk_create(rows)
    note.signed_at, note.signed_by = clock.now(), by
    if draft.kind == SessionNote.Kind.PROGRESS:
        note.supervisor = cosigning.supervisor_at_work(by)
    note.sha256 = fingerprint(note, {row.key: row.text for row in rows})
    note.save(update_fields=["signed_at", "signed_by", "supervisor", "sha256"])
    return note


def fingerprint(note: SessionNote, texts: dict[str, str] | None = None) -> str:
    """The SHA-256 of what was signed, by whom and when: it shows that a note is still the one that was signed."""
    texts = {row.key: row.text for row in note.sections.all()} if texts is None else texts
    said = {
        "session": str(note.session_id), "kind": note.kind, "by": str(note.signed_by_id), "at": _utc(note.signed_at),
        "started": _utc(note.started_at), "ended": _utc(note.ended_at), "modality": note.modality,
        "reached": note.reached, "risk_unasked": note.risk_unasked, "texts": texts,
    }  # fmt: skip
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def is_as_signed(note: SessionNote) -> bool:
    return not note.sha256 or note.sha256 == fingerprint(note)


def _utc(moment: datetime | None) -> str:
    return f"{moment.timestamp():.6f}" if moment else ""


@transaction.atomic
def addendum(*, note_id: UUID, text: str, by: User) -> Addendum:
    """Add to a signed note. Raises Invalid for an empty text or an unsigned note."""
    note = SessionNote.objects.select_for_update(of=("self",)).filter(pk=note_id).first()
    if note is None:
        if draft := NoteDraft.objects.filter(pk=note_id).first():
            sessions.own(draft.session_id, by)
            raise Invalid("The note is not signed yet. Write into the note itself.")
        raise NotFound
    sessions.own(note.session_id, by)
    if not note.signed_at:
        raise Invalid("The note is not signed yet. Write into the note itself.")
    if not text.strip():
        raise Invalid({"text": "Write what is to be added."})
    added = Addendum.objects.create(note=note, text=text.strip(), by=by)
    _next_turn(note)
    return added


def _next_turn(note: SessionNote) -> None:
    if note.supervisor_id:
        for tell in cosigning.after_turn:
            tell(note)


def _refuse_again(note_id: UUID, by: User) -> None:
    note = SessionNote.objects.filter(pk=note_id).first()
    if note is not None:
        sessions.own(note.session_id, by)
        raise IllegalTransition("This note", current="Signed", wanted="Signed", allowed=("an addendum",))
