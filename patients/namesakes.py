"""Who could be taken for this patient: the same or a similar name at the same site, with a word on what agrees."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from patients import names
from patients.models import Patient

LOOKED_AT = 200


@dataclass(frozen=True)
class Namesake:
    """Another patient, what agrees, and whether both are in the house today."""

    patient: Patient
    why: str
    is_here: bool


def namesakes(patient: Patient, *, here: Collection[UUID] = (), limit: int = 3) -> list[Namesake]:
    """The other patients of the site with whom this one could be mixed up; those who are `here` today first.

    Of the whole registry the same name counts, and a similar one with the same birth date. Of those here today a name
    that sounds alike, the same family name or the same birth date is enough.
    """
    codes = names.sounds_like((patient.given_name,), (patient.family_name,))
    family = names.fold(patient.family_name)
    near = (
        Q(sounds_like__contains=list(codes))
        | Q(search_text__startswith=names.sort_key(patient.given_name, patient.family_name))
        | Q(birth_date=patient.birth_date, search_text__startswith=family)
        | Q(pk__in=list(here))
    )
    others = Patient.objects.filter(near, site=patient.site_id, deceased_on=None).exclude(pk=patient.pk)[:LOOKED_AT]
    found = [
        Namesake(other, why, other.pk in here) for other in others if (why := _why(patient, other, other.pk in here))
    ]
    return sorted(found, key=lambda one: (not one.is_here, "same name" not in one.why, one.patient.search_text))[:limit]


def _why(patient: Patient, other: Patient, here: bool) -> str:
    """What agrees, when it is enough to mix two people up; empty when it is not."""
    born = patient.birth_date == other.birth_date
    whole = names.sort_key(patient.given_name, patient.family_name)
    if names.sort_key(other.given_name, other.family_name) == whole:
        return "same name" + (", same birth date" if born else "")
    alike = names.sound_alike(names.sounds_like((patient.given_name,), (patient.family_name,)), other.sounds_like)
    family = names.fold(patient.family_name) == names.fold(other.family_name)
    if not (born and (alike or family)) and not (here and (born or alike or family)):
        return ""
    name = "name sounds alike" if alike else "same family name" if family else ""
    return ", ".join(part for part in (name, "same birth date" if born else "") if part)
