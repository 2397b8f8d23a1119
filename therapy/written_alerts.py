"""What of a journal, or of a note from somebody close, opened an alert: said to whoever takes it up."""

from __future__ import annotations

from django.urls import reverse

from clinic.models import User
from clinic.policy import Action, can
from patients.alerts import Caller
from patients.models import SafetyAlert
from therapy.models import CollateralNote, JournalEntry

OWN = "They wrote words of self-harm in their journal, by their link."
OTHERS = "Somebody close to them wrote that they may harm themselves. Don’t say who, unless the patient brings it up."


def tell(alert: SafetyAlert, user: User) -> list[Caller]:
    """The newest words first; who may not read them learns that there are some, and what kind."""
    may_read = can(user, Action.READ_JOURNAL, alert.patient.site)
    rows = [(OWN, entry.written_at, entry.series_id) for entry in JournalEntry.objects.filter(alert=alert)]
    notes = CollateralNote.objects.filter(alert=alert).select_related("consent")
    rows += [(OTHERS, note.written_at, note.consent.series_id) for note in notes]
    rows.sort(key=lambda row: row[1], reverse=True)
    return [
        Caller(words, at, reverse("therapy:plan", args=[series_id]) if may_read else "")
        for words, at, series_id in rows
    ]
