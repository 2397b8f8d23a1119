"""A line of the trail as a sentence: for whoever looks after privacy, and for the patient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clinic.models import User
from journey.trail import Line
from patients.models import Patient

BY_ITSELF = {
    "tick": "Evenkeel, by itself",
    "worker": "Evenkeel, by itself",
    "demo": "Evenkeel, the demo clinic",
    "repair": "Evenkeel, by itself",
    "provider": "A provider of messages",
    "import": "An import",
    "command": "A command of the operator",
}
MOST_KINDS = 6


@dataclass(frozen=True)
class Told:
    """One line, ready to be shown."""

    at: datetime
    who: str
    person: User | None
    did: str
    why: str
    where: str
    patient: Patient | None = None
    elsewhere: bool = False
    """It concerned a patient whom the reader may not see: then the reason, which may tell of them, stays away too."""


def tell(line: Line, *, patients: Mapping[UUID, Patient] | None = None) -> Told:
    known = (patients or {}).get(line.patient_id) if line.patient_id else None
    elsewhere = patients is not None and line.patient_id is not None and known is None
    return Told(
        at=line.at,
        who=line.person.full_name if line.person else BY_ITSELF.get(line.source, "Evenkeel, by itself"),
        person=line.person,
        did=did(line),
        why="" if elsewhere else line.reason,
        where=line.address,
        patient=known,
        elsewhere=elsewhere,
    )


def did(line: Line) -> str:
    """“Opened: chart”, or “Wrote: vital signs added, infusion changed”; by a token of the person, that too."""
    through = " through another system" if line.source == "api" else ""
    if line.read:
        return f"Opened{through}: {line.read}"
    kinds = line.wrote[:MOST_KINDS]
    more = len(line.wrote) - len(kinds)
    return f"Wrote{through}: " + ", ".join(kinds) + (f", and {more} more" if more else "")
