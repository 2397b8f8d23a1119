"""What a patient heeds before and after a treatment visit, with the hours of the site's protocol (protocol 7.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from clinic import settings_versions
from visits.models import Appointment


@dataclass(frozen=True)
class Before:
    """The last moments for food, drink and what clouds the mind, and when to be there."""

    solids_until: datetime
    fatty_until: datetime
    clear_until: datetime
    sober_from: datetime
    calming_hours: int
    early_minutes: int
    escort_needed: bool


def before(visit: Appointment) -> Before:
    """Counted back from the drug, which begins some minutes after the patient is asked to be there."""
    settings = settings_versions.current(visit.site)
    drug = visit.starts_at + timedelta(minutes=settings.arrival_minutes)

    def back(hours: int) -> datetime:
        return drug - timedelta(hours=hours)

    return Before(
        solids_until=back(settings.fasting_solids_hours),
        fatty_until=back(settings.fasting_fatty_hours),
        clear_until=back(settings.fasting_clear_hours),
        sober_from=back(settings.substance_free_hours),
        calming_hours=settings.benzo_hold_hours,
        early_minutes=settings.arrival_minutes,
        escort_needed=settings.escort_required,
    )
