"""How a proposal travels to the page and back: signed, so that what is booked is what was shown."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.core import signing

from clinic.errors import Invalid
from clinic.models import Room, User
from patients.models import Patient
from visits.planner import Proposal, Slot

_SALT = "evenkeel.proposal"
_AGE = 3600


def seal(patient: Patient, proposal: Proposal, words: str) -> str:
    """A proposal as a signed text that is good for an hour and for this patient."""
    parts = {
        "patient": str(patient.pk),
        "words": words,
        "minutes": [proposal.drug, proposal.recovery],
        "slots": [
            [slot.kind, slot.starts_at.isoformat(), slot.ends_at.isoformat(), str(slot.room.pk), str(slot.staff.pk)]
            for slot in (*proposal.infusions, proposal.preparation, proposal.midpoint, proposal.integration)
        ],
    }
    return signing.dumps(parts, salt=_SALT, compress=True)


def open_sealed(patient: Patient, sealed: str) -> tuple[Proposal, str]:
    """The proposal and its words. Raises Invalid for a text that is too old, changed, or of another patient."""
    try:
        parts = signing.loads(sealed, salt=_SALT, max_age=_AGE)
    except signing.SignatureExpired:
        raise Invalid("This plan is more than an hour old. Search again, then book.") from None
    except signing.BadSignature:
        raise Invalid("This plan can’t be read. Search again, then book.") from None
    if parts["patient"] != str(patient.pk):
        raise Invalid("This plan belongs to another patient. Search again, then book.")
    rooms = {str(room.pk): room for room in Room.objects.filter(pk__in={UUID(row[3]) for row in parts["slots"]})}
    staff = {str(user.pk): user for user in User.objects.filter(pk__in={UUID(row[4]) for row in parts["slots"]})}
    slots = [
        Slot(kind, datetime.fromisoformat(starts), datetime.fromisoformat(ends), rooms[room], staff[person])
        for kind, starts, ends, room, person in parts["slots"]
    ]
    *infusions, preparation, midpoint, integration = slots
    drug, recovery = parts["minutes"]
    proposal = Proposal(infusions, preparation, midpoint, integration, [], 0.0, drug, recovery)
    return proposal, str(parts["words"])
