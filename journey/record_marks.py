"""What holds for a whole record: a legal hold, or that whoever opens it is looked at. Set and ended with a reason."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from clinic import clock
from clinic.errors import Invalid, NotFound, Refused
from clinic.models import User
from clinic.policy import Action, require
from journey.models import RecordMark
from patients.models import Patient

MOST = 300


@transaction.atomic
def set_mark(*, patient_id: UUID, kind: str, reason: str, by: User) -> RecordMark:
    """Mark a record. Raises NotFound, NotPermitted, Invalid, Refused where the mark stands already."""
    patient = _locked(patient_id, by)
    if kind not in RecordMark.Kind.values:
        raise Invalid({"kind": "Choose what is to hold for this record."})
    words = _words(reason, "Write why: whoever comes after you has to know.")
    if RecordMark.objects.filter(patient=patient, kind=kind, ended_at__isnull=True).exists():
        raise Refused("This holds for the record already.")
    return RecordMark.objects.create(patient=patient, kind=kind, reason=words, set_by=by)


@transaction.atomic
def end_mark(*, mark_id: UUID, because: str, by: User) -> RecordMark:
    """End what held for a record. Raises NotFound, NotPermitted, Invalid, Refused where it has ended."""
    found = RecordMark.objects.filter(pk=mark_id).first()
    if found is None:
        raise NotFound
    _locked(found.patient_id, by)
    mark = RecordMark.objects.select_for_update().get(pk=mark_id)
    if mark.ended_at is not None:
        raise Refused("This has ended already.")
    mark.ended_because = _words(because, "Write why it ends.")
    mark.ended_at, mark.ended_by = clock.now(), by
    mark.save(update_fields=["ended_at", "ended_by", "ended_because"])
    return mark


def forbids_destroying(patient: Patient) -> str:
    """Why nothing of this record may be destroyed now; "" where nothing speaks against it."""
    held = RecordMark.objects.filter(patient=patient, kind=RecordMark.Kind.HOLD, ended_at__isnull=True).exists()
    return "A legal hold stands on this record: nothing of it may be destroyed." if held else ""


def _locked(patient_id: UUID, by: User) -> Patient:
    patient = Patient.objects.select_for_update(of=("self",)).select_related("site").filter(pk=patient_id).first()
    if patient is None or patient.site_id not in by.site_ids:
        raise NotFound
    require(by, Action.KEEP_RECORDS, at=patient.site)
    return patient


def _words(said: str, empty: str) -> str:
    words = " ".join(said.split())
    if not words:
        raise Invalid({"reason": empty})
    if len(words) > MOST:
        raise Invalid({"reason": f"Write this in {MOST} characters or fewer."})
    return words
