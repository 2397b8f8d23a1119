"""Notes that wait for a supervisor, and remarks that wait for the author, on the list of whose turn it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse

from clinic.models import Site
from patients.models import Patient
from reminders.asking import Ask, Watch
from therapy import cosigning
from therapy.models import SessionNote

AFTER = timedelta(hours=72)
COSIGN, ANSWER = "cosign_due", "note_sent_back"


def _asks(site: Site, patient: Patient | None) -> Iterator[Ask]:
    for note in cosigning.open_notes(site, patient):
        if cosigning.is_unanswered(note):
            title = f"Answer the remark on the note of {note.session.patient.name}"
            yield _ask(note, ANSWER, title)
        else:
            yield _ask(note, COSIGN, f"Co-sign the note of {note.session.patient.name}")


def _ask(note: SessionNote, kind: str, title: str) -> Ask:
    assert note.signed_at
    link = f"{reverse('therapy:session', args=[note.session_id])}?note={note.kind}"
    owner = note.author if kind == ANSWER else note.supervisor
    return Ask(("session_note", note.pk), title, note.signed_at + AFTER, link, note.session.patient, owner, kind=kind)


WATCH = Watch((COSIGN, ANSWER), "The note is signed by both.", _asks)


def look(note: SessionNote) -> None:
    """The note was signed, answered, sent back or co-signed: whose turn is it now?"""
    WATCH.look(note.session.series.site, patient=note.session.patient)
