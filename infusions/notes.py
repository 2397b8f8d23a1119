"""The note of an infusion: its figures follow from the rows, the nurse adds words and signs, then only addenda."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from clinic import clock, settings_versions
from clinic.errors import Invalid, NotFound, Refused
from clinic.models import User
from clinic.policy import Action, require
from infusions import note_tasks, record, states, vitals
from infusions.models import Infusion, InfusionNote, NoteAddendum
from infusions.states import State

OVER = (State.DISCHARGED, State.NOT_GIVEN)
"""A note is signed when nothing more will happen; what is typed later is marked."""
MOST_WORDS, MOST_ADDENDUM = 8000, 4000


@transaction.atomic
def write(*, infusion_id: UUID, text: str, by: User, version: int | None = None) -> InfusionNote:
    """Keep the nurse's own words. Raises NotPermitted, Refused when signed or written meanwhile."""
    infusion = _allowed(infusion_id, by)
    if len(text) > MOST_WORDS:
        raise Invalid({"text": "Write this in 8,000 characters or fewer."})
    note = InfusionNote.objects.select_for_update().filter(infusion=infusion).first()
    if note is None:
        return InfusionNote.objects.create(infusion=infusion, text=text.strip(), written_by=by, written_at=clock.now())
    _require_open(note)
    if version is not None and version != note.version:
        raise Refused("Somebody wrote in this note since you opened it. Open it again, then add your words.")
    note.text, note.written_by, note.written_at = text.strip(), by, clock.now()
    note.version += 1
    note.save(update_fields=["text", "written_by", "written_at", "version"])
    return note


@transaction.atomic
def sign(*, infusion_id: UUID, by: User, text: str | None = None, version: int | None = None) -> InfusionNote:
    """Sign the note; its figures are kept as they are now. Raises NotFound, NotPermitted, Refused."""
    infusion = _allowed(infusion_id, by)
    if infusion.state not in OVER:
        raise Refused("The note is signed once the patient has left. Until then its figures still change.")
    settings = settings_versions.current(infusion.appointment.site)
    if open_lines := vitals.unanswered(infusion, infusion.vitals.all(), settings):
        raise Refused(f"{' '.join(open_lines)} Then sign the note.")
    if text is not None or not InfusionNote.objects.filter(infusion=infusion).exists():
        write(infusion_id=infusion_id, text=text or "", by=by, version=version)
    note = InfusionNote.objects.select_for_update().get(infusion=infusion)
    _require_open(note)
    note.figures = record.as_json(record.Account(infusion).sections())
    note.signed_at, note.signed_by = clock.now(), by
    note.save(update_fields=["figures", "signed_at", "signed_by"])
    note_tasks.WATCH.look(infusion.appointment.site, patient=infusion.series.patient, by=by)
    return note


@transaction.atomic
def add(*, infusion_id: UUID, text: str, by: User) -> NoteAddendum:
    """Add to a signed note. Raises NotFound, NotPermitted, Invalid, Refused."""
    infusion = _allowed(infusion_id, by)
    note = InfusionNote.objects.filter(infusion=infusion, signed_at__isnull=False).first()
    if note is None:
        raise Refused("The note is not signed yet. Write into the note itself.")
    if not text.strip():
        raise Invalid({"text": "Write what you add."})
    if len(text) > MOST_ADDENDUM:
        raise Invalid({"text": "Write this in 4,000 characters or fewer."})
    return NoteAddendum.objects.create(note=note, text=text.strip(), written_by=by, written_at=clock.now())


def of(infusion: Infusion) -> InfusionNote | None:
    """The note with those who wrote and signed it."""
    return InfusionNote.objects.filter(infusion=infusion).select_related("written_by", "signed_by").first()


def _allowed(infusion_id: UUID, by: User) -> Infusion:
    infusion = states.locked(infusion_id)
    if infusion.appointment.site_id not in by.site_ids:
        raise NotFound
    require(by, Action.WRITE_NOTE, at=infusion.appointment.site)
    return infusion


def _require_open(note: InfusionNote) -> None:
    if note.signed_at:
        raise Refused("This note is signed. Add to it instead.")
