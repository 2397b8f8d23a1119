"""Fetch one row for a verb, locked, as the acting user may know it: a stranger's row does not exist."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from clinic.errors import NotFound
from clinic.models import User
from patients.models import Consent, Evaluation, LabResult, Patient, PatientLink, SafetyAlert

Owned = TypeVar("Owned", Consent, Evaluation, LabResult, SafetyAlert)


def patient_for(patient_id: UUID, by: User) -> Patient:
    """The patient, locked. Raises NotFound for another site's."""
    patient = (
        Patient.objects.select_for_update(of=("self",))
        .select_related("site")
        .filter(pk=patient_id, site_id__in=by.site_ids)
        .first()
    )
    if patient is None:
        raise NotFound
    return patient


def patient_of_link(patient_id: UUID, link: PatientLink | None, *, purpose: str) -> Patient:
    """The patient, locked, for who holds a link of theirs that still opens. Raises NotFound for any other."""
    held = PatientLink.objects.filter(pk=link.pk, patient=patient_id, purpose=purpose).first() if link else None
    if held is None or not held.is_good:
        raise NotFound
    return Patient.objects.select_for_update(of=("self",)).select_related("site").get(pk=patient_id)


def row_for(model: type[Owned], pk: UUID, by: User) -> Owned:
    """A row of a patient, locked, with its patient and site. Raises NotFound for another site's."""
    row = (
        model._default_manager.select_for_update(of=("self",))
        .select_related("patient__site")
        .filter(pk=pk, patient__site_id__in=by.site_ids)
        .first()
    )
    if row is None:
        raise NotFound
    return row
