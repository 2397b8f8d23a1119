"""What the clinic asks for: its fees, what payers allow of them, its packages. A change is a new row, never an edit."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from clinic import clock
from clinic.history import append_only, audited
from clinic.models import Site
from clinic.records import Record, within
from insurance.models.payers import Payer

USER = settings.AUTH_USER_MODEL
_MOST = 99_999


class Version(Record):
    """One version of a price. It counts from a day on, until a later one does.

    Only the first of its kind may reach back before the day it was written: it fills what was empty. Every later one
    begins on that day at the earliest, so what something cost never changes afterwards.
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=12)
    valid_from = models.DateField("from")
    is_first = models.BooleanField(default=False, editable=False)
    made_on = models.DateField(editable=False)
    made_at = models.DateTimeField(default=clock.now, editable=False)
    made_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True
        ordering: ClassVar[list[str]] = ["code", "-valid_from", "-made_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_leaves_the_past",
                condition=Q(is_first=True) | Q(valid_from__gte=F("made_on")),
            ),
            models.CheckConstraint(name="%(app_label)s_%(class)s_has_code", condition=~Q(code="")),
        ]


@audited
class Fee(Version):
    """What one code, or one item of the clinic's own, costs: on a bill, and for whoever pays alone.

    Without `billed` it is no longer offered from that day.
    """

    class Used(models.TextChoices):
        EVALUATION = "evaluation", "Each evaluation"
        INFUSION = "infusion", "Each infusion"
        THERAPY = "therapy", "Each therapy session"
        SERIES = "series", "Once a series"
        OTHER = "", "Only when it is needed"

    class Leg(models.TextChoices):
        MEDICAL = "medical", "Medical"
        BEHAVIORAL = "behavioral", "Behavioral health"

    label = models.CharField(max_length=80, help_text="In the clinic’s own words.")
    label_es = models.CharField(max_length=80, blank=True)
    used = models.CharField(max_length=10, blank=True, choices=Used.choices)
    leg = models.CharField(max_length=10, choices=Leg.choices, default=Leg.MEDICAL)
    billed = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    self_pay = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)

    class Meta(Version.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Version.Meta.constraints,
            within("fee_billed", "billed", 0, _MOST),
            within("fee_self_pay", "self_pay", 0, _MOST),
            models.CheckConstraint(
                name="fee_self_pay_of_something", condition=Q(billed__isnull=False) | Q(self_pay__isnull=True)
            ),
            models.UniqueConstraint(fields=["site", "code"], condition=Q(is_first=True), name="fee_first_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["site", "code", "-valid_from", "-made_at"], name="fee_in_force"),
        ]
        triggers: ClassVar[list[Any]] = [append_only("fee_never_changes")]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"


@audited
class AllowedAmount(Version):
    """What a payer allows for a code, where the clinic knows it: by contract, or from what was paid."""

    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="allowed_amounts")
    amount = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    source = models.CharField(max_length=120, help_text="Where the clinic knows it from.")

    class Meta(Version.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Version.Meta.constraints,
            within("allowed_amount", "amount", 0, _MOST),
            models.UniqueConstraint(
                fields=["site", "payer", "code"], condition=Q(is_first=True), name="allowed_amount_first_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["site", "payer", "code", "-valid_from", "-made_at"], name="allowed_amount_in_force"),
        ]
        triggers: ClassVar[list[Any]] = [append_only("allowed_amount_never_changes")]

    def __str__(self) -> str:
        return f"{self.payer} allows for {self.code}"


@audited
class Package(Version):
    """Several visits for one price, for whoever pays alone. Without a price it is no longer offered from that day."""

    name = models.CharField(max_length=80)
    name_es = models.CharField(max_length=80, blank=True)
    price = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    evaluations = models.PositiveSmallIntegerField(default=0)
    infusions = models.PositiveSmallIntegerField(default=0)
    sessions = models.PositiveSmallIntegerField("therapy sessions", default=0)
    terms = models.CharField(max_length=400, help_text="What happens when fewer are given.")
    terms_es = models.CharField(max_length=400, blank=True)

    class Meta(Version.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Version.Meta.constraints,
            within("package_price", "price", 0, _MOST),
            within("package_evaluations", "evaluations", 0, 1),
            within("package_infusions", "infusions", 1, 8),
            within("package_sessions", "sessions", 0, 12),
            models.CheckConstraint(name="package_has_terms", condition=~Q(terms="")),
            models.UniqueConstraint(fields=["site", "code"], condition=Q(is_first=True), name="package_first_once"),
        ]
        triggers: ClassVar[list[Any]] = [append_only("package_never_changes")]

    def __str__(self) -> str:
        return self.name
