"""A patient's plans, and the state of having none."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from clinic.history import audited
from clinic.records import Record, Retractable, together, within
from insurance.models.payers import Payer
from patients.models import Patient

USER = settings.AUTH_USER_MODEL


@audited
class Coverage(Record, Retractable):
    """One insurance of a patient (FHIR Coverage)."""

    class Relation(models.TextChoices):
        SELF = "self", "Self"
        SPOUSE = "spouse", "Spouse"
        CHILD = "child", "Child"
        OTHER = "other", "Other"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="coverages", db_index=False)
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="coverages")
    rank = models.PositiveSmallIntegerField(default=1, help_text="1 primary, 2 secondary, 3 tertiary")
    member_id = models.CharField(max_length=60, blank=True)
    group_number = models.CharField(max_length=60, blank=True)
    plan_name = models.CharField(max_length=120, blank=True)
    subscriber_name = models.CharField(max_length=160, blank=True)
    subscriber_birth_date = models.DateField(
        null=True, blank=True, help_text="Of the subscriber, where that is somebody else: payers find them by it."
    )
    relation = models.CharField(max_length=7, choices=Relation.choices, default=Relation.SELF)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True, help_text="The last day that is covered.")

    class Meta(Retractable.Meta):
        ordering: ClassVar[list[str]] = ["rank", "-starts_on"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Retractable.Meta.constraints,
            within("coverage_rank", "rank", 1, 3),
            models.CheckConstraint(
                name="coverage_ends_after_start",
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
            ),
            models.UniqueConstraint(
                fields=["patient", "payer", "member_id", "starts_on"],
                nulls_distinct=False,
                name="coverage_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payer} {self.member_id}".strip()

    def holds_on(self, day: date) -> bool:
        """Whether the plan's dates include the day; the last day is covered."""
        return (self.starts_on is None or self.starts_on <= day) and (self.ends_on is None or self.ends_on >= day)


@audited
class SelfPay(Record):
    """The patient pays: a state of its own, never a coverage with a made-up member id.

    One that nobody agreed to yet (`agreed_at` empty) was found in an imported record: the person has no insurance.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="self_pay")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=200)
    agreed_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(null=True, blank=True)
    gfe_due = models.DateField(
        "estimate due",
        null=True,
        blank=True,
        help_text="The last day to give the good-faith estimate (45 CFR 149.610).",
    )
    estimate_given_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-since"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["patient"],
                condition=Q(until__isnull=True),
                name="self_pay_one_in_force",
            ),
            models.CheckConstraint(
                name="self_pay_ends_after_start",
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
            ),
            together("self_pay_agreement_whole", "agreed_at", "agreed_by"),
        ]

    def __str__(self) -> str:
        return f"Self-pay since {self.since}"

    def holds_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or self.until >= day)
