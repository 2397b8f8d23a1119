"""One vial of stock."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from clinic.history import audited
from clinic.models import Site
from clinic.records import Record, within

_STARTS_EMPTY = """
    IF NEW.balance_ml <> 0 OR NEW.closed_at IS NOT NULL THEN
        RAISE EXCEPTION 'vial: it comes in through the ledger' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

# The ledger's own trigger is one level further down.
_BY_LEDGER = """
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'vial: its balance moves only through the ledger' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

# A vial whose last count was not what the ledger says, with nothing settled since.
DIFFERS = """
    SELECT 1 FROM infusions_ledgerentry c
    WHERE c.vial_id = {vial} AND c.kind = 'counted' AND c.counted_ml <> c.balance_ml
      AND NOT EXISTS (SELECT 1 FROM infusions_ledgerentry n
                      WHERE n.vial_id = c.vial_id AND n.line > c.line AND n.kind IN ('counted', 'adjusted'))
"""

_CLOSES = """
    IF NEW.closed_at IS NOT NULL AND EXISTS ({differs}) THEN
        RAISE EXCEPTION 'vial: its last count differs' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
""".format(differs=DIFFERS.format(vial="NEW.id"))


@audited
class DrugVial(Record):
    """One vial of stock. Its balance moves only through ledger entries."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="vials")
    label = models.CharField(max_length=40, help_text="The number on our own sticker; what is scanned.")
    drug = models.CharField(max_length=40, default="Ketamine")
    lot = models.CharField(max_length=40)
    ndc = models.CharField("NDC", max_length=11, blank=True, help_text="Eleven digits; bills for the drug name it.")
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
            models.CheckConstraint(name="vial_ndc", condition=Q(ndc__regex=r"^([0-9]{11})?$")),
            within("vial_volume_sane", "volume_ml", Decimal("0.5"), Decimal(50)),
            models.CheckConstraint(name="vial_closed_is_empty", condition=Q(closed_at__isnull=True) | Q(balance_ml=0)),
        ]
        triggers: ClassVar[list[Any]] = [
            pgtrigger.ReadOnly(
                name="vial_stays_what_it_is",
                fields=["site", "label", "drug", "lot", "strength_mg_per_ml", "volume_ml", "expires_on"],
            ),
            pgtrigger.Trigger(
                name="vial_starts_empty",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=pgtrigger.Func(_STARTS_EMPTY),
            ),
            pgtrigger.Trigger(
                name="vial_moves_by_ledger",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("balance_ml"),
                func=pgtrigger.Func(_BY_LEDGER),
            ),
            pgtrigger.Trigger(
                name="vial_closes_without_difference",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("closed_at"),
                func=pgtrigger.Func(_CLOSES),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}, lot {self.lot}"
