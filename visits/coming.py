"""The visits ahead, as the insurance room asks for them."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from clinic.gathering import Given
from insurance import coming
from visits.followers import Change
from visits.models import Appointment

Kind = Appointment.Kind


def ahead(since: datetime | Given) -> QuerySet[Appointment]:
    """The visits that are booked, or go on, from this moment on; `is_first` for the first infusion of a patient."""
    counted = (*Appointment.ALIVE, Appointment.Status.DONE)
    before = Appointment.objects.filter(
        patient=OuterRef("patient"),
        kind__in=Appointment.INFUSIONS,
        status__in=counted,
        starts_at__lt=OuterRef("starts_at"),
    )
    rows = Appointment.objects.filter(status__in=Appointment.ALIVE, starts_at__gte=since)
    return rows.annotate(is_first=Q(kind=Kind.INFUSION) & ~Exists(before)).order_by("starts_at", "id")


def follow_visit(change: Change) -> None:
    """A visit was moved, called off, missed or brought back: the patient’s next one may be another."""
    patient = change.visit.patient
    coming.refresh(patient.site, patient.pk)
