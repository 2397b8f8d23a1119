"""What is typed of a session until it is signed: kept every few seconds, by one writer, never over somebody's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction

from clinic import clock
from clinic.errors import DomainError, IllegalTransition, Invalid
from clinic.models import User
from therapy import headings, sessions
from therapy.models import Modality, NoteDraft, Reached, SessionNote, TherapySession


class Overtaken(DomainError):
    """Another window or device saved since this page was opened. `draft` is what stands now."""

    title = "This note was changed elsewhere"

    def __init__(self, draft: NoteDraft) -> None:
        self.draft = draft
        self.theirs: dict[str, str] = dict(draft.texts)
        super().__init__("The note was saved in another window since this one was opened. Compare both, then save.")


@transaction.atomic
def write(
    *,
    session_id: UUID,
    kind: str,
    sections: Mapping[str, str],
    by: User,
    version: int | None = None,
    page: str = "",
    started_at: datetime | None = None,
    ended_at: datetime | None = None,
    modality: str = "",
    reached: str = "",
    risk_unasked: str = "",
    looked_at: Iterable[str] = (),
) -> NoteDraft:
    """Keep what was typed. Headings that are not given stay; `version` is the one the writer saw, None on a first save.

    `page` names the browser page: its own earlier save never overtakes it, even when no answer came back. Saving what
    stands already changes nothing. Raises Overtaken, Invalid for a heading nobody knows or a text that is too long,
    IllegalTransition once the note is signed, NotPermitted for another's session.
    """
    session = sessions.own(session_id, by)
    _check(session, kind, sections, modality, reached)
    refuse_signed(session, kind)
    draft = NoteDraft.objects.select_for_update().filter(session=session, kind=kind, author=by).first()
    fresh = draft is None
    draft = draft or NoteDraft(session=session, kind=kind, author=by, version=0)
    held: dict[str, Any] = {
        "started_at": started_at, "ended_at": ended_at, "modality": modality, "reached": reached,
        "risk_unasked": risk_unasked.strip(),
    }  # fmt: skip
    changed = {key: text for key, text in sections.items() if text != draft.texts.get(key, "")}
    looked = _looked(draft, changed, looked_at)
    if not fresh and not changed and looked == set(draft.looked_at) and _same(draft, held):
        return draft
    if not fresh and not _follows(draft, version, page):
        raise Overtaken(draft)
    if draft.page != page or not page:
        draft.page, draft.page_since = page, draft.version
    draft.texts = {**draft.texts, **changed}
    draft.copied = {key: note for key, note in draft.copied.items() if draft.texts.get(key, "").strip()}
    draft.looked_at = sorted(looked & set(draft.copied))
    for name, value in held.items():
        setattr(draft, name, value)
    draft.version += 1
    draft.saved_at = clock.now()
    draft.save(force_insert=fresh)
    return draft


@transaction.atomic
def copy_forward(*, draft_id: UUID, by: User) -> NoteDraft:
    """Take over, under empty headings, what lasts of the note before. It must be looked at before signing.

    Nothing measured, nothing observed that day and no risk is copied. Raises Invalid when there is nothing to copy.
    """
    session = sessions.own(NoteDraft.objects.get(pk=draft_id, author=by).session_id, by)
    draft = NoteDraft.objects.select_for_update(of=("self",)).get(pk=draft_id, author=by)
    refuse_signed(session, draft.kind)
    found = to_copy(session, draft.kind)
    taken = {key: text for key, text in found.texts.items() if not draft.texts.get(key, "").strip()}
    if found.note is None or not taken:
        raise Invalid(
            "There is nothing to copy: the note before has none of these headings, or they are written already."
        )
    draft.texts = {**draft.texts, **taken}
    draft.copied = {**draft.copied, **dict.fromkeys(taken, str(found.note.pk))}
    draft.looked_at = [key for key in draft.looked_at if key not in taken]
    draft.page, draft.version, draft.saved_at = "", draft.version + 1, clock.now()
    draft.save()
    return draft


class ToCopy(NamedTuple):
    """The last signed note of this kind before a session, and what of it lasts."""

    note: SessionNote | None
    texts: Mapping[str, str]


def to_copy(session: TherapySession, kind: str) -> ToCopy:
    """What may be copied into a note of this session; an empty answer when it is the first."""
    lasting = {row.key for row in headings.sections(kind, session.kind) if row.lasts}
    note = (
        SessionNote.objects.filter(session__patient=session.patient_id, kind=kind, signed_at__isnull=False)
        .exclude(session=session)
        .select_related("session__appointment")
        .prefetch_related("sections")
        .order_by("-signed_at")
        .first()
    )
    if note is None:
        return ToCopy(None, {})
    lasted = {row.key for row in headings.sections(kind, note.session.kind) if row.lasts} & lasting
    return ToCopy(note, {row.key: row.text for row in note.sections.all() if row.key in lasted and row.text.strip()})


def of(session: TherapySession, kind: str, user: User) -> NoteDraft | None:
    """The user's own draft; nobody reads another's."""
    return NoteDraft.objects.filter(session=session, kind=kind, author=user).first()


def unlooked(draft: NoteDraft) -> list[str]:
    """Headings that were copied and that nobody looked at yet."""
    return [key for key in draft.copied if key not in draft.looked_at]


def refuse_signed(session: TherapySession, kind: str) -> None:
    if SessionNote.objects.filter(session=session, kind=kind, signed_at__isnull=False).exists():
        raise IllegalTransition("This note", current="Signed", wanted="Draft", allowed=("an addendum",))


def _check(session: TherapySession, kind: str, sections: Mapping[str, str], modality: str, reached: str) -> None:
    known = {section.key: section for section in headings.sections(kind, session.kind)}
    if stray := set(sections) - set(known):
        raise Invalid(f"This note has no heading “{', '.join(sorted(stray))}”.")
    wrong: dict[str, str] = {
        key: f"“{known[key].label}” has {len(text):,} characters; {headings.MOST:,} fit. Part it."
        for key, text in sections.items()
        if len(text) > headings.MOST
    }
    if modality and modality not in Modality.values:
        wrong["modality"] = "Choose how the session was held."
    if reached and reached not in Reached.values:
        wrong["reached"] = "Choose where the session was held."
    if wrong:
        raise Invalid(wrong)


def _follows(draft: NoteDraft, version: int | None, page: str) -> bool:
    """Whether this writer saw what stands: the newest version, or all since it was saved by this very page."""
    if version == draft.version:
        return True
    return bool(page) and page == draft.page and version is not None and version >= draft.page_since


def _same(draft: NoteDraft, held: Mapping[str, Any]) -> bool:
    return all(getattr(draft, name) == value for name, value in held.items())


def _looked(draft: NoteDraft, changed: Mapping[str, str], looked_at: Iterable[str]) -> set[str]:
    """Ticked as looked at, or rewritten by hand, which is looking at it too."""
    return (set(draft.looked_at) | set(looked_at) | set(changed)) & set(draft.copied)
