"""What a provider decided about a series: whose gaps grew too long, or that has more infusions than were planned."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from clinic import clock
from clinic.history import append_only, audited
from clinic.records import Record
from infusions.models.series import Series

USER = settings.AUTH_USER_MODEL


@audited
class GapDecision(Record):
    """A provider agreed to a gap, went beyond the limits, or ended the series; `days` are what was agreed to."""

    class Kind(models.TextChoices):
        ACKNOWLEDGED = "acknowledged", "Seen and agreed"
        EXTENDED = "extended", "Extended beyond the limits"
        RESTARTED = "restarted", "Ended, to start anew"
        STOPPED = "stopped", "Stopped"

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="gap_decisions")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    gap_days = models.PositiveSmallIntegerField(help_text="The longest gap between two infusions that is agreed to.")
    span_days = models.PositiveSmallIntegerField(help_text="The longest span from first to last infusion.")
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["series"], name="gap_decision_by_series")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="gap_decision_says_why", condition=Q(kind="acknowledged") | ~Q(reason="")),
        ]
        triggers: ClassVar[list[Any]] = [append_only("gap_decision_append_only")]

    def __str__(self) -> str:
        return self.get_kind_display()


@audited
class PlanExtension(Record):
    """A provider had more infusions added to a loading series. Orders from before reach up to `before` only."""

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="extensions")
    before = models.PositiveSmallIntegerField()
    after = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["series"], name="plan_extension_by_series")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="plan_extension_adds", condition=Q(after__gt=F("before"), after__lte=8)),
            models.CheckConstraint(name="plan_extension_says_why", condition=~Q(reason="")),
        ]
        triggers: ClassVar[list[Any]] = [append_only("plan_extension_append_only")]

    def __str__(self) -> str:
        return f"{self.before} to {self.after} infusions"
