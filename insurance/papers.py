"""Papers beside a patient's coverage: a letter, an answer in writing. A PDF is kept as it is, a photo is made anew."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from clinic import retracting
from clinic.errors import Invalid, NotFound
from clinic.models import User
from clinic.policy import Action, require
from insurance.models import Authorization, InsurancePaper, Verification
from patients import cards
from patients.models import Patient
from patients.rows import patient_for

Type = InsurancePaper.Type
LARGEST = 5_000_000
PDF = b"%PDF-"


@transaction.atomic
def keep(
    *,
    patient_id: UUID,
    title: str,
    upload: bytes,
    by: User,
    verification_id: UUID | None = None,
    authorization_id: UUID | None = None,
) -> InsurancePaper:
    """File a paper, with the check or the authorization it belongs to. Raises NotFound, NotPermitted, Invalid."""
    patient = patient_for(patient_id, by)
    require(by, Action.VERIFY_BENEFITS, at=patient.site)
    name = " ".join(title.split())
    if not 1 <= len(name) <= 120:
        raise Invalid({"title": "Say what it is in 1 to 120 characters, like “Approval letter”."})
    if not upload:
        raise Invalid({"paper": "This file is empty. Choose another."})
    if len(upload) > LARGEST:
        raise Invalid({"paper": "This file is larger than 5 MB. Scan it with fewer dots, or send a part of it."})
    of = Verification.objects.filter(pk=verification_id, patient=patient).first() if verification_id else None
    approved = None
    if authorization_id:
        approved = Authorization.objects.filter(pk=authorization_id, coverage__patient=patient).first()
    if (verification_id and of is None) or (authorization_id and approved is None):
        raise NotFound
    kind = Type.PDF if upload.startswith(PDF) else Type.JPEG
    content = upload if kind == Type.PDF else cards.readable(upload, field="paper")
    return InsurancePaper.objects.create(
        patient=patient,
        verification=of,
        authorization=approved,
        title=name,
        type=kind,
        content=content,
        size=len(content),
        added_by=by,
    )


def on_file(patient: Patient) -> QuerySet[InsurancePaper]:
    """The papers of a patient that count, newest first, without their bytes."""
    rows = InsurancePaper.objects.filter(patient=patient, entered_in_error_at__isnull=True)
    return rows.select_related("added_by").defer("content")


@transaction.atomic
def mark_in_error(*, paper_id: UUID, reason: str, by: User) -> InsurancePaper:
    """Take a paper back that was filed with the wrong patient. Raises NotFound, NotPermitted, Invalid, Refused."""
    rows = InsurancePaper.objects.select_for_update(of=("self",)).select_related("patient__site").defer("content")
    paper = rows.filter(pk=paper_id, patient__site__in=by.site_ids).first()
    if paper is None:
        raise NotFound
    require(by, Action.VERIFY_BENEFITS, at=paper.patient.site)
    retracting.mark(paper, reason=reason, by=by)
    return paper
