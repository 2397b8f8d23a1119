"""The band that warns of a patient with the same or a similar name: `{% load same_name %}{% same_name patient %}`."""

from __future__ import annotations

from typing import Any

from django import template

from patients.models import Patient
from patients.namesakes import Namesake, namesakes
from visits.models import Appointment

register = template.Library()


@register.simple_tag
def alike(patient: Patient) -> list[Namesake]:
    """{% alike patient as others %}: who could be taken for this patient, those with a visit today first."""
    site = patient.site
    morning, midnight = site.day_bounds(site.today())
    today = Appointment.objects.filter(site=site, starts_at__gte=morning, starts_at__lt=midnight)
    return namesakes(patient, here=set(today.exclude(status="cancelled").values_list("patient_id", flat=True)))


@register.inclusion_tag("visits/_same_name.html")
def same_name(patient: Patient, others: list[Namesake] | None = None) -> dict[str, Any]:
    """The band itself; empty when nobody could be meant."""
    return {"patient": patient, "others": alike(patient) if others is None else others}
