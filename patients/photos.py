"""A patient’s photo: taken at the desk, made small and plain, and shown to those who may see the patient."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID

from django.db import transaction
from PIL import Image, ImageOps, UnidentifiedImageError

from clinic import clock
from clinic.errors import Invalid
from clinic.models import User
from clinic.policy import Action, require
from patients.models import Patient, PatientPhoto
from patients.rows import patient_for

SIDE = 320
MOST_BYTES = 12 * 1024 * 1024
MOST_PIXELS = {"JPEG": 60_000_000, "PNG": 25_000_000, "WEBP": 25_000_000}
"""Only a JPEG can be read at a fraction of its size; the others are read whole, at up to four bytes a pixel."""
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
    """The upload as a square JPEG of 320 pixels, without place, device or any other note of the camera.

    Raises Invalid for what is no picture, is too large, or is not whole.
    """
    if len(upload) > MOST_BYTES:
        raise Invalid({"photo": "This picture is larger than 12 MB. Take it anew, or choose a smaller one."})
    try:
        picture = Image.open(BytesIO(upload), formats=list(MOST_PIXELS))
        if picture.width * picture.height > MOST_PIXELS[str(picture.format)]:
            raise Invalid({"photo": "This picture has too many pixels. Take it anew, or choose a smaller one."})
        picture.draft("RGB", (2 * SIDE, 2 * SIDE))
        square = ImageOps.fit(ImageOps.exif_transpose(picture).convert("RGB"), (SIDE, SIDE))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Invalid({"photo": "This is no picture that can be read. Use a JPEG, PNG or WebP file."}) from error
    plain = Image.new("RGB", square.size)
    plain.paste(square)
    written = BytesIO()
    plain.save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()
