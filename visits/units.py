"""The days that use up an authorization, as the insurance room asks for them."""

from __future__ import annotations

from datetime import date

from patients.models import Patient
from visits.models import Appointment


def infusion_days(patient: Patient) -> list[date]:
    """The days of every infusion that is booked or was given, on the clock of its site."""
    counted = (*Appointment.ALIVE, Appointment.Status.DONE)
    visits = Appointment.objects.filter(patient=patient, kind__in=Appointment.INFUSIONS, status__in=counted)
    return [visit.site.local(visit.starts_at).date() for visit in visits.select_related("site").order_by("starts_at")]
