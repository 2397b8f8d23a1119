"""What another clinic observed, as it told us: read, shown and passed on, and never taken for a visit of this one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from clinic import clock
from clinic.history import audited, written_once
from clinic.records import Record, Retractable
from patients.models.people import Patient


@audited
class PastObservation(Record, Retractable):
    """One observation, treatment or visit of an imported record (FHIR Observation).

    It opens no gate and feeds no rule: a dose is not taken for one of ours, a weight not for today's.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="past_observations")
    key = models.CharField(max_length=160, help_text="Its id in the record it came from.")
    observed_at = models.DateTimeField()
    category = models.CharField(max_length=20, blank=True)
    system = models.CharField(max_length=80, blank=True)
    code = models.CharField(max_length=40, blank=True)
    display = models.CharField(max_length=255)
    value = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    unit = models.CharField(max_length=30, blank=True)
    words = models.CharField(max_length=600, blank=True)
    parts = models.JSONField(
        default=list, blank=True, help_text="Of a panel: system, code, display, value and unit of each part."
    )
    imported_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta(Retractable.Meta):
        ordering: ClassVar[list[str]] = ["-observed_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Retractable.Meta.constraints,
            models.UniqueConstraint(fields=["patient", "key"], name="past_observation_once"),
            models.CheckConstraint(name="past_observation_has_words", condition=~Q(display="")),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["patient", "-observed_at"], name="past_observation_by_patient")
        ]
        triggers: ClassVar[list[Any]] = written_once(
            "past_observation", but=("entered_in_error_at", "entered_in_error_by", "entered_in_error_reason")
        )

    def __str__(self) -> str:
        return self.display

    @property
    def told(self) -> str:
        """Its value in a line: “84 kg”, “128/82 mmHg”, or its words."""
        if self.parts:
            return ", ".join(f"{part['display']} {part['value']} {part['unit']}".strip() for part in self.parts)
        if self.value is None:
            return self.words
        number: Decimal = self.value.normalize()
        return f"{number:f} {self.unit}".strip()
