"""One vial of stock."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from clinic.history import audited
from clinic.models import Site
from clinic.records import Record, within


@audited
class DrugVial(Record):
    """One vial of stock. Its balance moves only through ledger entries."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="vials")
    label = models.CharField(max_length=40, help_text="The number on our own sticker; what is scanned.")
    drug = models.CharField(max_length=40, default="Ketamine")
    lot = models.CharField(max_length=40)
    strength_mg_per_ml = models.DecimalField(max_digits=5, decimal_places=1)
    volume_ml = models.DecimalField(max_digits=6, decimal_places=2)
    expires_on = models.DateField()
    balance_ml = models.DecimalField(max_digits=6, decimal_places=2, default=Decimal(0), editable=False)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["expires_on", "label"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["site", "label"], name="vial_label_once_a_site"),
            models.CheckConstraint(name="vial_never_below_zero", condition=Q(balance_ml__gte=0)),
            models.CheckConstraint(name="vial_never_over_full", condition=Q(balance_ml__lte=F("volume_ml"))),
            models.CheckConstraint(name="vial_strengths", condition=Q(strength_mg_per_ml__in=[10, 50, 100])),
            within("vial_volume_sane", "volume_ml", Decimal("0.5"), Decimal(50)),
        ]

    def __str__(self) -> str:
        return f"{self.label}, lot {self.lot}"
