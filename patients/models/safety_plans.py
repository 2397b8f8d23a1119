"""What a person does when the thoughts come back: written together, signed, handed to them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic import clock
from clinic.history import audited, locked_when
from clinic.records import Record, together
from patients.models.people import Patient

USER = settings.AUTH_USER_MODEL


@audited
class SafetyPlan(Record):
    """A safety plan in the six steps of Stanley and Brown (protocol 4.2, S-SPI). A signed one is never edited."""

    STEPS: ClassVar[tuple[str, ...]] = (
        "warning_signs", "coping", "distraction", "helpers", "professionals", "environment",
    )  # fmt: skip

    LANGUAGES: ClassVar[list[tuple[str, str]]] = [("en", "English"), ("es", "Spanish")]

    class Together(models.TextChoices):
        IN_PERSON = "in_person", "With the patient, here"
        VIDEO = "video", "With the patient, by video"
        PHONE = "phone", "With the patient, by phone"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="safety_plans")
    number = models.PositiveSmallIntegerField(help_text="The patient’s first plan, second, …")
    language = models.CharField(max_length=5, choices=LANGUAGES, default="en")
    made_how = models.CharField(max_length=9, choices=Together.choices, default=Together.IN_PERSON)
    warning_signs = models.TextField(blank=True)
    coping = models.TextField(blank=True)
    distraction = models.TextField(blank=True)
    helpers = models.TextField(blank=True)
    professionals = models.TextField(blank=True)
    environment = models.TextField(blank=True)
    saved = models.PositiveIntegerField(default=0, help_text="How often the draft was saved.")
    begun_at = models.DateTimeField(default=clock.now, editable=False)
    begun_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["patient", "number"], name="safety_plan_number_once"),
            models.UniqueConstraint(
                fields=["patient"], condition=Q(signed_at__isnull=True), name="safety_plan_one_draft"
            ),
            together("safety_plan_signature_whole", "signed_at", "signed_by"),
            models.CheckConstraint(
                name="safety_plan_signed_whole",
                condition=Q(signed_at__isnull=True)
                | ~(
                    Q(warning_signs="") | Q(coping="") | Q(distraction="")
                    | Q(helpers="") | Q(professionals="") | Q(environment="")
                ),
            ),
        ]  # fmt: skip
        triggers: ClassVar[list[Any]] = [locked_when("safety_plan_signed", signed_at__isnull=False)]

    def __str__(self) -> str:
        return f"Safety plan {self.number}"
