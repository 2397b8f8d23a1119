"""Checks of benefits, and the calls behind them."""

from __future__ import annotations

from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from clinic import clock
from clinic.history import append_only, audited, locked_when
from clinic.models import Site
from clinic.records import Entered, Record, together, within
from insurance.models.coverages import Coverage
from patients.models import Patient

USER = settings.AUTH_USER_MODEL


class DayInUTC(models.Func):
    """The day of a moment in UTC, which an index may hold: the local one is at most a day later."""

    template = "(%(expressions)s AT TIME ZONE 'UTC')::date"
    output_field = models.DateField()


MAY_END_BY_THEN = Q(valid_until__lte=DayInUTC("next_visit_at"))
"""An answer that may have ended by the next visit; the site's own calendar says whether it has."""
_LIMITS = (
    "deductible_family",
    "deductible_family_met",
    "out_of_pocket",
    "out_of_pocket_met",
    "out_of_pocket_family",
    "out_of_pocket_family_met",
)


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

    class Why(models.TextChoices):
        """What put a check on the queue (protocol 6.1, frequency)."""

        ASKED = "asked", "Asked for"
        NEW = "new", "New coverage"
        NO_PLAN = "no_plan", "No plan on file"
        FIRST = "first", "Before the first infusion"
        MONTH = "month", "The month has turned"
        PLAN_YEAR = "plan_year", "A new plan year"
        BOOSTER = "booster", "Before a booster"
        DENIED = "denied", "A claim was denied"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="verifications", db_index=False)
    site = models.ForeignKey(
        Site, null=True, editable=False, on_delete=models.PROTECT, related_name="+", db_index=False,
        help_text="The patient’s, written by a trigger: the queue is read and counted by it.",
    )  # fmt: skip
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
    opened_for = models.CharField(max_length=9, choices=Why.choices, default=Why.ASKED)
    due_on = models.DateField(null=True, blank=True)
    next_visit_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="The patient’s next visit, kept by insurance.coming."
    )
    next_visit_kind = models.CharField(max_length=12, blank=True, editable=False)
    method = models.CharField(max_length=8, blank=True, choices=Method.choices)
    representative = models.CharField(max_length=120, blank=True)
    reference = models.CharField("call reference", max_length=60, blank=True)
    in_network = models.BooleanField(null=True, blank=True)
    copay = models.DecimalField("copay, $", max_digits=8, decimal_places=2, null=True, blank=True)
    coinsurance_percent = models.PositiveSmallIntegerField("coinsurance, %", null=True, blank=True)
    deductible = models.DecimalField("deductible, $", max_digits=9, decimal_places=2, null=True, blank=True)
    deductible_met = models.DecimalField("deductible met, $", max_digits=9, decimal_places=2, null=True, blank=True)
    deductible_family = models.DecimalField(
        "family deductible, $", max_digits=9, decimal_places=2, null=True, blank=True
    )
    deductible_family_met = models.DecimalField(
        "family deductible met, $", max_digits=9, decimal_places=2, null=True, blank=True
    )
    out_of_pocket = models.DecimalField("out-of-pocket limit, $", max_digits=9, decimal_places=2, null=True, blank=True)
    out_of_pocket_met = models.DecimalField(
        "out-of-pocket met, $", max_digits=9, decimal_places=2, null=True, blank=True
    )
    out_of_pocket_family = models.DecimalField(
        "family out-of-pocket limit, $", max_digits=9, decimal_places=2, null=True, blank=True
    )
    out_of_pocket_family_met = models.DecimalField(
        "family out-of-pocket met, $", max_digits=9, decimal_places=2, null=True, blank=True
    )
    plan_begins = models.DateField("plan begins", null=True, blank=True)
    plan_ends = models.DateField("plan ends", null=True, blank=True)
    authorization_required = models.BooleanField(null=True, blank=True)
    visit_limit = models.PositiveSmallIntegerField("visits a plan year", null=True, blank=True)
    visits_used = models.PositiveSmallIntegerField("of them used", null=True, blank=True)
    referral_required = models.BooleanField(null=True, blank=True)
    telehealth_covered = models.BooleanField(null=True, blank=True)
    exclusions = models.CharField(max_length=300, blank=True, help_text="Like off-label or experimental use.")
    other_insurance = models.CharField(
        "coordination of benefits", max_length=200, blank=True, help_text="What the payer knows of another plan."
    )
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
            models.Index(
                F("next_visit_at").asc(nulls_last=True),
                F("due_on").asc(nulls_last=True),
                "id",
                condition=Q(state__in=["not_started", "in_progress", "needs_info", "error"]),
                name="verification_by_visit",
            ),
            models.Index(
                fields=["next_visit_at", "id"],
                condition=~Q(state="expired") & Q(next_visit_at__isnull=False),
                name="verification_with_visit",
            ),
            models.Index(
                fields=["site", "next_visit_at", "due_on", "id"],
                include=["owner"],
                condition=Q(state__in=["not_started", "in_progress", "needs_info", "error"]),
                name="verification_site_open",
            ),
            models.Index(
                fields=["site", "next_visit_at", "id"],
                condition=~Q(state="expired") & Q(next_visit_at__isnull=False),
                name="verification_site_ahead",
            ),
            models.Index(
                fields=["site", "next_visit_at", "id"],
                include=["valid_until"],
                condition=Q(state="active") & MAY_END_BY_THEN,
                name="verification_site_ending",
            ),
            models.Index(fields=["site", "state"], name="verification_site_state"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="verification_has_site", condition=Q(site__isnull=False)),
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
            models.CheckConstraint(
                name="verification_next_visit_whole",
                condition=Q(next_visit_at__isnull=True, next_visit_kind="")
                | Q(next_visit_at__isnull=False) & ~Q(next_visit_kind=""),
            ),
            within("verification_visit_limit", "visit_limit", 0, 366),
            within("verification_visits_used", "visits_used", 0, 366),
            within("verification_coinsurance", "coinsurance_percent", 0, 100),
            models.CheckConstraint(
                name="verification_money_not_negative",
                condition=(Q(copay__isnull=True) | Q(copay__gte=0))
                & (Q(deductible__isnull=True) | Q(deductible__gte=0))
                & (Q(deductible_met__isnull=True) | Q(deductible_met__gte=0)),
            ),
            *(within(f"verification_{name}_range", name, 0, 9_999_999) for name in _LIMITS),
        ]
        triggers: ClassVar[list[Any]] = [
            locked_when("verification_expired", state="expired"),
            pgtrigger.Trigger(
                name="verification_at_site",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="NEW.site_id := (SELECT site_id FROM patients_patient WHERE id = NEW.patient_id); RETURN NEW;",
            ),
        ]

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
