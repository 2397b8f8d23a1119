"""Photos of an insurance card."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic import clock
from clinic.history import audited
from clinic.records import Record
from patients.models.links import PatientLink
from patients.models.people import Patient

USER = settings.AUTH_USER_MODEL


@audited
class InsuranceCard(Record):
    """One side of a card. A newer photo takes its place; the older one stays, to be looked at."""

    class Side(models.TextChoices):
        FRONT = "front", "Front"
        BACK = "back", "Back"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="cards")
    side = models.CharField(max_length=5, choices=Side.choices)
    jpeg = models.BinaryField(help_text="Made anew from what was uploaded, at most 1,600 pixels long.")
    taken_at = models.DateTimeField(default=clock.now)
    taken_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    link = models.ForeignKey(PatientLink, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-taken_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["patient", "side"], condition=Q(replaced_at__isnull=True), name="card_one_in_use_a_side"
            ),
            models.CheckConstraint(
                name="card_by_staff_or_link", condition=Q(taken_by__isnull=False) | Q(link__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"Card, {self.get_side_display().lower()}"
