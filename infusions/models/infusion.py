"""One infusion from the booking to the way home, and its steps."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from clinic import clock
from clinic.history import append_only, audited
from clinic.records import Record, ordered, together
from infusions.models.orders import Order
from infusions.models.series import Series
from infusions.models.vials import DrugVial
from visits.models import Appointment

USER = settings.AUTH_USER_MODEL


@audited
class Infusion(Record):
    """One infusion, from the booking to the way home."""

    class State(models.TextChoices):
        SCHEDULED = "scheduled", "Scheduled"
        CHECKED_IN = "checked_in", "Checked in"
        CLEARED = "cleared", "Cleared"
        HELD = "held", "Held"
        IN_PROGRESS = "in_progress", "Infusing"
        PAUSED = "paused", "Paused"
        COMPLETED = "completed", "Completed"
        STOPPED_EARLY = "stopped_early", "Stopped early"
        RECOVERY = "recovery", "Recovery"
        DISCHARGED = "discharged", "Discharged"
        NOT_GIVEN = "not_given", "Not given"
        NO_SHOW = "no_show", "No-show"
        CANCELLED = "cancelled", "Cancelled"

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="infusions", db_index=False)
    appointment = models.OneToOneField(Appointment, on_delete=models.PROTECT, related_name="infusion")
    number = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="Place in the series; a visit that gave nothing has none.",
    )
    state = models.CharField(max_length=13, choices=State.choices, default=State.SCHEDULED)
    nurse = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, null=True, blank=True, on_delete=models.PROTECT, related_name="infusions")
    vial = models.ForeignKey(
        DrugVial,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="infusions",
    )
    drawn_ml = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    drawn_at = models.DateTimeField(null=True, blank=True)
    drawn_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    paused_seconds = models.PositiveIntegerField(default=0)
    given_mg = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    given_ml = models.DecimalField("given from the bag", max_digits=6, decimal_places=2, null=True, blank=True)
    not_given_reason = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)

    WITHOUT_NUMBER: ClassVar[tuple[str, ...]] = ("not_given", "no_show", "cancelled")
    RUNNING: ClassVar[tuple[str, ...]] = ("in_progress", "paused")
    IN_HOUSE: ClassVar[tuple[str, ...]] = (
        "checked_in", "cleared", "held", "in_progress", "paused", "completed", "stopped_early", "recovery",
    )  # fmt: skip
    GIVEN: ClassVar[tuple[str, ...]] = (
        "completed",
        "stopped_early",
        "recovery",
        "discharged",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["series", "number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["series", "number"],
                name="infusion_number_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                name="infusion_number_unless_nothing_given",
                condition=Q(state__in=["not_given", "no_show", "cancelled"], number__isnull=True)
                | ~Q(state__in=["not_given", "no_show", "cancelled"]) & Q(number__gte=1),
            ),
            together("infusion_drawn_whole", "drawn_ml", "drawn_at", "drawn_by", "vial"),
            together("infusion_check_whole", "checked_at", "checked_by"),
            together("infusion_given_whole", "ended_at", "given_mg", "given_ml"),
            models.CheckConstraint(
                name="infusion_two_people_check",
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("drawn_by")),
            ),
            models.CheckConstraint(
                name="infusion_starts_checked",
                condition=Q(started_at__isnull=True)
                | Q(
                    checked_at__isnull=False,
                    drawn_at__isnull=False,
                    order__isnull=False,
                ),
            ),
            ordered("infusion_ends_after_start", "started_at", "ended_at"),
            models.CheckConstraint(
                name="infusion_not_given_says_why",
                condition=~Q(state="not_given") | ~Q(not_given_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"Infusion {self.number or '–'}"


@audited
class StateEvent(Record):
    """One step of an infusion: the time it happened, the time it was typed, and by whom."""

    infusion = models.ForeignKey(Infusion, on_delete=models.PROTECT, related_name="state_events", db_index=False)
    before = models.CharField(max_length=13, blank=True)
    after = models.CharField(max_length=13)
    observed_at = models.DateTimeField()
    entered_at = models.DateTimeField(default=clock.now, editable=False)
    by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    client_key = models.UUIDField(null=True, blank=True, help_text="Made by the page; a repeated press is one step.")

    class Meta:
        ordering: ClassVar[list[str]] = ["observed_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["infusion", "client_key"], name="state_event_once_a_key"),
        ]
        triggers: ClassVar[list[Any]] = [append_only("state_event_append_only")]

    def __str__(self) -> str:
        return f"{self.before or 'new'} → {self.after}"
