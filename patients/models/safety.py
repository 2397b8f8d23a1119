"""What a suicidal answer opens."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic import clock
from clinic.history import append_only, audited, locked_when
from clinic.policy import Role
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
    closed_without = models.TextField(blank=True, help_text="Why it was closed before its required contacts were made.")

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


@audited
class AlertContact(Record):
    """One try at something that the grade of an alert requires: when it is due, who does it, what came of it."""

    class Kind(models.TextChoices):
        SCREEN = "screen", "Reach the person and ask the C-SSRS screener"
        PROVIDER_NOW = "provider_now", "The provider speaks with the person now"
        AFTER_LEAVING = "after_leaving", "Contact within 24 hours of leaving"
        ASSESSMENT = "assessment", "Assessment by the provider today"
        PLAN = "plan", "Safety plan, and safety of means"
        CALL_72H = "call_72h", "Call within 72 hours"
        WEEK_1 = "week_1", "First weekly call"
        WEEK_2 = "week_2", "Second weekly call"
        PLAN_OFFER = "plan_offer", "Offer a safety plan"
        THERAPIST = "therapist", "Tell the therapist"
        CHECK = "check", "Next check within 7 days"
        MISSED = "missed", "Call: the person did not come"
        EMERGENCY = "emergency", "Call the emergency contact"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        REACHED = "reached", "Done"
        NOT_REACHED = "not_reached", "Not reached"
        REPLACED = "replaced", "No longer asked for"

    alert = models.ForeignKey(SafetyAlert, on_delete=models.PROTECT, related_name="contacts")
    kind = models.CharField(max_length=14, choices=Kind.choices)
    attempt = models.PositiveSmallIntegerField(default=1)
    owner_role = models.CharField(max_length=20, choices=[(role.value, role.label) for role in Role])
    opened_at = models.DateTimeField(default=clock.now, editable=False)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=11, choices=State.choices, default=State.OPEN)
    outcome = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["due_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["alert", "kind"], condition=Q(state="open"), name="alert_contact_one_open"),
            models.CheckConstraint(
                name="alert_contact_end_whole",
                condition=Q(state="open", ended_at__isnull=True, outcome="")
                | (~Q(state="open") & Q(ended_at__isnull=False) & ~Q(outcome="")),
            ),
            models.CheckConstraint(
                name="alert_contact_made_by_a_person",
                condition=~Q(state__in=["reached", "not_reached"]) | Q(ended_by__isnull=False),
            ),
        ]
        triggers: ClassVar[list[Any]] = [locked_when("alert_contact_ended", ended_at__isnull=False)]

    def __str__(self) -> str:
        again = f" (try {self.attempt})" if self.attempt > 1 else ""
        return f"{self.get_kind_display()}{again}"


@audited
class AlertGrading(Record):
    """A change of an alert's grade: by the answers of a screener, or by a provider with a reason."""

    alert = models.ForeignKey(SafetyAlert, on_delete=models.PROTECT, related_name="gradings")
    before = models.CharField(max_length=10, choices=SafetyAlert.Grade.choices)
    after = models.CharField(max_length=10, choices=SafetyAlert.Grade.choices)
    reason = models.TextField()
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="alert_grading_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="alert_grading_lowered_by_a_person",
                condition=Q(by__isnull=False) | Q(before="unscreened") | Q(after="high") | Q(before="low"),
            ),
        ]
        triggers: ClassVar[list[Any]] = [append_only("alert_grading_append_only")]

    def __str__(self) -> str:
        return f"{self.get_before_display()} → {self.get_after_display()}"
