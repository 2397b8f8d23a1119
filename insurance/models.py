"""Who pays."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from clinic import clock
from clinic.history import append_only, audited, locked_when
from clinic.records import Entered, Record, Retractable, together, within
from patients.models import Patient

USER = settings.AUTH_USER_MODEL


@audited
class Payer(Record):
    name = models.CharField(max_length=120)
    payer_id = models.CharField("electronic payer id", max_length=40, blank=True)
    phone = models.CharField(max_length=20, blank=True)
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
        ]

    def __str__(self) -> str:
        return self.name


@audited
class Coverage(Record, Retractable):
    """One insurance of a patient (FHIR Coverage)."""

    class Relation(models.TextChoices):
        SELF = "self", "Self"
        SPOUSE = "spouse", "Spouse"
        CHILD = "child", "Child"
        OTHER = "other", "Other"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="coverages")
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="coverages")
    rank = models.PositiveSmallIntegerField(default=1, help_text="1 primary, 2 secondary, 3 tertiary")
    member_id = models.CharField(max_length=60, blank=True)
    group_number = models.CharField(max_length=60, blank=True)
    plan_name = models.CharField(max_length=120, blank=True)
    subscriber_name = models.CharField(max_length=160, blank=True)
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


@audited
class Verification(Record):
    """One check of one leg of the benefits. A new check is a new row."""

    class Leg(models.TextChoices):
        MEDICAL = "medical", "Medical"
        BEHAVIORAL = "behavioral", "Behavioral health"

    class State(models.TextChoices):
        NOT_STARTED = "not_started", "Not started"
        IN_PROGRESS = "in_progress", "In progress"
        NEEDS_INFO = "needs_info", "Needs information"
        ACTIVE = "active", "Verified, active"
        INACTIVE = "inactive", "Verified, inactive"
        NOT_COVERED = "not_covered", "Not covered"
        SELF_PAY = "self_pay", "Self-pay"
        EXPIRED = "expired", "Expired"
        ERROR = "error", "Check failed"

    class Method(models.TextChoices):
        PHONE = "phone", "Phone"
        PORTAL = "portal", "Payer portal"
        ELECTRONIC = "271", "270/271"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="verifications")
    coverage = models.ForeignKey(
        Coverage,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="verifications",
    )
    leg = models.CharField(max_length=10, choices=Leg.choices)
    state = models.CharField(max_length=12, choices=State.choices, default=State.NOT_STARTED)
    owner = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=clock.now)
    due_on = models.DateField(null=True, blank=True)
    method = models.CharField(max_length=8, blank=True, choices=Method.choices)
    representative = models.CharField(max_length=120, blank=True)
    reference = models.CharField("call reference", max_length=60, blank=True)
    in_network = models.BooleanField(null=True, blank=True)
    copay = models.DecimalField("copay, $", max_digits=8, decimal_places=2, null=True, blank=True)
    coinsurance_percent = models.PositiveSmallIntegerField("coinsurance, %", null=True, blank=True)
    deductible = models.DecimalField("deductible, $", max_digits=9, decimal_places=2, null=True, blank=True)
    deductible_met = models.DecimalField("deductible met, $", max_digits=9, decimal_places=2, null=True, blank=True)
    authorization_required = models.BooleanField(null=True, blank=True)
    note = models.TextField(blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    valid_until = models.DateField(null=True, blank=True)

    CHECKED: ClassVar[frozenset[str]] = frozenset({"active", "inactive", "not_covered", "self_pay"})
    OPEN: ClassVar[frozenset[str]] = frozenset({"not_started", "in_progress", "needs_info", "error"})

    class Meta:
        ordering: ClassVar[list[str]] = ["-opened_at"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["patient", "leg", "-opened_at"], name="verification_by_patient"),
            models.Index(fields=["state", "due_on"], name="verification_queue"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            together("verification_checked_whole", "checked_at", "checked_by"),
            models.CheckConstraint(
                name="verification_result_has_checker",
                condition=~Q(
                    state__in=[
                        "active",
                        "inactive",
                        "not_covered",
                        "self_pay",
                        "expired",
                    ]
                )
                | Q(checked_at__isnull=False),
            ),
            models.CheckConstraint(
                name="verification_insured_has_coverage",
                condition=~Q(state__in=["active", "inactive"]) | Q(coverage__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["patient", "coverage", "leg"],
                condition=Q(state__in=["not_started", "in_progress", "needs_info", "error"]),
                nulls_distinct=False,
                name="verification_one_open",
            ),
            within("verification_coinsurance", "coinsurance_percent", 0, 100),
            models.CheckConstraint(
                name="verification_money_not_negative",
                condition=(Q(copay__isnull=True) | Q(copay__gte=0))
                & (Q(deductible__isnull=True) | Q(deductible__gte=0))
                & (Q(deductible_met__isnull=True) | Q(deductible_met__gte=0)),
            ),
        ]
        triggers: ClassVar[list[Any]] = [locked_when("verification_expired", state="expired")]

    def __str__(self) -> str:
        return f"{self.get_leg_display()}: {self.get_state_display()}"


@audited
class PayerContact(Record, Entered):
    """One call, portal visit or electronic answer about a check, and the state it left the check in."""

    verification = models.ForeignKey(Verification, on_delete=models.PROTECT, related_name="contacts")
    state = models.CharField(max_length=12, choices=Verification.State.choices)
    method = models.CharField(max_length=8, blank=True, choices=Verification.Method.choices)
    representative = models.CharField(max_length=120, blank=True)
    reference = models.CharField("call reference", max_length=60, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-observed_at", "-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["verification", "-observed_at"], name="payer_contact_by_check")
        ]
        triggers: ClassVar[list[Any]] = [append_only("payer_contact_append_only")]

    def __str__(self) -> str:
        return f"{self.get_method_display()}: {self.get_state_display()}"


@audited
class Authorization(Record, Retractable):
    """A payer's leave for so many infusions between two days, both of them included."""

    coverage = models.ForeignKey(Coverage, on_delete=models.PROTECT, related_name="authorizations")
    number = models.CharField("authorization number", max_length=40)
    codes = ArrayField(models.CharField(max_length=5), help_text="The procedure codes it names.")
    units = models.PositiveSmallIntegerField(help_text="Infusions approved.")
    starts_on = models.DateField("first day")
    ends_on = models.DateField("last day")
    note = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField(default=clock.now, editable=False)
    recorded_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta(Retractable.Meta):
        ordering: ClassVar[list[str]] = ["starts_on", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Retractable.Meta.constraints,
            within("authorization_units", "units", 1, 99),
            models.CheckConstraint(name="authorization_ends_after_start", condition=Q(ends_on__gte=F("starts_on"))),
            models.CheckConstraint(name="authorization_has_number", condition=~Q(number="")),
            models.CheckConstraint(name="authorization_has_codes", condition=Q(codes__len__gte=1)),
            models.UniqueConstraint(
                fields=["coverage", "number"],
                condition=Q(entered_in_error_at__isnull=True),
                name="authorization_once",
            ),
        ]

    def __str__(self) -> str:
        return f"Authorization {self.number}"


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
