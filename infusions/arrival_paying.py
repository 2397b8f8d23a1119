"""Check-in after a plan has ended: it waits until the visit is paid for, or a provider keeps it (J5)."""

from __future__ import annotations

from clinic.errors import Refused
from infusions.models import GateOverride
from insurance import lapses
from visits.models import Appointment


def object_to(visit: Appointment) -> None:
    """Raises Refused with what an infusion lacks. A provider keeps the slot by letting the light “Coverage” pass."""
    if visit.kind not in Appointment.INFUSIONS:
        return
    needed = lapses.lacking(visit.patient, visit.site.local(visit.starts_at).date())
    if needed and not GateOverride.objects.filter(infusion__appointment=visit, light="coverage").exists():
        keep = "Nothing is cancelled: a provider may keep this visit with a reason, on its page."
        raise Refused(f"{visit.patient.name} can’t be checked in yet. {' '.join(needed)} {keep}")
