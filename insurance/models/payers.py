"""Payers, and what they ask before they pay."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from clinic import clock
from clinic.history import audited
from clinic.models import Site
from clinic.records import Record, within

USER = settings.AUTH_USER_MODEL


@audited
class Payer(Record):
    name = models.CharField(max_length=120)
    payer_id = models.CharField("electronic payer id", max_length=40, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    claims_address = models.CharField(max_length=300, blank=True, help_text="Where claims on paper go.")
    timely_filing_days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Days after the visit in which a claim has to be there."
    )
    source_id = models.CharField(
        max_length=60,
        blank=True,
        help_text="The id in the system it was imported from.",
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["source_id"],
                condition=~Q(source_id=""),
                name="payer_source_once",
            ),
            within("payer_timely_filing", "timely_filing_days", 1, 1100),
        ]

    def __str__(self) -> str:
        return self.name


@audited
class AcceptedPlan(Record):
    """Whether a site takes a payer's plan. An empty `plan_name` speaks of every plan of the payer.

    Kept a row for each; its history table tells what it was before.
    """

    class Standing(models.TextChoices):
        IN_NETWORK = "in", "In network"
        ACCEPTED = "accepted", "Accepted, out of network"
        NOT_ACCEPTED = "not", "Not accepted"

    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="accepted")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="accepted_plans")
    plan_name = models.CharField(max_length=120, blank=True, help_text="Empty: every plan of this payer.")
    standing = models.CharField(max_length=8, choices=Standing.choices)
    note = models.CharField(max_length=200, blank=True)
    kept_at = models.DateTimeField(default=clock.now, editable=False)
    kept_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["payer__name", "plan_name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("payer", "site", Lower("plan_name"), name="accepted_plan_once")
        ]

    def __str__(self) -> str:
        return f"{self.payer} {self.plan_name}".strip()


@audited
class PayerProfile(Record):
    """What a payer asks before it pays: failed treatments, severity. Sources differ (protocol 1.2); 0 asks nothing.

    Kept a row for each payer; its history table tells what it was before.
    """

    payer = models.OneToOneField(Payer, on_delete=models.PROTECT, related_name="profile")
    trials = models.PositiveSmallIntegerField("adequate failed trials", default=0)
    weeks = models.PositiveSmallIntegerField("weeks at an adequate dose", default=6)
    classes = models.PositiveSmallIntegerField("different classes", default=0)
    augmentations = models.PositiveSmallIntegerField("augmentations, counted by themselves", default=0)
    psychotherapies = models.PositiveSmallIntegerField("psychotherapies", default=0)
    within_years = models.PositiveSmallIntegerField("within so many years", default=0)
    phq9 = models.PositiveSmallIntegerField("PHQ-9 of at least", default=0)
    note = models.CharField("what else it asks", max_length=200, blank=True)
    policy = models.CharField("policy, and the day it was read", max_length=200)
    kept_at = models.DateTimeField(default=clock.now, editable=False)
    kept_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            within("payer_profile_trials", "trials", 0, 8),
            within("payer_profile_weeks", "weeks", 1, 26),
            within("payer_profile_augmentations", "augmentations", 0, 4),
            within("payer_profile_psychotherapies", "psychotherapies", 0, 4),
            within("payer_profile_years", "within_years", 0, 20),
            within("payer_profile_phq9", "phq9", 0, 27),
            models.CheckConstraint(name="payer_profile_classes", condition=Q(classes__lte=F("trials"))),
            models.CheckConstraint(name="payer_profile_has_policy", condition=~Q(policy="")),
        ]

    def __str__(self) -> str:
        return f"What {self.payer} asks"
