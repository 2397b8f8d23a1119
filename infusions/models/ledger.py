"""The drug ledger, which must add up."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from clinic.history import append_only, audited
from clinic.records import Entered, Record
from infusions.models.infusion import Infusion
from infusions.models.vials import DrugVial

USER = settings.AUTH_USER_MODEL


_LEDGER = """
    DECLARE
        before numeric;
    BEGIN
        SELECT balance_ml INTO before FROM infusions_drugvial WHERE id = NEW.vial_id FOR UPDATE;
        NEW.balance_ml := before + NEW.change_ml;
        IF NEW.balance_ml < 0 THEN
            RAISE EXCEPTION 'ledger: vial holds % mL, less than %', before, -NEW.change_ml USING ERRCODE = 'check_violation';
        END IF;
        UPDATE infusions_drugvial SET balance_ml = NEW.balance_ml WHERE id = NEW.vial_id;
        RETURN NEW;
    END;
"""  # noqa: E501 - SQL reads better whole


@audited
class LedgerEntry(Record, Entered):
    """One movement of a vial's content. The trigger writes the running balance, under a lock on the vial."""

    class Kind(models.TextChoices):
        RECEIVED = "received", "Received"
        DRAWN = "drawn", "Drawn"
        WASTED = "wasted", "Wasted"
        RETURNED = "returned", "Returned"
        COUNTED = "counted", "Counted"

    vial = models.ForeignKey(DrugVial, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    change_ml = models.DecimalField(max_digits=6, decimal_places=2)
    balance_ml = models.DecimalField(max_digits=6, decimal_places=2, default=Decimal(0), editable=False)
    infusion = models.ForeignKey(Infusion, null=True, blank=True, on_delete=models.PROTECT, related_name="ledger")
    # What was drawn for a patient but not given comes from the bag, not from the vial: it is told, not subtracted.
    wasted_mg = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    counted_ml = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    witness = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        verbose_name_plural = "ledger entries"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["vial", "id"], name="ledger_by_vial")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="ledger_never_below_zero", condition=Q(balance_ml__gte=0)),
            models.CheckConstraint(
                name="ledger_signs",
                condition=Q(kind="received", change_ml__gt=0)
                | Q(kind__in=["drawn", "returned"], change_ml__lt=0)
                | Q(kind="wasted", change_ml__lte=0)
                | Q(kind="counted", change_ml=0),
            ),
            models.CheckConstraint(
                name="ledger_waste_has_witness",
                condition=~Q(kind="wasted") | Q(witness__isnull=False),
            ),
            models.CheckConstraint(
                name="ledger_witness_is_another",
                condition=Q(witness__isnull=True) | ~Q(witness=F("entered_by")),
            ),
            models.CheckConstraint(
                name="ledger_count_says_what_was_there",
                condition=Q(kind="counted", counted_ml__isnull=False, counted_ml__gte=0)
                | ~Q(kind="counted") & Q(counted_ml__isnull=True),
            ),
            models.CheckConstraint(
                name="ledger_difference_says_why",
                condition=Q(counted_ml__isnull=True) | Q(counted_ml=F("balance_ml")) | ~Q(note=""),
            ),
            models.CheckConstraint(
                name="ledger_drawn_for_a_patient",
                condition=~Q(kind="drawn") | Q(infusion__isnull=False),
            ),
        ]
        triggers: ClassVar[list[Any]] = [
            append_only("ledger_append_only"),
            pgtrigger.Trigger(
                name="ledger_running_balance",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=pgtrigger.Func(_LEDGER),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.change_ml} mL"
