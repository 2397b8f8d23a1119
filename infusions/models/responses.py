"""What a series did for the patient, and when boosters are due."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from clinic import clock
from clinic.history import append_only, audited
from clinic.records import Record, within
from infusions.models.series import Series

USER = settings.AUTH_USER_MODEL


@audited
class ResponseReview(Record):
    """The provider's judgement after a series (or at its checkpoint), beside the exact numbers."""

    class Decision(models.TextChoices):
        CONTINUE = "continue", "Continue the series"
        DOSE = "dose", "Change the dose"
        MAINTENANCE = "maintenance", "Go on to boosters"
        STOP = "stop", "Stop"
        REFER = "refer", "Stop and refer"

    class Referral(models.TextChoices):
        TMS = "tms", "TMS"
        ECT = "ect", "ECT"
        TMS_ECT = "tms_ect", "TMS or ECT"
        OTHER = "other", "Somebody else, named in the reason"

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="reviews")
    after_number = models.PositiveSmallIntegerField()
    baseline_score = models.PositiveSmallIntegerField()
    score = models.PositiveSmallIntegerField()
    decision = models.CharField(max_length=11, choices=Decision.choices)
    rationale = models.TextField()
    referral = models.CharField("referred for", max_length=7, choices=Referral.choices, blank=True)
    signed_at = models.DateTimeField(default=clock.now)
    signed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["-signed_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            within("review_baseline_sane", "baseline_score", 0, 27),
            within("review_score_sane", "score", 0, 27),
        ]
        triggers: ClassVar[list[Any]] = [append_only("response_review_signed")]

    def __str__(self) -> str:
        return self.get_decision_display()


@audited
class BoosterPlan(Record):
    """When boosters are due after a series: days from one to the next. A change is a new plan."""

    class Template(models.TextChoices):
        STANDARD = "std", "Standard"
        TRIAL = "rct", "As in the trial"
        AS_NEEDED = "prn", "As needed"
        OWN = "own", "Own intervals"

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="booster_plans")
    template = models.CharField(max_length=3, choices=Template.choices, default=Template.OWN)
    intervals_days = ArrayField(
        models.PositiveSmallIntegerField(), blank=True, default=list, help_text="The last one repeats."
    )
    evidence = models.CharField("what spoke for it", max_length=300, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    signed_at = models.DateTimeField(default=clock.now)
    signed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    supersedes = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="superseded_by",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-signed_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="booster_plan_not_empty",
                condition=Q(template="prn", intervals_days__len=0) | ~Q(template="prn") & Q(intervals_days__len__gte=1),
            ),
            models.UniqueConstraint(
                fields=["series"],
                condition=Q(supersedes__isnull=True),
                name="booster_plan_one_first_a_series",
            ),
        ]
        triggers: ClassVar[list[Any]] = [append_only("booster_plan_signed")]

    def __str__(self) -> str:
        if not self.intervals_days:
            return "Boosters as needed"
        return f"Boosters after {', '.join(str(days) for days in self.intervals_days)} days"
