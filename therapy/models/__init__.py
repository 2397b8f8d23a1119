"""The talk: sessions that hold the infusions, and what is written of them."""

from therapy.models.cards import IntentionCard
from therapy.models.cosigning import CoSignature, Supervision
from therapy.models.journals import CollateralConsent, CollateralNote, JournalEntry
from therapy.models.notes import Addendum, Modality, NoteDraft, NoteSection, Reached, SessionNote
from therapy.models.phrases import NotePhrase
from therapy.models.plans import IntegrationPlan, PlanStep, StepTick
from therapy.models.private import NoteRelease, PsychotherapyNote, PsychotherapyText, ReleaseAuthorization
from therapy.models.referrals import Referral
from therapy.models.sessions import TherapySession

__all__ = [
    "Addendum",
    "CoSignature",
    "CollateralConsent",
    "CollateralNote",
    "IntegrationPlan",
    "IntentionCard",
    "JournalEntry",
    "Modality",
    "NoteDraft",
    "NotePhrase",
    "NoteRelease",
    "NoteSection",
    "PlanStep",
    "PsychotherapyNote",
    "PsychotherapyText",
    "Reached",
    "Referral",
    "ReleaseAuthorization",
    "SessionNote",
    "StepTick",
    "Supervision",
    "TherapySession",
]
