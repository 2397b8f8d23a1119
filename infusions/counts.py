"""All that is in the safe, counted by two people: each day, and every two years for the law (protocol 8.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from clinic import clock
from clinic.errors import Invalid, NotFound, NotReady, Refused
from clinic.models import Site, User
from clinic.policy import Action, require
from clinic.wording import quantity
from infusions import ledger, stock
from infusions.models import DrugVial, LedgerEntry, StockCount
from reminders import followups

BIENNIAL_DAYS = 730
"""21 CFR 1304.11(c): an inventory at least every two years."""
DAILY_COUNT, BIENNIAL_COUNT = "daily_drug_count", "biennial_inventory"


@dataclass(frozen=True)
class Found:
    """What two people saw in one vial."""

    ml: Decimal
    note: str = ""


@transaction.atomic
def take(*, site: Site, kind: str, found: Mapping[UUID, Found], by: User, witness: User) -> StockCount:
    """Write what was found in each vial; the count closes itself when every open vial was counted and agrees.

    Raises NotPermitted, Refused, Invalid with the vial's id as field.
    """
    require(by, Action.KEEP_LEDGER, at=site)
    if kind not in StockCount.Kind.values:
        raise Invalid({"kind": "Choose which count this is."})
    today, _ = StockCount.objects.select_for_update().get_or_create(
        site=site, kind=kind, on=site.today(), defaults={"opened_by": by, "opened_at": clock.now()}
    )
    if today.closed_at:
        raise Refused("This count is closed. Tomorrow is the next one.")
    vials = stock.open_vials(site).filter(pk__in=found).order_by("pk").in_bulk()
    if set(vials) != set(found):
        raise NotFound
    problems: dict[str, str] = {}
    for pk, seen in sorted(found.items()):
        try:
            ledger.count(vial_id=pk, counted_ml=seen.ml, note=seen.note, by=by, witness=witness, of=today)
        except Invalid as error:
            problems |= error.fields if "witness" in error.fields else {str(pk): error.sentence}
    if problems:
        raise Invalid(problems)
    if not open_points(today):
        _close(today, by=by, witness=witness)
    return today


@transaction.atomic
def close(*, count_id: UUID, by: User, witness: User) -> StockCount:
    """Close a count once all is settled. Raises NotFound, NotPermitted, Invalid, Refused, NotReady with each point."""
    found = StockCount.objects.select_for_update(of=("self",)).select_related("site").filter(pk=count_id).first()
    if found is None:
        raise NotFound
    require(by, Action.KEEP_LEDGER, at=found.site)
    ledger.require_witness(found.site, by=by, witness=witness)
    if found.closed_at:
        raise Refused("This count is closed already.")
    if points := open_points(found):
        raise NotReady(points)
    return _close(found, by=by, witness=witness)


def _close(count: StockCount, *, by: User, witness: User) -> StockCount:
    count.closed_at, count.closed_by, count.witness = clock.now(), by, witness
    count.save(update_fields=["closed_at", "closed_by", "witness"])
    kind = DAILY_COUNT if count.kind == StockCount.Kind.DAILY else BIENNIAL_COUNT
    followups.close_for(
        subject_kind="site", subject_id=count.site_id, kind=kind, outcome="Counted, and all agrees.", by=by
    )
    return count


def open_points(count: StockCount) -> list[str]:
    """A sentence for everything that keeps the count open."""
    counted = set(count.entries.filter(kind=LedgerEntry.Kind.COUNTED).values_list("vial_id", flat=True))
    points = [f"{vial.label} is not counted yet." for vial in stock.open_vials(count.site) if vial.pk not in counted]
    points += [
        f"{vial.label} differs from the ledger: count it again, or settle the difference."
        for vial in stock.differing(count.site)
    ]
    end_of_day = count.site.moment(count.on + timedelta(days=1), time(0))
    points += [
        f"{quantity(rest.mg, 'mg')} drawn for {rest.infusion.series.patient.name} are neither given nor wasted."
        for rest in stock.unaccounted(count.site, ended_before=min(end_of_day, clock.now()))
    ]
    return points


def of_day(site: Site, kind: str, on: date) -> StockCount | None:
    return StockCount.objects.filter(site=site, kind=kind, on=on).select_related("closed_by", "witness").first()


def to_count(site: Site, kind: str) -> QuerySet[DrugVial]:
    """The open vials, those that nobody has counted yet in today's count on top."""
    today = LedgerEntry.objects.filter(
        vial=OuterRef("pk"), kind=LedgerEntry.Kind.COUNTED, stock_count__kind=kind, stock_count__on=site.today()
    )
    return stock.open_vials(site).annotate(is_counted=Exists(today)).order_by("is_counted", "expires_on", "label")


def past(site: Site) -> QuerySet[StockCount]:
    """The counts of a site, newest first."""
    return StockCount.objects.filter(site=site).select_related("opened_by", "closed_by", "witness")


def biennial_due_on(site: Site) -> date:
    """The day by which the next inventory of the law has to be taken."""
    last = StockCount.objects.filter(site=site, kind=StockCount.Kind.BIENNIAL, closed_at__isnull=False).first()
    return last.on + timedelta(days=BIENNIAL_DAYS) if last else site.today()
