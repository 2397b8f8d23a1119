"""What a suicidal answer opens."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic import clock
from clinic.history import audited, locked_when
from clinic.records import Record, together
from patients.models.measures import MeasureResponse
from patients.models.people import Patient

USER = settings.AUTH_USER_MODEL


@audited
class SafetyAlert(Record):
    """A suicidal answer, owned by a person until its outcome is written. Software can't dismiss it."""

    class Grade(models.TextChoices):
        HIGH = "high", "High"
        MODERATE = "moderate", "Moderate"
        LOW = "low", "Low"
        UNSCREENED = "unscreened", "To be screened"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="alerts")
    measure = models.ForeignKey(
        MeasureResponse,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="alerts",
    )
    grade = models.CharField(max_length=10, choices=Grade.choices)
    opened_at = models.DateTimeField(default=clock.now)
    acknowledge_by = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    screen = models.ForeignKey(
        MeasureResponse,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="graded_alerts",
        help_text="The C-SSRS screener that graded it.",
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.TextField(blank=True)
    may_infuse = models.BooleanField(default=False, help_text="A provider cleared infusions while the alert is open.")
    cleared_at = models.DateTimeField(null=True, blank=True)
    cleared_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    clearance_note = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-opened_at"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["patient"],
                condition=Q(closed_at__isnull=True),
                name="alert_open",
            )
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            together("alert_acknowledged_whole", "acknowledged_at", "acknowledged_by"),
            together("alert_closed_whole", "closed_at", "closed_by"),
            together("alert_cleared_whole", "cleared_at", "cleared_by"),
            models.CheckConstraint(
                name="alert_infuses_when_cleared",
                condition=Q(may_infuse=False) | (Q(cleared_at__isnull=False) & ~Q(clearance_note="")),
            ),
            models.CheckConstraint(
                name="alert_closed_says_why",
                condition=Q(closed_at__isnull=True) | ~Q(outcome=""),
            ),
            models.UniqueConstraint(fields=["measure"], name="alert_once_a_measure"),
        ]
        triggers: ClassVar[list[Any]] = [locked_when("safety_alert_closed", closed_at__isnull=False)]

    def __str__(self) -> str:
        return f"Safety alert: {self.get_grade_display().lower()}"
