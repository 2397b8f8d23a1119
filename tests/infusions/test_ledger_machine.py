"""The drug ledger under any order of operations: hypothesis chooses them, SQL judges after each one.

Everything that was received is in the safe, in a patient, wasted, returned or settled, and each line follows from the
one before it. What the verbs refuse and what the triggers refuse leave no trace.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import count

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from clinic import clock
from clinic.errors import DomainError
from infusions import counts, ledger
from infusions.counts import Found
from infusions.models import DrugVial, Infusion, LedgerEntry, StockCount
from tests import build
from tests.infusions import making

D = Decimal
MILLILITERS = st.decimals("0.01", "12", places=2)
MILLIGRAMS = st.decimals("0.5", "60", places=2)
PICK = st.integers(0, 9)

MUST_BE_EMPTY = {
    "a balance is the sum of its lines": """
        SELECT v.id FROM infusions_drugvial v LEFT JOIN infusions_ledgerentry e ON e.vial_id = v.id
        GROUP BY v.id HAVING v.balance_ml <> coalesce(sum(e.change_ml), 0)
    """,
    "lines run from 1 without a gap, each balance from the one before": """
        SELECT id FROM (
            SELECT id, line, balance_ml, row_number() OVER w AS place, sum(change_ml) OVER w AS running
            FROM infusions_ledgerentry WINDOW w AS (PARTITION BY vial_id ORDER BY line)) lines
        WHERE line <> place OR balance_ml <> running
    """,
    "no vial holds less than nothing or more than it can": """
        SELECT id FROM infusions_drugvial WHERE balance_ml < 0 OR balance_ml > volume_ml
    """,
    "a closed vial is empty and its last count agrees or is settled": """
        SELECT v.id FROM infusions_drugvial v WHERE v.closed_at IS NOT NULL AND (v.balance_ml <> 0 OR EXISTS (
            SELECT 1 FROM infusions_ledgerentry c WHERE c.vial_id = v.id AND c.kind = 'counted'
            AND c.counted_ml <> c.balance_ml AND NOT EXISTS (
                SELECT 1 FROM infusions_ledgerentry n WHERE n.vial_id = v.id AND n.line > c.line
                AND n.kind IN ('counted', 'adjusted'))))
    """,
    "no patient got or left over more than was drawn": """
        SELECT e.infusion_id FROM infusions_ledgerentry e JOIN infusions_drugvial v ON v.id = e.vial_id
        WHERE e.infusion_id IS NOT NULL GROUP BY e.infusion_id
        HAVING coalesce(sum(e.given_mg), 0) + coalesce(sum(e.wasted_mg), 0)
             > coalesce(sum(-e.change_ml * v.strength_mg_per_ml) FILTER (WHERE e.kind = 'drawn'), 0)
    """,
    "two people stand behind waste, count and settlement": """
        SELECT id FROM infusions_ledgerentry WHERE kind IN ('wasted', 'counted', 'adjusted')
        AND (witness_id IS NULL OR witness_id = entered_by_id)
    """,
}


class Safe(RuleBasedStateMachine):
    """Two nurses, one safe, a few patients."""

    @initialize()
    def open_the_clinic(self) -> None:
        self.outer = transaction.atomic()
        self.outer.__enter__()
        site = build.site(f"Safe {next(_SERIAL)}")
        self.site, self.labels = site, count(1)
        self.nurses = [build.user("nurse", at=site), build.user("nurse", at=site)]
        provider = build.user("provider", at=site)
        self.infusions = []
        for number in range(2):
            series = making.loading(build.patient(site, given_name=f"Ada{number}"), provider)
            making.order(series, provider)
            self.infusions.append(making.infusion(series, 1, "2027-02-02", at=f"1{number}:00"))
        self.lines = 0

    def teardown(self) -> None:
        if hasattr(self, "outer"):
            transaction.set_rollback(True)
            self.outer.__exit__(None, None, None)

    def vial(self, pick: int) -> DrugVial | None:
        vials = list(DrugVial.objects.filter(site=self.site).order_by("label"))
        return vials[pick % len(vials)] if vials else None

    def attempt(self, verb, **words) -> None:
        """Do it; what is refused leaves the ledger as it was."""
        before = self.tally()
        try:
            with transaction.atomic():
                verb(**words)
        except DomainError:
            assert self.tally() == before

    def tally(self) -> tuple:
        rows = LedgerEntry.objects.filter(vial__site=self.site)
        return rows.count(), list(DrugVial.objects.filter(site=self.site).order_by("label").values_list("balance_ml"))

    def people(self, alone: bool) -> dict:
        first, second = self.nurses
        return {"by": first, "witness": first if alone else second}

    @rule(ml=st.sampled_from([D("0.3"), D(5), D(10)]), strength=st.sampled_from([D(10), D(50), D(100), D(25)]))
    def receive(self, ml, strength) -> None:
        self.attempt(
            ledger.receive, site=self.site, label=f"V-{next(self.labels):03}", lot="K1", strength_mg_per_ml=strength,
            volume_ml=ml, expires_on=date(2028, 1, 31), by=self.nurses[0],
        )  # fmt: skip

    @rule(pick=PICK, who=PICK)
    def draw(self, pick, who) -> None:
        vial = self.vial(pick)
        if vial:
            infusion = self.infusions[who % 2]
            self.attempt(self.drawn, infusion=infusion, vial=vial)

    def drawn(self, infusion, vial) -> None:
        entry = ledger.draw(infusion=infusion, vial_label=vial.label, by=self.nurses[0])
        Infusion.objects.filter(pk=infusion.pk).update(
            vial=vial, drawn_ml=-entry.change_ml, drawn_at=entry.observed_at, drawn_by=self.nurses[0]
        )
        infusion.refresh_from_db()

    @rule(who=PICK, mg=MILLIGRAMS)
    def give(self, who, mg) -> None:
        infusion = self.infusions[who % 2]
        if infusion.vial is None or infusion.ended_at:
            return
        try:
            with transaction.atomic():
                Infusion.objects.filter(pk=infusion.pk).update(given_mg=mg, given_ml=D(50), ended_at=clock.now())
                infusion.refresh_from_db()
                ledger.give(infusion=infusion, by=self.nurses[0], observed_at=clock.now())
        except DatabaseError:
            infusion.refresh_from_db()

    @rule(who=PICK, mg=MILLIGRAMS, alone=st.booleans())
    def waste_from_the_bag(self, who, mg, alone) -> None:
        infusion = self.infusions[who % 2]
        if infusion.vial:
            self.attempt(ledger.waste, infusion=infusion, mg=mg, **self.people(alone))

    @rule(pick=PICK, ml=MILLILITERS, alone=st.booleans())
    def waste_from_the_vial(self, pick, ml, alone) -> None:
        if vial := self.vial(pick):
            self.attempt(ledger.waste, vial_id=vial.pk, ml=ml, **self.people(alone))

    @rule(pick=PICK, ml=MILLILITERS)
    def return_to_the_supplier(self, pick, ml) -> None:
        if vial := self.vial(pick):
            self.attempt(ledger.return_stock, vial_id=vial.pk, ml=min(ml, vial.balance_ml or ml), by=self.nurses[0],
                         note="R-1")  # fmt: skip

    @rule(pick=PICK, off=st.sampled_from([D(0), D("-0.2"), D("0.1")]), alone=st.booleans())
    def count_one(self, pick, off, alone) -> None:
        if vial := self.vial(pick):
            self.attempt(
                ledger.count, vial_id=vial.pk, counted_ml=vial.balance_ml + off, note="Seen", **self.people(alone)
            )

    @rule(pick=PICK, cause=st.sampled_from(["measure", "spill", "loss"]), alone=st.booleans())
    def settle(self, pick, cause, alone) -> None:
        if vial := self.vial(pick):
            self.attempt(ledger.settle, vial_id=vial.pk, cause=cause, note="Found", loss_report="Letter",
                         **self.people(alone))  # fmt: skip

    @rule(off=st.sampled_from([D(0), D(0), D("-0.2")]))
    def count_the_day(self, off) -> None:
        vials = DrugVial.objects.filter(site=self.site, closed_at=None)
        found = {vial.pk: Found(max(D(0), vial.balance_ml + off), "Seen") for vial in vials}
        self.attempt(counts.take, site=self.site, kind="daily", found=found, **self.people(False))
        day = StockCount.objects.filter(site=self.site).first()
        if day and not day.closed_at:
            self.attempt(counts.close, count_id=day.pk, **self.people(False))

    @rule(pick=PICK)
    def close(self, pick) -> None:
        if vial := self.vial(pick):
            self.attempt(ledger.close, vial_id=vial.pk, by=self.nurses[0])

    @rule(pick=PICK, way=st.integers(0, 4))
    def undo_behind_the_ledgers_back(self, pick, way) -> None:
        vial = self.vial(pick)
        if vial is None:
            return
        rows, before = vial.entries.all(), self.tally()
        ways = (
            lambda: rows.delete(),
            lambda: rows.update(change_ml=D(1)),
            lambda: DrugVial.objects.filter(pk=vial.pk).update(balance_ml=vial.volume_ml + 0, strength_mg_per_ml=D(50)),
            lambda: DrugVial.objects.filter(pk=vial.pk).update(balance_ml=vial.balance_ml - D("0.01")),
            lambda: LedgerEntry.objects.create(
                vial=vial, kind="wasted", change_ml=D(-60), observed_at=clock.now(), entered_by=self.nurses[0],
                witness=self.nurses[1],
            ),
        )  # fmt: skip
        try:
            with transaction.atomic():
                ways[way]()
        except DatabaseError:
            pass
        assert self.tally() == before

    @invariant()
    def the_sums_are_right(self) -> None:
        with connection.cursor() as cursor:
            for name, sql in MUST_BE_EMPTY.items():
                cursor.execute(sql)
                assert cursor.fetchall() == [], name

    @invariant()
    def no_line_was_ever_lost(self) -> None:
        lines = LedgerEntry.objects.filter(vial__site=self.site).count() if hasattr(self, "site") else 0
        assert lines >= getattr(self, "lines", 0)
        self.lines = lines


_SERIAL = count(1)


@pytest.mark.django_db
def test_no_order_of_operations_makes_the_sum_wrong() -> None:
    with clock.at(build.moment(build.site("Clockwork"), "2027-02-02", "12:00")):
        run_state_machine_as_test(
            Safe,
            settings=settings(
                max_examples=12, stateful_step_count=25, deadline=None, derandomize=True,
                suppress_health_check=list(HealthCheck), database=None,
                phases=(Phase.generate,),  # a ledger that is wrong is told at once, not made small first
            ),
        )  # fmt: skip
