"""Letters to other clinicians."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic import clock
from clinic.history import append_only, audited
from clinic.records import Record
from patients.models import Patient

USER = settings.AUTH_USER_MODEL


@audited
class Summary(Record):
    """One page for the clinician who referred the patient, signed by a provider and kept as it was sent."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="summaries")
    recipient = models.CharField("for", max_length=160)
    reason = models.CharField("why treatment began", max_length=400)
    plan = models.CharField("what happens next", max_length=600)
    signed_at = models.DateTimeField(default=clock.now)
    signed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    pdf = models.BinaryField()
    pdf_sha256 = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar[list[str]] = ["-signed_at", "-id"]
        verbose_name_plural = "summaries"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="summary_says_what", condition=~Q(recipient="") & ~Q(reason="") & ~Q(plan=""))
        ]
        triggers: ClassVar[list[Any]] = [append_only("summary_signed")]

    def __str__(self) -> str:
        return f"Summary for {self.recipient}"
