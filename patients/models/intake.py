"""What a patient answers before the first visit: as typed until it is sent, then rows of the record."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic import clock
from clinic.history import audited
from clinic.records import Record, together
from patients.models.links import PatientLink
from patients.models.people import Patient

USER = settings.AUTH_USER_MODEL


@audited
class Intake(Record):
    """One round of questions. A link leads to it; another link leads to the same answers."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="intakes")
    begun_at = models.DateTimeField(default=clock.now)
    begun_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_through = models.ForeignKey(PatientLink, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["-begun_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            together("intake_sent_through_a_link", "sent_at", "sent_through"),
            models.UniqueConstraint(
                fields=["patient"], condition=Q(sent_at__isnull=True), name="intake_one_open_for_a_patient"
            ),
        ]

    def __str__(self) -> str:
        return "Intake"


@audited
class IntakeStep(Record):
    """One page of it, exactly as typed, right or not: a draft that nothing clinical is read from."""

    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="steps")
    key = models.CharField(max_length=20)
    answers = models.JSONField(default=dict, help_text="Field name to the list of what was typed.")
    version = models.PositiveIntegerField(default=1)
    is_complete = models.BooleanField(default=False)
    saved_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["intake", "key"], name="intake_step_once"),
        ]

    def __str__(self) -> str:
        return self.key


@audited
class IntakeRow(Record):
    """A row of the record that came from the patient, and the member of staff who confirmed it."""

    class Kind(models.TextChoices):
        CONDITION = "condition", "Condition"
        MEDICATION = "medication", "Medicine"
        ALLERGY = "allergy", "Allergy"
        TRIAL = "trial", "Treatment tried"
        GOAL = "goal", "Goal"
        CONTACT = "contact", "Escort"

    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="rows")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    row_id = models.UUIDField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            together("intake_row_confirmed_whole", "confirmed_at", "confirmed_by"),
            models.UniqueConstraint(fields=["kind", "row_id"], name="intake_row_once"),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())
