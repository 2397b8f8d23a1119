"""How the patient was the day after the last infusion, beside the chair of the next one."""

from __future__ import annotations

from clinic.models import User
from infusions import checkins
from infusions.models import Infusion
from infusions.panels import Panel


def last(infusion: Infusion, user: User) -> Panel | None:
    """The newest answer, or the silence, after an infusion before this one."""
    told = checkins.told(infusion.series.patient)
    found = told.filter(infusion__appointment__starts_at__lt=infusion.appointment.starts_at).first()
    return Panel("infusions/chair/_checkin.html", {"checkin": found}) if found else None
