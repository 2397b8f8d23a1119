"""Reports too large for one page view."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic import clock
from clinic.records import Record, ordered

USER = settings.AUTH_USER_MODEL


class OutcomeRun(Record):
    """A report over so many series that a worker counts them. It repeats what other rows say: no history is kept."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        COUNTING = "counting", "Counting"
        DONE = "done", "Done"

    criteria = models.JSONField(help_text="Sites, days and diagnosis, as the page asked.")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    handled = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    result = models.JSONField(null=True, blank=True)
    asked_at = models.DateTimeField(default=clock.now)
    asked_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-asked_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="outcome_run_done_has_result",
                condition=Q(state="done", ended_at__isnull=False, result__isnull=False)
                | ~Q(state="done") & Q(ended_at__isnull=True, result__isnull=True),
            ),
            ordered("outcome_run_ends_after_asked", "asked_at", "ended_at"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["asked_at"], condition=~Q(state="done"), name="outcome_run_open"),
        ]

    def __str__(self) -> str:
        return f"Outcome report, {self.get_state_display().lower()}"

    @property
    def is_under_way(self) -> bool:
        return self.state != self.State.DONE
