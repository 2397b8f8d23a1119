"""What the therapist shares with the nurse at the chair."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from clinic import clock
from clinic.errors import Invalid
from clinic.models import User
from therapy import sessions
from therapy.models import IntentionCard


@transaction.atomic
def share_intentions(
    *, session_id: UUID, words: str, by: User, music: str = "", touch: str = "", grounding: str = ""
) -> IntentionCard:
    """Give the nurse at the chair the patient's words and what helps. Replaces an earlier card of the session."""
    session = sessions.own(session_id, by)
    if not words.strip():
        raise Invalid({"words": "Write the intention in the patient’s own words."})
    card, _ = IntentionCard.objects.update_or_create(
        session=session,
        defaults={
            "words": words.strip(),
            "music": music,
            "touch": touch,
            "grounding": grounding,
            "shared_at": clock.now(),
            "shared_by": by,
        },
    )
    return card
