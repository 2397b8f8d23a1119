"""What comes after a session: the next infusion and the sessions that follow, beside the note."""

from __future__ import annotations

from typing import Any

from clinic import clock
from clinic.models import User
from infusions.models import Infusion
from therapy import windows
from therapy.models import TherapySession
from visits.models import Appointment


def panel(session: TherapySession, user: User) -> dict[str, Any]:
    """The next infusion of the series, the sessions still to come, those to be booked, and this one's own window."""
    series = session.series
    after = session.appointment.ends_at if session.appointment else clock.now()
    infusion = (
        Infusion.objects.filter(
            series__patient=session.patient_id, number__isnull=False, appointment__starts_at__gt=after,
            appointment__status__in=Appointment.ALIVE,
        )
        .select_related("appointment", "series")
        .order_by("appointment__starts_at")
        .first()
    )  # fmt: skip
    coming = TherapySession.objects.filter(
        patient=session.patient_id, state=TherapySession.State.PLANNED, appointment__starts_at__gt=after
    ).select_related("appointment", "therapist")
    found = windows.of_series([series])
    return {
        "infusion": infusion,
        "sessions": coming.order_by("appointment__starts_at")[:3],
        "lacking": [one for one in found if one.wanted and not one.booked and not one.is_over],
        "window": next((one for one in found if one.place == windows.place_of(session)), None),
    }
