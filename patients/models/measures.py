"""Filled-in questionnaires."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from clinic.history import audited
from clinic.records import Entered, Record, Retractable
from patients.models.people import Patient


@audited
class MeasureResponse(Record, Entered, Retractable):
    """One filled-in questionnaire. All items are required; the score is computed, never typed."""

    class Instrument(models.TextChoices):
        PHQ9 = "phq9", "PHQ-9"
        GAD7 = "gad7", "GAD-7"
        CSSRS = "cssrs", "C-SSRS screener"

    class Timepoint(models.TextChoices):
        BASELINE = "baseline", "Baseline"
        PRE_INFUSION = "pre_infusion", "Before an infusion"
        POST_SERIES = "post_series", "After the series"
        FOLLOW_UP = "follow_up", "Follow-up"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="measures")
    instrument = models.CharField(max_length=8, choices=Instrument.choices)
    version = models.CharField(max_length=20, default="1")
    language = models.CharField(max_length=5, default="en")
    timepoint = models.CharField(max_length=14, choices=Timepoint.choices)
    items = ArrayField(models.PositiveSmallIntegerField())
    score = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Empty for a screen without a sum.")

    class Meta(Retractable.Meta):
        ordering: ClassVar[list[str]] = ["-observed_at"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["patient", "instrument", "-observed_at"],
                name="measure_by_patient",
            )
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Retractable.Meta.constraints,
            models.CheckConstraint(
                name="measure_items_whole",
                condition=Q(instrument="phq9", items__len=9, score__isnull=False, score__lte=27)
                | Q(instrument="gad7", items__len=7, score__isnull=False, score__lte=21)
                | Q(instrument="cssrs", items__len=6, score__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_instrument_display()} {'' if self.score is None else self.score}".strip()
