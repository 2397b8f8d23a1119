"""A patient’s photo: taken at the desk, made small and plain, and shown to those who may see the patient."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from clinic import clock
from clinic.models import User
from clinic.policy import Action, require
from patients import pictures
from patients.models import Patient, PatientPhoto
from patients.rows import patient_for

SIDE = 320
QUALITY = 82


@transaction.atomic
def keep(*, patient_id: UUID, upload: bytes, by: User) -> PatientPhoto:
    """Keep a picture of the patient in the place of the one before. Raises NotFound, NotPermitted, Invalid."""
    patient = patient_for(patient_id, by)
    require(by, Action.EDIT_PATIENT, at=patient.site)
    jpeg = small(upload)
    _take_away(patient)
    return PatientPhoto.objects.create(patient=patient, jpeg=jpeg, taken_at=clock.now(), taken_by=by)


@transaction.atomic
def remove(*, patient_id: UUID, by: User) -> None:
    """Show no photo from now on. Raises NotFound, NotPermitted."""
    patient = patient_for(patient_id, by)
    require(by, Action.EDIT_PATIENT, at=patient.site)
    _take_away(patient)


def current(patient: Patient) -> PatientPhoto | None:
    """The photo in use, without its bytes."""
    return PatientPhoto.objects.filter(patient=patient, removed_at=None).defer("jpeg").first()


def _take_away(patient: Patient) -> None:
    PatientPhoto.objects.filter(patient=patient, removed_at=None).update(removed_at=clock.now())


def small(upload: bytes) -> bytes:
    """The upload as a square JPEG of 320 pixels. Raises Invalid for what is no picture, too large, or not whole."""
    from PIL import ImageOps

    return pictures.remade(
        upload,
        field="photo",
        draft=(2 * SIDE, 2 * SIDE),
        shape=lambda picture: ImageOps.fit(picture, (SIDE, SIDE)),
        quality=QUALITY,
    )
