"""Psychotherapy notes: written, kept, read and destroyed by their author alone (ADR 29).

No role, no admin and no emergency opens one: every verb asks whether `by` is the author and answers everybody else as
if there were nothing. What a note says is never a message, an event's word, or an argument of a task.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from django.views.decorators.debug import sensitive_variables

from clinic import clock, crypto, rotation
from clinic.errors import DomainError, Invalid, NotFound, Refused
from clinic.models import User
from clinic.policy import Action, can, require
from patients.models import Patient
from therapy.models import PsychotherapyNote, PsychotherapyText, ReleaseAuthorization, TherapySession

LONGEST = 100_000
Reason = PsychotherapyNote.Reason
# Rooms to the right say why nothing of a patient may be destroyed now (a legal hold); "" where nothing does.
objections: list[Callable[[Patient], str]] = []


class SavedElsewhere(DomainError):
    """Another window of the author saved since this one was opened. Nothing was overwritten."""

    title = "Saved in another window"

    def __init__(self, edition: int) -> None:
        self.edition = edition
        super().__init__("This note was saved in another window since you opened it here. Look at both first.")


def of_author(user: User) -> QuerySet[PsychotherapyNote]:
    """The author's notes about patients of the sites at which they work."""
    return PsychotherapyNote.objects.filter(author=user, patient__site_id__in=user.site_ids)


@transaction.atomic
def begin(*, session_id: UUID, by: User) -> PsychotherapyNote:
    """The author's own note of this session; the one that stands when there is one.

    Raises NotFound for a session elsewhere, NotPermitted for who does no therapy there.
    """
    session = (
        TherapySession.objects.select_for_update(of=("self",))
        .select_related("series__site")
        .filter(pk=session_id, series__site_id__in=by.site_ids)
        .first()
    )
    if session is None:
        raise NotFound
    require(by, Action.WRITE_THERAPY, at=session.series.site)
    note, _ = PsychotherapyNote.objects.get_or_create(
        session=session, author=by, destroyed_at=None, defaults={"patient_id": session.patient_id}
    )
    return note


@sensitive_variables("text", "sealed")
@transaction.atomic
def save(*, note_id: UUID, text: str, edition: int, by: User, keep: bool = False) -> PsychotherapyNote:
    """Seal what was typed as the draft; `keep` makes it a version that stays beside those to come.

    Raises NotFound for everybody but the author, SavedElsewhere, Invalid for what is too long.
    """
    note = locked(note_id, by)
    if note.edition != edition:
        raise SavedElsewhere(note.edition)
    text = _cleaned(text)
    now = clock.now()
    _as_author(by)
    texts = PsychotherapyText.objects.filter(note=note)
    newest = texts.order_by("-number").first()
    draft = newest if newest and newest.kept_at is None else None
    if draft is None:
        draft = PsychotherapyText(note=note, author=by, number=newest.number + 1 if newest else 1)
    draft.sealed = crypto.encrypt(text, context=_context(draft), ring=crypto.PRIVATE_NOTES, owner=str(by.pk))
    draft.saved_at, draft.kept_at = now, now if keep else None
    draft.save()
    note.edition, note.saved_at = note.edition + 1, now
    note.save(update_fields=["edition", "saved_at"])
    return note


@sensitive_variables("text")
def _cleaned(text: str) -> str:
    """What was typed, with the line ends of a form made plain. Nothing else of it changes."""
    text = text.replace("\r\n", "\n")
    if len(text) > LONGEST:
        raise Invalid({"text": f"A note has at most {LONGEST:,} characters. Keep this one, and begin another."})
    if "\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise Invalid({"text": "There is a sign in this text that can’t be kept. Take out what was pasted last."})
    return text


@sensitive_variables()
@transaction.atomic
def read(*, note_id: UUID, by: User, number: int | None = None) -> tuple[PsychotherapyText | None, str]:
    """The newest version of the note, or the one asked for, unsealed. Nothing yet: None and "".

    Raises NotFound for everybody but the author, Undecryptable where the key is gone.
    """
    note = _own(note_id, by)
    _as_author(by)
    texts = PsychotherapyText.objects.filter(note=note).order_by("-number")
    one = texts.first() if number is None else texts.filter(number=number).first()
    if one is None and number is not None:
        raise NotFound
    return (one, unsealed(one)) if one else (None, "")


@transaction.atomic
def versions(*, note_id: UUID, by: User) -> list[PsychotherapyText]:
    """Every version, newest first, as it is: sealed."""
    note = _own(note_id, by)
    _as_author(by)
    return list(PsychotherapyText.objects.filter(note=note).order_by("-number")[:200])


def kept_numbers(*, note_id: UUID, by: User) -> list[int]:
    """Which versions of one's own note stand still."""
    return [one.number for one in versions(note_id=note_id, by=by) if one.kept_at]


@transaction.atomic
def destroy(*, note_id: UUID, reason: str, by: User) -> PsychotherapyNote:
    """Empty every version for good; that there was a note, and why it went, stays.

    Raises NotFound for everybody but the author, Invalid for no reason, Refused under a legal hold, or
    while an authorization to release it stands.
    """
    note = locked(note_id, by)
    if reason not in Reason.values:
        raise Invalid({"reason": "Choose why the note is destroyed."})
    for objection in objections:
        if sentence := objection(note.patient):
            raise Refused(sentence)
    signed = ReleaseAuthorization.objects.filter(note=note, release=None).select_related("note__patient__site")
    if any(one.stands() for one in signed):
        raise Refused("An authorization to release this note stands. Release it or revoke the authorization first.")
    _as_author(by)
    for text in PsychotherapyText.objects.filter(note=note):
        text.sealed = ""
        text.save(update_fields=["sealed"])
    note.destroyed_at, note.destroyed_because = clock.now(), reason
    note.save(update_fields=["destroyed_at", "destroyed_because"])
    return note


@sensitive_variables()
def unsealed(one: PsychotherapyText) -> str:
    return crypto.decrypt(one.sealed, context=_context(one), ring=crypto.PRIVATE_NOTES, owner=str(one.author_id))


def _context(one: PsychotherapyText) -> str:
    """What the seal is bound to: put into another row, or under another author, it does not open."""
    return f"therapy_psychotherapytext.sealed.{one.pk}.{one.author_id}"


def _own(note_id: UUID, by: User) -> PsychotherapyNote:
    note = of_author(by).select_related("patient__site").filter(pk=note_id, destroyed_at=None).first()
    if note is None:
        raise NotFound
    require(by, Action.WRITE_THERAPY, at=note.patient.site)
    return note


def panel(session: TherapySession, user: User) -> dict[str, object] | None:
    """For the session's page: the user's own note of it, or that one can be begun. One query."""
    if not can(user, Action.WRITE_THERAPY, session.series.site):
        return None
    return {"note": PsychotherapyNote.objects.filter(session=session, author=user, destroyed_at=None).first()}


def locked(note_id: UUID, by: User) -> PsychotherapyNote:
    """One's own note that stands, with its row held. Raises NotFound for everybody else."""
    _own(note_id, by)
    note = PsychotherapyNote.objects.select_for_update().filter(pk=note_id, author=by, destroyed_at=None).first()
    if note is None:
        raise NotFound
    return note


def _as_author(user: User) -> None:
    """Name the author to the database's own rule (row security) until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('evenkeel.author', %s, true)", [str(user.pk)])


def _may_seal_anew() -> None:
    """Kept versions stand still but for this; told to the database until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('evenkeel.rotating', 'private notes', true)")


COLUMN = rotation.of_text(
    PsychotherapyText, "sealed", context=_context, ring=crypto.PRIVATE_NOTES,
    owner=lambda row: str(row.author_id), prepare=_may_seal_anew,
)  # fmt: skip
