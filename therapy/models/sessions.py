"""The talk: sessions that hold the infusions, and what is written of them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic.history import audited
from clinic.records import Record
from infusions.models import Series
from patients.models import Patient
from visits.models import Appointment

USER = settings.AUTH_USER_MODEL


@audited
class TherapySession(Record):
    class Kind(models.TextChoices):
        PREPARATION = "preparation", "Preparation"
        MIDPOINT = "midpoint", "Midpoint"
        INTEGRATION = "integration", "Integration"

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        HELD = "held", "Held"
        DOCUMENTED = "documented", "Documented"
        SIGNED = "signed", "Signed"
        MISSED = "missed", "Missed"
        MOVED = "moved", "Moved"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="therapy_sessions")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="therapy_sessions")
    kind = models.CharField(max_length=11, choices=Kind.choices)
    appointment = models.OneToOneField(
        Appointment,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="therapy_session",
    )
    therapist = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="therapy_sessions")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)

    class Meta:
        ordering: ClassVar[list[str]] = ["appointment__starts_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["series", "kind"],
                condition=~Q(state__in=["missed", "moved"]),
                name="therapy_session_one_a_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} session"

    @property
    def tone(self) -> str:
        return {"planned": "none", "held": "warn", "documented": "warn", "signed": "ok"}.get(self.state, "info")
