"""What the collections of this room have in common: rows that hang on a patient of the token's site."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from rest_framework import serializers

from clinic.api.fields import Known, Rows, like
from patients.models import Patient

OF = {"patient": serializers.UUIDField(required=False)}
BY = {"patient": "patient_id"}
ERROR = ("entered_in_error_at", "entered_in_error_reason")
PATIENT = Known(Patient, as_id=True, source="patient_id")


def of_patients(model: type[Model]) -> Rows:
    """The rows of a model that hang on a patient of the user's sites."""
    return lambda user: model._default_manager.filter(patient__site__in=user.site_ids)


def choices_of(model: type[Model], names: tuple[str, ...]) -> dict[str, Any]:
    """Those of the columns that offer choices, as fields; one without a blank must be sent."""
    offered = [one for one in names if model._meta.get_field(one).choices]  # type: ignore[union-attr]
    needed = [one for one in offered if not model._meta.get_field(one).blank]  # type: ignore[union-attr]
    return like(model, offered, needs=needed)
