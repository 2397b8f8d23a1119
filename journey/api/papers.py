"""Summaries for the clinician who referred a patient."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework import serializers

from clinic.api.declaring import Collection, File, Verb
from clinic.api.fields import Known
from clinic.models import User
from journey.models import Summary
from journey.outcomes import summaries
from patients.models import Patient


def signed(user: User) -> QuerySet[Summary]:
    return Summary.objects.filter(patient__site__in=user.site_ids).select_related("patient__site").defer("pdf")


def paper(summary: Summary) -> File:
    """As it was signed; its name tells nothing about the patient."""
    day = summary.patient.site.local(summary.signed_at)
    return File(bytes(summary.pdf), f"summary-{day:%Y-%m-%d}.pdf", "application/pdf")


SUMMARIES = Collection(
    name="summaries",
    model=Summary,
    rows=signed,
    patient="patient_id",
    shows=("id", "patient", "recipient", "reason", "plan", "signed_at", "signed_by"),
    filters={"patient": serializers.UUIDField(required=False)},
    by={"patient": "patient_id"},
    create=Verb(
        does=summaries.sign,
        takes=("recipient", "reason", "plan"),
        fields={"patient": Known(Patient, as_id=True, source="patient_id")},
    ),
    file=paper,
)
