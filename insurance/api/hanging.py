"""What the collections of this room have in common."""

from __future__ import annotations

from rest_framework import serializers

from clinic.api.fields import Exact, Known
from patients.models import Patient

PATIENT = Known(Patient, as_id=True, source="patient_id")
OF, BY = {"patient": serializers.UUIDField(required=False)}, {"patient": "patient_id"}
ERROR = ("entered_in_error_at", "entered_in_error_reason")


def dollars(*, required: bool = True) -> Exact:
    """An amount; empty where there is none."""
    return Exact(required=required, allow_null=True, max_digits=9, decimal_places=2)
