"""Papers about who pays: letters, answers in writing, forms."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic import clock
from clinic.history import audited, written_once
from clinic.records import Record, Retractable
from clinic.retracting import FIELDS
from insurance.models.authorizations import Authorization
from insurance.models.verifications import Verification
from patients.models import Patient

USER = settings.AUTH_USER_MODEL


@audited
class InsurancePaper(Record, Retractable):
    """A file beside a patient's coverage, and the check or the authorization it belongs to where it belongs to one."""

    class Type(models.TextChoices):
        PDF = "application/pdf", "PDF"
        JPEG = "image/jpeg", "Photo"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="insurance_papers")
    verification = models.ForeignKey(
        Verification, null=True, blank=True, on_delete=models.PROTECT, related_name="papers"
    )
    authorization = models.ForeignKey(
        Authorization, null=True, blank=True, on_delete=models.PROTECT, related_name="papers"
    )
    title = models.CharField(max_length=120)
    type = models.CharField(max_length=20, choices=Type.choices)
    content = models.BinaryField()
    size = models.PositiveIntegerField(help_text="Bytes.")
    added_at = models.DateTimeField(default=clock.now, editable=False)
    added_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta(Retractable.Meta):
        ordering: ClassVar[list[str]] = ["-added_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Retractable.Meta.constraints,
            models.CheckConstraint(name="insurance_paper_has_title", condition=~Q(title="")),
            models.CheckConstraint(name="insurance_paper_size", condition=Q(size__gt=0, size__lte=5_000_000)),
        ]
        triggers: ClassVar[list[Any]] = written_once("insurance_paper", but=FIELDS)

    def __str__(self) -> str:
        return self.title
