"""When it is coming back: the watch over a patient after a loading series, and what is asked at every booster."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic import clock
from clinic.history import append_only, audited
from clinic.records import Entered, Record, within
from infusions.models.infusion import Infusion
from infusions.models.series import Series
from patients.models import MeasureResponse, Patient

USER = settings.AUTH_USER_MODEL


@audited
class RelapseState(Record):
    """One look at a patient after a series: the state from then on, and what was seen. The newest one holds."""

    class State(models.TextChoices):
        NONE = "none", "No relapse"
        WATCH = "watch", "Watch"
        CONFIRMED = "confirmed", "Relapse confirmed"

    class Cause(models.TextChoices):
        SCORE = "score", "A score"
        PATIENT = "patient", "The patient asked"
        THERAPIST = "therapist", "The therapist asked"
        BOOSTERS = "boosters", "Two boosters were given"
        PROVIDER = "provider", "A provider decided"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="relapse_states")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="relapse_states")
    state = models.CharField(max_length=9, choices=State.choices)
    cause = models.CharField(max_length=9, choices=Cause.choices)
    is_hit = models.BooleanField("a sign of relapse", default=False)
    sentence = models.CharField("what was seen", max_length=300)
    measure = models.ForeignKey(
        MeasureResponse, null=True, blank=True, on_delete=models.PROTECT, related_name="relapse_states"
    )
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    nadir = models.PositiveSmallIntegerField("best score after the series", null=True, blank=True)
    baseline = models.PositiveSmallIntegerField(null=True, blank=True)
    observed_at = models.DateTimeField()
    entered_at = models.DateTimeField(default=clock.now, editable=False)
    by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["-entered_at", "-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["series", "-entered_at"], name="relapse_by_series"),
            models.Index(fields=["patient", "-entered_at"], name="relapse_by_patient"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            within("relapse_score_sane", "score", 0, 27),
            models.CheckConstraint(name="relapse_says_why", condition=~Q(sentence="")),
            models.CheckConstraint(
                name="relapse_score_of_a_measure",
                condition=~Q(cause="score") | Q(measure__isnull=False, score__isnull=False),
            ),
        ]
        triggers: ClassVar[list[Any]] = [append_only("relapse_state_append_only")]

    def __str__(self) -> str:
        return self.get_state_display()


@audited
class LongTermCheck(Record, Entered):
    """What is asked before every booster: the bladder, and whether the drug is wanted or taken otherwise."""

    infusion = models.ForeignKey(Infusion, on_delete=models.PROTECT, related_name="long_term_checks")
    urinary = models.BooleanField("pain, urgency or blood when passing water")
    misuse = models.BooleanField("craving, or ketamine from elsewhere")
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-observed_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="long_term_symptom_described", condition=Q(urinary=False, misuse=False) | ~Q(note="")
            ),
        ]
        triggers: ClassVar[list[Any]] = [append_only("long_term_check_append_only")]

    def __str__(self) -> str:
        return "Bladder and misuse"
