"""Filled-in questionnaires."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from clinic.history import audited
from clinic.records import Entered, Record, Retractable
from patients.models.links import PatientLink
from patients.models.people import Patient


def _whole() -> Q:
    """Every instrument has all of its answers, or, where only numbers may be kept, a score in its range."""
    asked = (
        Q(instrument="phq9", items__len=9, score__isnull=False, score__lte=27)
        | Q(instrument="gad7", items__len=7, score__isnull=False, score__lte=21)
        | Q(instrument="cssrs", items__len=6, score__isnull=True)
        | Q(instrument="asq", items__len=5, score__isnull=True)
        | Q(instrument="pcl5", items__len=20, score__isnull=False, score__lte=80)
    )
    numbers = (
        Q(instrument="madrs", items__len__in=[0, 10], score__isnull=False, score__lte=60)
        | Q(instrument="qids", items__len__in=[0, 16], score__isnull=False, score__lte=27)
        | Q(instrument="cadss6", items__len__in=[0, 6], score__isnull=False, score__lte=24)
        | Q(instrument="ybocs", items__len__in=[0, 10], score__isnull=False, score__lte=40)
        | Q(instrument="who5", items__len__in=[0, 5], score__in=list(range(0, 101, 4)))
    )
    return asked | numbers


@audited
class MeasureResponse(Record, Entered, Retractable):
    """One filled-in questionnaire. All items are required; the score is computed.

    Of instruments whose words we may not show the score is kept, and the answers' numbers where staff have them.
    A response without a user was given by the patient, by `link`; without either it was imported.
    """

    class Instrument(models.TextChoices):
        PHQ9 = "phq9", "PHQ-9"
        GAD7 = "gad7", "GAD-7"
        CSSRS = "cssrs", "C-SSRS screener"
        ASQ = "asq", "ASQ"
        PCL5 = "pcl5", "PCL-5"
        MADRS = "madrs", "MADRS"
        QIDS = "qids", "QIDS-SR16"
        CADSS6 = "cadss6", "CADSS-6"
        YBOCS = "ybocs", "Y-BOCS"
        WHO5 = "who5", "WHO-5"

    class Timepoint(models.TextChoices):
        BASELINE = "baseline", "Baseline"
        PRE_INFUSION = "pre_infusion", "Before an infusion"
        POST_SERIES = "post_series", "After the series"
        FOLLOW_UP = "follow_up", "Follow-up"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="measures", db_index=False)
    instrument = models.CharField(max_length=8, choices=Instrument.choices)
    version = models.CharField(max_length=20, default="1")
    language = models.CharField(max_length=5, default="en")
    timepoint = models.CharField(max_length=14, choices=Timepoint.choices)
    items = ArrayField(models.PositiveSmallIntegerField())
    score = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Empty for a screen without a sum.")
    difficulty = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="The last item of the PHQ-9, 0 to 3; it counts for nothing."
    )
    link = models.ForeignKey(
        PatientLink,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="measures",
        help_text="The patient answered by this link.",
    )

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
            models.CheckConstraint(name="measure_items_whole", condition=_whole()),
            models.CheckConstraint(
                name="measure_difficulty_of_phq9",
                condition=Q(difficulty__isnull=True) | Q(instrument="phq9", difficulty__lte=3),
            ),
            models.CheckConstraint(
                name="measure_by_link_has_no_user", condition=Q(link__isnull=True) | Q(entered_by__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_instrument_display()} {'' if self.score is None else self.score}".strip()

    @property
    def given_by(self) -> str:
        """Who filled it in, as the history says it."""
        if self.link_id:
            return "the patient, by link"
        return str(self.entered_by) if self.entered_by else "an import"
