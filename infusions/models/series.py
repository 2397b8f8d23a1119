"""A loading series, and the maintenance that follows it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic import clock
from clinic.history import audited
from clinic.models import Site
from clinic.records import Record, ordered
from patients.models import Patient

USER = settings.AUTH_USER_MODEL


@audited
class Series(Record):
    """A loading series of 6 to 8 infusions, or the maintenance that follows it."""

    class Kind(models.TextChoices):
        LOADING = "loading", "Loading series"
        MAINTENANCE = "maintenance", "Maintenance"

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        ACTIVE = "active", "Active"
        SUSPENDED = "suspended", "Suspended"
        COMPLETED = "completed", "Completed"
        STOPPED = "stopped", "Stopped"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="series")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=11, choices=Kind.choices)
    template = models.CharField(max_length=40, blank=True)
    planned_count = models.PositiveSmallIntegerField(null=True, blank=True)
    goals = models.TextField(blank=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.PLANNED)
    follows = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="maintenance",
    )
    opened_at = models.DateTimeField(default=clock.now)
    opened_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-opened_at"]
        verbose_name_plural = "series"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="series_loading_counts_6_to_8",
                condition=Q(kind="loading", planned_count__gte=6, planned_count__lte=8)
                | Q(kind="maintenance", planned_count__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["patient", "kind"],
                condition=Q(state__in=["planned", "active", "suspended"]),
                name="series_one_running",
            ),
            ordered("series_ends_after_start", "opened_at", "ended_at"),
            models.CheckConstraint(name="series_stopped_says_why", condition=~Q(state="stopped") | ~Q(ended_reason="")),
            models.CheckConstraint(
                name="series_ended_has_time",
                condition=Q(state__in=["planned", "active", "suspended"], ended_at__isnull=True)
                | Q(state__in=["completed", "stopped"], ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
