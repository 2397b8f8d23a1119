"""What the page of a session shows of its notes: what is typed, what is signed, what differs, what is missing."""

from __future__ import annotations

from typing import Any, NamedTuple

from clinic.models import User
from infusions.models import Series
from therapy import cosigning, drafts, notes, phrases
from therapy.differences import Piece, pieces
from therapy.headings import sections
from therapy.models import NoteDraft, SessionNote, TherapySession
from therapy.note_forms import NoteForm


class Shown(NamedTuple):
    """A heading of a note that is read, not typed."""

    label: str
    text: str
    copied_from: SessionNote | None


class Difference(NamedTuple):
    """One field that another window changed: yours, theirs, and both as one text. `name` is its id on the page."""

    name: str
    label: str
    mine: str
    theirs: str
    pieces: list[Piece]


def shown(written: SessionNote | NoteDraft, found: TherapySession, kind: str) -> list[Shown]:
    """Every heading with words under it, in the order of its kind."""
    texts: dict[str, tuple[str, SessionNote | None]]
    if isinstance(written, NoteDraft):
        texts = {key: (text, None) for key, text in written.texts.items()}
    else:
        rows = written.sections.select_related("copied_from__session__appointment")
        texts = {row.key: (row.text, row.copied_from) for row in rows}
    return [Shown(row.label, *texts[row.key]) for row in sections(kind, found.kind) if texts.get(row.key, ("",))[0]]


def differences(form: NoteForm, draft: NoteDraft) -> list[Difference]:
    """What this page would change of what stands now."""
    stands = NoteForm(session=form.session, kind=form.kind, draft=draft)
    labels = {row.key: row.label for row in form.sections}
    found = []
    for name in form.fields:
        if name in {"version", "page"} or name not in form.data:
            continue
        mine, theirs = (_as_typed(each, name) for each in (form, stands))
        if mine != theirs:
            found.append(
                Difference(name, labels.get(name) or str(form[name].label), mine, theirs, pieces(mine, theirs))
            )
    return found


def _as_typed(form: NoteForm, name: str) -> str:
    value = form[name].value()
    if hasattr(value, "strftime"):
        return f"{value:%H:%M}"
    return str(value or "").replace("\r\n", "\n")


def kept(found: TherapySession, form: NoteForm, draft: NoteDraft | None) -> dict[str, Any]:
    """What changes on the page when it was saved."""
    return {
        "session": found,
        "site": found.series.site,
        "kind": form.kind,
        "kept_draft": draft,
        "note_form": form,
        "form": form,
        "patient": found.patient,
    } | before_signing(found, form.kind, draft)


def before_signing(found: TherapySession, kind: str, draft: NoteDraft | None) -> dict[str, Any]:
    """The list “Before you sign”, and the risk questions of the day."""
    progress = kind == SessionNote.Kind.PROGRESS
    screen = notes.risk_screen(found) if progress else None
    draft = draft or NoteDraft(session=found, kind=kind)
    lines = notes.checks(draft, found, screen)
    return {
        "checks": lines,
        "ready": all(line.done for line in lines),
        "screen": screen,
        "screen_words": notes.risk_words(screen) if screen else "",
        "asks_risk": progress,
        "running_minutes": notes.running_minutes(draft),
    }


def written(found: TherapySession, kind: str, user: User) -> dict[str, Any]:
    """For the writer of an unsigned note: the draft, the phrases, what may be copied, the plan beside the note."""
    draft = drafts.of(found, kind, user)
    before = drafts.to_copy(found, kind)
    return {
        "draft": draft,
        "phrases": phrases.of(user),
        "to_copy": before.note if before.texts else None,
        "supervisor": cosigning.supervisor_of(user),
    } | before_signing(found, kind, draft)


def plan_lines(found: TherapySession, user: User) -> list[str]:
    """The points of the session plan, beside the progress note: as signed, or as its writer has them."""
    note = found.notes.filter(kind=SessionNote.Kind.PLAN).prefetch_related("sections").first()
    if note is not None:
        focus = next((row.text for row in note.sections.all() if row.key == "focus"), "")
    else:
        draft = drafts.of(found, SessionNote.Kind.PLAN, user)
        focus = draft.texts.get("focus", "") if draft else ""
    return [line.strip(" -•") for line in focus.splitlines() if line.strip(" -•")][:8]


def place_words(series: Series) -> str:
    """Where in its series the patient stands: “after infusion 3 of 6”."""
    given = series.infusions.filter(started_at__isnull=False, number__isnull=False).count()
    if not given:
        return "before the first infusion"
    return f"after infusion {given}" + (f" of {series.planned_count}" if series.planned_count else "")
