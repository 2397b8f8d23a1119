"""Photos of an insurance card, front and back (protocol 6.1): made plain, kept, never lost by a newer one."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from clinic import clock
from clinic.errors import Invalid, NotFound
from clinic.models import User
from clinic.policy import Action, require
from patients import pictures
from patients.models import InsuranceCard, Patient, PatientLink
from patients.rows import patient_for, patient_of_link

if TYPE_CHECKING:
    from PIL import Image

Side = InsuranceCard.Side

LONGEST = 1600
"""Pixels: small print of a card fills a line of it."""
SHORTEST = 240
QUALITY = 80

TINY = _("This picture is too small to read a card from. Take it with the camera, the card filling the picture.")
WHICH = _("Choose whether this is the front or the back.")


@transaction.atomic
def keep(
    *, patient_id: UUID, side: str, upload: bytes, by: User | None, link: PatientLink | None = None
) -> InsuranceCard:
    """Keep a photo of one side in the place of the one before, which stays on file. Without `by` it came by a link.

    The same photo twice is kept once. Raises NotFound, NotPermitted, Invalid.
    """
    if by is None:
        patient = patient_of_link(patient_id, link, purpose="intake")
    else:
        patient = patient_for(patient_id, by)
        require(by, Action.SEE_COVERAGE, at=patient.site)
    if side not in Side.values:
        raise Invalid({"side": str(WHICH)})
    jpeg = readable(upload, field=side)
    former = InsuranceCard.objects.filter(patient=patient, side=side, replaced_at=None).first()
    if former and bytes(former.jpeg) == jpeg:
        return former
    now = clock.now()
    if former:
        former.replaced_at = now
        former.save(update_fields=["replaced_at"])
    return InsuranceCard.objects.create(patient=patient, side=side, jpeg=jpeg, taken_at=now, taken_by=by, link=link)


@transaction.atomic
def take_away(*, card_id: UUID, by: User) -> InsuranceCard:
    """Show this photo as the present one no longer: it was of another card, or of another person.

    Raises NotFound, NotPermitted.
    """
    card = (
        InsuranceCard.objects.select_for_update(of=("self",))
        .select_related("patient__site")
        .filter(pk=card_id, patient__site__in=by.site_ids)
        .first()
    )
    if card is None:
        raise NotFound
    require(by, Action.SEE_COVERAGE, at=card.patient.site)
    if card.replaced_at is None:
        card.replaced_at = clock.now()
        card.save(update_fields=["replaced_at"])
    return card


def on_file(patient: Patient) -> QuerySet[InsuranceCard]:
    """The photos of a patient, newest first, without their bytes."""
    return InsuranceCard.objects.filter(patient=patient).select_related("taken_by").defer("jpeg")


def present(patient: Patient) -> dict[str, InsuranceCard]:
    """The photo in use of each side that has one, without its bytes."""
    return {card.side: card for card in on_file(patient).filter(replaced_at=None)}


def readable(upload: bytes, *, field: str) -> bytes:
    """The upload as a JPEG whose longer side has at most 1,600 pixels. Raises Invalid, with `field`."""
    return pictures.remade(
        upload, field=field, draft=(LONGEST, LONGEST), shape=lambda picture: _fitted(picture, field), quality=QUALITY
    )


def _fitted(picture: Image.Image, field: str) -> Image.Image:
    from PIL import Image

    if min(picture.size) < SHORTEST:
        raise Invalid({field: str(TINY)})
    picture.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    return picture
