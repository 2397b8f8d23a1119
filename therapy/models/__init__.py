"""The talk: sessions that hold the infusions, and what is written of them."""

from therapy.models.cards import IntentionCard
from therapy.models.notes import Addendum, NoteSection, SessionNote
from therapy.models.sessions import TherapySession

__all__ = [
    "Addendum",
    "IntentionCard",
    "NoteSection",
    "SessionNote",
    "TherapySession",
]
