"""The drug ledger, which must add up."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from clinic import clock
from clinic.history import append_only, audited, locked_when
from clinic.models import Site
from clinic.records import Entered, Record, together
from infusions.models.infusion import Infusion
from infusions.models.vials import DIFFERS, DrugVial

USER = settings.AUTH_USER_MODEL


# The infusion is locked before the vial, as every verb does. What leaves a bag was drawn into it before.
_LEDGER = """
    DECLARE
        before numeric;
        put_away timestamptz;
        unspent numeric;
    BEGIN
        IF NEW.infusion_id IS NOT NULL THEN
            PERFORM 1 FROM infusions_infusion WHERE id = NEW.infusion_id FOR NO KEY UPDATE;
        END IF;
        SELECT balance_ml, closed_at INTO before, put_away FROM infusions_drugvial WHERE id = NEW.vial_id FOR UPDATE;
        IF put_away IS NOT NULL AND NEW.change_ml <> 0 THEN
            RAISE EXCEPTION 'ledger: the vial is closed' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.kind = 'received' AND EXISTS (SELECT 1 FROM infusions_ledgerentry WHERE vial_id = NEW.vial_id) THEN
            RAISE EXCEPTION 'ledger: a vial comes in once' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.infusion_id IS NOT NULL AND NEW.kind IN ('given', 'wasted') THEN
            SELECT coalesce(sum(-e.change_ml * v.strength_mg_per_ml) FILTER (WHERE e.kind = 'drawn'), 0)
                   - coalesce(sum(coalesce(e.wasted_mg, 0) + coalesce(e.given_mg, 0)), 0)
              INTO unspent FROM infusions_ledgerentry e JOIN infusions_drugvial v ON v.id = e.vial_id
             WHERE e.infusion_id = NEW.infusion_id;
            IF coalesce(NEW.given_mg, 0) + coalesce(NEW.wasted_mg, 0) > unspent THEN
                RAISE EXCEPTION 'ledger: more than the % mg that were drawn', unspent USING ERRCODE = 'check_violation';
            END IF;
        END IF;
        NEW.balance_ml := before + NEW.change_ml;
        IF NEW.balance_ml < 0 THEN
            RAISE EXCEPTION 'ledger: vial holds % mL, less than %', before, -NEW.change_ml USING ERRCODE = 'check_violation';
        END IF;
        SELECT coalesce(max(line), 0) + 1 INTO NEW.line FROM infusions_ledgerentry WHERE vial_id = NEW.vial_id;
        UPDATE infusions_drugvial SET balance_ml = NEW.balance_ml WHERE id = NEW.vial_id;
        RETURN NEW;
    END;
"""  # noqa: E501 - SQL reads better whole


_COUNT_CLOSES = """
    IF NEW.closed_at IS NOT NULL THEN
        PERFORM 1 FROM infusions_drugvial WHERE site_id = NEW.site_id AND closed_at IS NULL ORDER BY id FOR UPDATE;
        IF EXISTS (SELECT 1 FROM infusions_drugvial v WHERE v.site_id = NEW.site_id AND v.closed_at IS NULL
                   AND NOT EXISTS (SELECT 1 FROM infusions_ledgerentry e
                                   WHERE e.vial_id = v.id AND e.stock_count_id = NEW.id AND e.kind = 'counted')) THEN
            RAISE EXCEPTION 'count: a vial is not counted yet' USING ERRCODE = 'check_violation';
        END IF;
        IF EXISTS (SELECT 1 FROM infusions_drugvial v WHERE v.site_id = NEW.site_id AND EXISTS ({differs})) THEN
            RAISE EXCEPTION 'count: a vial differs' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
""".format(differs=DIFFERS.format(vial="v.id"))  # noqa: S608 - our own text above


@audited
class StockCount(Record):
    """One count of all that is in the safe: each day, and every two years the inventory that the law asks for."""

    class Kind(models.TextChoices):
        DAILY = "daily", "Daily count"
        BIENNIAL = "biennial", "Biennial inventory"

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="stock_counts")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    on = models.DateField()
    opened_at = models.DateTimeField(default=clock.now)
    opened_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    witness = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["-on", "-opened_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["site", "kind", "on"], name="stock_count_once_a_day"),
            together("stock_count_close_whole", "closed_at", "closed_by", "witness"),
            models.CheckConstraint(
                name="stock_count_two_people",
                condition=Q(witness__isnull=True) | ~Q(witness=F("closed_by")),
            ),
        ]
        triggers: ClassVar[list[Any]] = [
            locked_when("stock_count_closed", closed_at__isnull=False),
            pgtrigger.Trigger(
                name="stock_count_closes_whole",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=pgtrigger.Func(_COUNT_CLOSES),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.on:%Y-%m-%d}"


@audited
class LedgerEntry(Record, Entered):
    """One movement of a vial's content. The trigger writes the running balance, under a lock on the vial."""

    class Kind(models.TextChoices):
        RECEIVED = "received", "Received"
        DRAWN = "drawn", "Drawn"
        GIVEN = "given", "Given"
        WASTED = "wasted", "Wasted"
        RETURNED = "returned", "Returned"
        COUNTED = "counted", "Counted"
        ADJUSTED = "adjusted", "Difference settled"

    class Cause(models.TextChoices):
        """Why a count differed from the ledger."""

        MEASURE = "measure", "Measuring: overfill, or what stays in vial and needle"
        SPILL = "spill", "Spilled or broken"
        RECORD = "record", "An entry was missing or wrong"
        LOSS = "loss", "Loss or theft"

    vial = models.ForeignKey(DrugVial, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    change_ml = models.DecimalField(max_digits=6, decimal_places=2)
    balance_ml = models.DecimalField(max_digits=6, decimal_places=2, default=Decimal(0), editable=False)
    line = models.PositiveIntegerField(default=0, editable=False, help_text="The vial's lines, from 1 without a gap.")
    infusion = models.ForeignKey(Infusion, null=True, blank=True, on_delete=models.PROTECT, related_name="ledger")
    # What was drawn for a patient but not given comes from the bag, not from the vial: it is told, not subtracted.
    wasted_mg = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    given_mg = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    counted_ml = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    witness = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    stock_count = models.ForeignKey(StockCount, null=True, blank=True, on_delete=models.PROTECT, related_name="entries")
    cause = models.CharField(max_length=7, choices=Cause.choices, blank=True)
    loss_report = models.CharField(max_length=300, blank=True, help_text="When and how the DEA was told.")

    class Meta:
        ordering: ClassVar[list[str]] = ["vial", "line"]
        verbose_name_plural = "ledger entries"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["vial", "id"], name="ledger_by_vial"),
            models.Index(fields=["observed_at"], name="ledger_by_time"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="ledger_never_below_zero", condition=Q(balance_ml__gte=0)),
            models.CheckConstraint(
                name="ledger_signs",
                condition=Q(kind="received", change_ml__gt=0)
                | Q(kind__in=["drawn", "returned"], change_ml__lt=0)
                | Q(kind="wasted", change_ml__lte=0)
                | Q(kind__in=["counted", "given"], change_ml=0)
                | Q(kind="adjusted") & ~Q(change_ml=0),
            ),
            models.UniqueConstraint(fields=["vial", "line"], name="ledger_lines_in_order"),
            models.UniqueConstraint(fields=["infusion"], condition=Q(kind="given"), name="ledger_given_once"),
            models.CheckConstraint(
                name="ledger_given_says_how_much",
                condition=Q(kind="given", given_mg__gte=0, infusion__isnull=False)
                | ~Q(kind="given") & Q(given_mg__isnull=True),
            ),
            models.CheckConstraint(
                name="ledger_count_has_witness",
                condition=~Q(kind__in=["counted", "adjusted"]) | Q(witness__isnull=False),
            ),
            models.CheckConstraint(
                name="ledger_settled_says_why",
                condition=Q(kind="adjusted") & ~Q(cause="") & ~Q(note="") | ~Q(kind="adjusted") & Q(cause=""),
            ),
            models.CheckConstraint(name="ledger_loss_is_reported", condition=~Q(cause="loss") | ~Q(loss_report="")),
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
