"""Letters that refer a patient to other care, from the signature to the answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.db.models import QuerySet
from rest_framework import serializers

from clinic.api.declaring import Collection, File, Verb
from clinic.api.fields import Day, Known, Words, like, one_of
from clinic.models import User
from patients.models import Patient
from therapy import referrals
from therapy.models import Referral

REFERRAL = "referral_id"
TYPED = ("kind", "recipient", "address", "reason", "words")


def letters(user: User) -> QuerySet[Referral]:
    return Referral.objects.filter(patient__site__in=user.site_ids).select_related("patient__site").defer("pdf")


def _sign(
    *, patient_id: UUID, by: User, form_key: UUID | None = None, task_id: UUID | None = None, **typed: Any
) -> Referral:
    """Sign the letter and keep its paper; the same `form_key` again answers what was kept. Its sending is a task.

    Raises NotFound, NotPermitted, Invalid.
    """
    letter = referrals.Typed(**typed)
    return referrals.sign(patient_id=patient_id, typed=letter, by=by, form_key=form_key or uuid4(), task_id=task_id)


def paper(letter: Referral) -> File:
    """As it was signed; its name tells nothing about the patient."""
    day = letter.patient.site.local(letter.signed_at)
    return File(bytes(letter.pdf), f"referral-{day:%Y-%m-%d}.pdf", "application/pdf")


REFERRALS = Collection(
    name="referrals",
    model=Referral,
    rows=letters,
    patient="patient_id",
    shows=(
        "id", "patient", "kind", "recipient", "address", "reason", "words", "parts", "authority", "consent_on", "task",
        "signed_at", "signed_by", "state", "sent_at", "sent_by", "sent_how", "answered_at", "answered_by", "answer",
    ),
    filters={"patient": serializers.UUIDField(required=False), "state": one_of(Referral.State, required=False)},
    by={"patient": "patient_id"},
    create=Verb(
        does=_sign,
        fields={
            "patient": Known(Patient, as_id=True, source="patient_id"),
            **like(Referral, TYPED, needs=("kind", "recipient", "reason")),
            "parts": serializers.ListField(child=one_of(Referral.Part), max_length=20, required=False),
            "authority": one_of(Referral.Authority, required=False),
            "consent_on": Day(required=False, allow_null=True),
            "task": serializers.UUIDField(source="task_id", required=False),
            "form_key": serializers.UUIDField(required=False),
        },
    ),
    verbs={
        "sent": Verb(does=referrals.sent, record=REFERRAL, fields={"how": one_of(Referral.How)}),
        "answered": Verb(does=referrals.answered, record=REFERRAL, fields={"answer": Words(max_length=1000)}),
        "withdraw": Verb(does=referrals.withdraw, record=REFERRAL),
    },
    file=paper,
)  # fmt: skip
