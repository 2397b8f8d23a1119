"""What happened, coded: the clinic's dated table of rules, and what was accepted for each visit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from clinic import clock
from clinic.history import append_only, audited, written_once
from clinic.models import Site
from clinic.records import Record, Retractable, together, within
from insurance.coding_rules import What
from insurance.models.coverages import Coverage
from patients.models import Patient

USER = settings.AUTH_USER_MODEL
CODE, MODIFIER = r"^[A-Z0-9]{5}$", r"^([A-Z0-9]{2})?$"
RETRACTING = ("entered_in_error_at", "entered_in_error_by", "entered_in_error_reason")


@audited
class CodeTable(Record):
    """The rules from one day on. A change is a new table; what was coded by an older one stays as it was."""

    starts_on = models.DateField("from")
    note = models.CharField("why", max_length=300)
    made_at = models.DateTimeField(default=clock.now, editable=False)
    made_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["-starts_on", "-made_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="code_table_says_why", condition=~Q(note=""))
        ]
        triggers: ClassVar[list[Any]] = [append_only("code_table_append_only")]

    def __str__(self) -> str:
        return f"Codes from {self.starts_on}"


@audited
class CodeRule(Record):
    """One line of a table: a band of minutes, or what has none, and its code."""

    table = models.ForeignKey(CodeTable, on_delete=models.PROTECT, related_name="rules")
    place = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=8, choices=[(what.value, what.label) for what in What])
    code = models.CharField(max_length=5)
    modifier = models.CharField(max_length=2, blank=True)
    label = models.CharField("our own words", max_length=60)
    least = models.PositiveSmallIntegerField("from, min", null=True, blank=True)
    most = models.PositiveSmallIntegerField("to, min", null=True, blank=True)
    step = models.PositiveSmallIntegerField("each further, min", null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["place"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["table", "place"], name="code_rule_place_once"),
            models.CheckConstraint(name="code_rule_code", condition=Q(code__regex=CODE)),
            models.CheckConstraint(name="code_rule_modifier", condition=Q(modifier__regex=MODIFIER)),
            models.CheckConstraint(
                name="code_rule_band",
                condition=Q(least__isnull=True) | Q(most__isnull=True) | Q(most__gte=F("least")),
            ),
            models.CheckConstraint(name="code_rule_step", condition=Q(step__isnull=True) | Q(step__gte=1)),
        ]
        triggers: ClassVar[list[Any]] = [append_only("code_rule_append_only")]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"


@audited
class CodedVisit(Record, Retractable):
    """What was accepted for one visit. To change it, take it back with a reason and accept anew.

    `visit_id` is the appointment's id, which a room further right keeps.
    """

    visit_id = models.UUIDField()
    visit_kind = models.CharField(max_length=40, help_text="In words, as the bill says it.")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="coded_visits")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    service_on = models.DateField()
    started_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    rendering = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    coverage = models.ForeignKey(
        Coverage,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Empty: the patient pays.",
    )
    diagnosis_codes = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    not_billed = models.CharField(max_length=300, blank=True, help_text="Why nothing of this visit is billed.")
    suggested = models.CharField(
        max_length=64, help_text="Digest of what was suggested, to see when the record changes."
    )
    accepted_at = models.DateTimeField(default=clock.now)
    accepted_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta(Retractable.Meta):
        ordering: ClassVar[list[str]] = ["-service_on", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Retractable.Meta.constraints,
            models.UniqueConstraint(
                fields=["visit_id"], condition=Q(entered_in_error_at__isnull=True), name="coded_visit_once"
            ),
            together("coded_visit_times_whole", "started_at", "stopped_at"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["site", "-service_on"], name="coded_visit_by_day"),
            models.Index(fields=["patient", "-service_on"], name="coded_visit_by_patient"),
        ]
        triggers: ClassVar[list[Any]] = written_once("coded_visit_kept", but=RETRACTING)

    def __str__(self) -> str:
        return f"{self.visit_kind} of {self.service_on}"


@audited
class ChargeItem(Record):
    """One line of a bill (FHIR ChargeItem): what was suggested, and what was accepted in its place."""

    visit = models.ForeignKey(CodedVisit, on_delete=models.PROTECT, related_name="lines")
    place = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=5)
    modifier = models.CharField(max_length=2, blank=True)
    units = models.PositiveSmallIntegerField(help_text="0: the suggestion was declined.")
    label = models.CharField(max_length=60, blank=True)
    fee = models.DecimalField("fee for one unit, $", max_digits=9, decimal_places=2, null=True, blank=True)
    sentence = models.CharField(max_length=400)
    reason = models.CharField(max_length=300, blank=True)
    suggested_code = models.CharField(max_length=5, blank=True)
    suggested_modifier = models.CharField(max_length=2, blank=True)
    suggested_units = models.PositiveSmallIntegerField(null=True, blank=True)
    ndc = models.CharField("NDC", max_length=11, blank=True)
    drug_mg = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    drug_ml = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    wasted_mg = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["place"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["visit", "place"], name="charge_item_place_once"),
            models.CheckConstraint(name="charge_item_code", condition=Q(code__regex=CODE)),
            models.CheckConstraint(name="charge_item_modifier", condition=Q(modifier__regex=MODIFIER)),
            within("charge_item_units", "units", 0, 99),
            models.CheckConstraint(name="charge_item_fee", condition=Q(fee__isnull=True) | Q(fee__gte=0)),
            models.CheckConstraint(
                name="charge_item_change_says_why",
                condition=Q(
                    code=F("suggested_code"), modifier=F("suggested_modifier"), units=F("suggested_units"),
                    suggested_units__isnull=False,
                )
                | ~Q(reason=""),
            ),
        ]  # fmt: skip
        triggers: ClassVar[list[Any]] = [append_only("charge_item_append_only")]

    def __str__(self) -> str:
        return f"{self.code} × {self.units}"

    @property
    def amount(self) -> Decimal | None:
        """What the line comes to; None while no fee is known."""
        return None if self.fee is None else self.fee * self.units


@audited
class Payment(Record, Retractable):
    """What the patient paid for a visit; the bill's balance is the fees less these."""

    class Method(models.TextChoices):
        CARD = "card", "Card"
        CASH = "cash", "Cash"
        CHECK = "check", "Check"
        OTHER = "other", "Other"

    visit = models.ForeignKey(CodedVisit, on_delete=models.PROTECT, related_name="payments")
    amount = models.DecimalField(max_digits=9, decimal_places=2)
    method = models.CharField(max_length=5, choices=Method.choices)
    paid_on = models.DateField()
    recorded_at = models.DateTimeField(default=clock.now, editable=False)
    recorded_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta(Retractable.Meta):
        ordering: ClassVar[list[str]] = ["paid_on", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Retractable.Meta.constraints,
            models.CheckConstraint(name="payment_is_something", condition=Q(amount__gt=0)),
        ]
        triggers: ClassVar[list[Any]] = written_once("payment_kept", but=RETRACTING)

    def __str__(self) -> str:
        return f"${self.amount} on {self.paid_on}"
