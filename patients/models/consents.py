"""What a patient signed."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic.history import audited
from clinic.records import Entered, Record
from patients.models.people import Patient

USER = settings.AUTH_USER_MODEL


@audited
class Consent(Record, Entered):
    """What the patient signed: kind, version and language of the exact text, by its hash."""

    class Kind(models.TextChoices):
        TREATMENT = "treatment", "Treatment with ketamine"
        PRIVACY = "privacy", "Privacy practices"
        FINANCIAL = "financial", "Costs and payment"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    version = models.CharField(max_length=20)
    language = models.CharField(max_length=5, default="en")
    text_sha256 = models.CharField(max_length=64)
    signer_name = models.CharField(max_length=120)
    witness = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    valid_until = models.DateField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-observed_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="consent_has_signer", condition=~Q(signer_name=""))
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, version {self.version}"
