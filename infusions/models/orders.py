"""What a provider orders: never edited, only superseded."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from clinic.history import audited
from clinic.protocol import WeightBasis
from clinic.records import Record, together, within
from infusions.models.series import Series

USER = settings.AUTH_USER_MODEL


@audited
class Order(Record):
    """A provider's order of a dose. Never edited: a new order supersedes it."""

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="orders")
    first_number = models.PositiveSmallIntegerField(help_text="The first infusion it is for.")
    mg_per_kg = models.DecimalField(max_digits=4, decimal_places=2)
    dosing_weight_kg = models.DecimalField(max_digits=5, decimal_places=2)
    weight_basis = models.CharField(max_length=8, choices=WeightBasis.choices, default=WeightBasis.ACTUAL)
    weight_measured_at = models.DateTimeField()
    basis_reason = models.CharField(max_length=200, blank=True)
    dose_mg = models.DecimalField(max_digits=6, decimal_places=2)
    minutes = models.PositiveSmallIntegerField()
    bag_ml = models.DecimalField(max_digits=5, decimal_places=1)
    reason = models.CharField(max_length=300, blank=True)
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    second_signed_at = models.DateTimeField(null=True, blank=True)
    second_signed_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    needs_second = models.BooleanField(default=False)
    supersedes = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="superseded_by",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-signed_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            together("order_second_signature_whole", "second_signed_at", "second_signed_by"),
            models.CheckConstraint(
                name="order_two_different_signers",
                condition=Q(second_signed_by__isnull=True) | ~Q(second_signed_by=F("signed_by")),
            ),
            within("order_dose_sane", "mg_per_kg", Decimal("0.05"), Decimal(2)),
            within("order_weight_sane", "dosing_weight_kg", 30, 300),
            within("order_minutes_sane", "minutes", 10, 120),
            within("order_bag_sane", "bag_ml", 10, 500),
            models.CheckConstraint(
                name="order_dose_follows_from_weight",
                condition=Q(dose_mg__gte=F("mg_per_kg") * F("dosing_weight_kg") - Decimal("0.01"))
                & Q(dose_mg__lte=F("mg_per_kg") * F("dosing_weight_kg") + Decimal("0.01")),
            ),
            models.UniqueConstraint(
                fields=["series"],
                condition=Q(supersedes__isnull=True),
                name="order_one_first_a_series",
            ),
        ]
        triggers: ClassVar[list[Any]] = [
            # The one thing that may still come is the second signature.
            pgtrigger.Protect(name="order_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="order_never_edited",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["second_signed_at", "second_signed_by"]),
            ),
            pgtrigger.Protect(
                name="order_second_signed_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__second_signed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mg_per_kg} mg/kg"

    @property
    def awaits_second(self) -> bool:
        """Above a soft ceiling, and no second provider has signed yet: nothing may be drawn on it."""
        return self.needs_second and self.second_signed_at is None
