"""Which visits a person may open. Whoever opens one has opened a patient's record."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest

from clinic.access import acting_user, log_read
from patients.access import allow_here
from visits.models import Appointment


def appointment_or_404(request: HttpRequest, pk: UUID, *, what: str = "visit") -> Appointment:
    """The visit, once the read is written. Raises Http404 for a stranger, NotPermitted for a colleague."""
    found = (
        Appointment.objects.select_related("site", "patient", "patient__site", "booked_by")
        .filter(pk=pk, site_id__in=acting_user(request).site_ids)
        .first()
    )
    if found is None:
        raise Http404
    allow_here(request, found.site)
    log_read(request, patient_id=found.patient_id, what=what)
    return found


def uuid_or_none(text: str) -> UUID | None:
    """An id from an address or a form, or None when it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
