"""Fetch one row for a verb, locked, as the acting user may know it: a stranger's row does not exist."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar
from uuid import UUID

from django.db.models import QuerySet

from clinic.errors import NotFound
from clinic.models import User
from patients.models import Consent, Evaluation, LabResult, Patient, PatientLink, SafetyAlert

Owned = TypeVar("Owned", Consent, Evaluation, LabResult, SafetyAlert)


def locked_patients() -> QuerySet[Patient]:
    """Patients, each locked before any row of theirs.

    The lock lets others write rows that point at the patient (`no_key`): who holds an alert or a link, and opens a task
    for the patient, would otherwise wait for the one who holds the patient and waits for that alert or link.
    """
    return Patient.objects.select_for_update(of=("self",), no_key=True).select_related("site")


def locked_patient(patient_id: UUID) -> Patient:
    """The patient, locked, of whichever site: the caller asks for the right. Raises NotFound."""
    patient = locked_patients().filter(pk=patient_id).first()
    if patient is None:
        raise NotFound
    return patient


def patient_with(**row: UUID) -> Patient:
    """The patient whose row this is (`coverages=`, `estimates=`), locked before that row is. Raises NotFound."""
    patient = locked_patients().filter(**row).first()
    if patient is None:
        raise NotFound
    return patient


def locked_in_order(patient_ids: Iterable[UUID]) -> None:
    """Lock several patients, always in one order: two who lock the same ones never wait for each other."""
    list(locked_patients().filter(pk__in=set(patient_ids)).order_by("pk"))


def patient_for(patient_id: UUID, by: User) -> Patient:
    """The patient, locked. Raises NotFound for another site's."""
    patient = locked_patients().filter(pk=patient_id, site_id__in=by.site_ids).first()
    if patient is None:
        raise NotFound
    return patient


def link_for(link_id: UUID) -> PatientLink:
    """A link, locked, and its patient before it. Raises NotFound."""
    patient = locked_patients().filter(links=link_id).first()
    if patient is None:
        raise NotFound
    link = PatientLink.objects.select_for_update(of=("self",)).get(pk=link_id)
    link.patient = patient
    return link


def patient_of_link(patient_id: UUID, link: PatientLink | None, *, purpose: str) -> Patient:
    """The patient, locked, for who holds a link of theirs that still opens. Raises NotFound for any other."""
    patient = locked_patient(patient_id)  # before the link is looked at: no verb ends it meanwhile
    held = PatientLink.objects.filter(pk=link.pk, patient=patient, purpose=purpose).first() if link else None
    if held is None or not held.is_good:
        raise NotFound
    return patient


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
