"""What is in the safe, and what its ledger says, as pages and exports read it. It writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Count, F, Min, OuterRef, Q, QuerySet, Subquery, Sum

from clinic import clock
from clinic.models import Site
from clinic.wording import number, quantity
from infusions.models import DrugVial, Infusion, LedgerEntry

Kind = LedgerEntry.Kind


@dataclass(frozen=True)
class Stock:
    """All open vials of one strength."""

    strength_mg_per_ml: Decimal
    vials: int
    balance_ml: Decimal
    first_expires: date

    @property
    def balance_mg(self) -> Decimal:
        return self.balance_ml * self.strength_mg_per_ml


def open_vials(site: Site) -> QuerySet[DrugVial]:
    """Vials that are not put away, the one that expires first on top."""
    return DrugVial.objects.filter(site=site, closed_at__isnull=True).order_by("expires_on", "label")


def closed_vials(site: Site) -> QuerySet[DrugVial]:
    """Vials that were put away, newest first."""
    return DrugVial.objects.filter(site=site, closed_at__isnull=False).order_by("-closed_at", "label")


def expiring_before(site: Site, days: int) -> date:
    """The day up to which an expiry is soon."""
    return site.today() + timedelta(days=days)


def last_count(vial: DrugVial) -> LedgerEntry | None:
    return vial.entries.filter(kind=Kind.COUNTED).select_related("entered_by").order_by("-line").first()


def difference(vial: DrugVial) -> LedgerEntry | None:
    """The count that found something else than the ledger says, while nothing has settled it."""
    last = vial.entries.filter(kind__in=[Kind.COUNTED, Kind.ADJUSTED]).order_by("-line").first()
    if last is None or last.kind == Kind.ADJUSTED or last.counted_ml == last.balance_ml:
        return None
    return last


def differing(site: Site) -> list[DrugVial]:
    """Open vials whose last count is not settled."""
    counted = LedgerEntry.objects.filter(
        vial__site=site, vial__closed_at__isnull=True, kind__in=[Kind.COUNTED, Kind.ADJUSTED]
    )
    last = counted.order_by("vial_id", "-line").distinct("vial_id")
    found = [entry.vial_id for entry in last if entry.kind == Kind.COUNTED and entry.counted_ml != entry.balance_ml]
    return list(open_vials(site).filter(pk__in=found))


@dataclass(frozen=True)
class Unaccounted:
    """What was drawn for an infusion that is over, and neither given nor wasted."""

    infusion: Infusion
    mg: Decimal


MOST_UNACCOUNTED = 100


def unaccounted(site: Site, *, ended_before: datetime | None = None) -> list[Unaccounted]:
    """Rests that nobody has accounted for, however old, the oldest first; no more than a page shows.

    They are looked for in the ledger: a drug is drawn from a vial of the site, and most infusions have no rest.
    """
    drawn = Sum(-F("change_ml") * F("vial__strength_mg_per_ml"), filter=Q(kind=Kind.DRAWN), default=Decimal(0))
    gone = Sum("wasted_mg", default=Decimal(0)) + Sum("given_mg", default=Decimal(0))
    of_infusions = LedgerEntry.objects.filter(vial__site=site, infusion__isnull=False).order_by().values("infusion")
    rests = of_infusions.annotate(rest=drawn - gone).filter(rest__gt=0)
    rows = (
        Infusion.objects.filter(pk__in=rests.values("infusion"), ended_at__lt=ended_before or clock.now())
        .annotate(rest=Subquery(rests.filter(infusion=OuterRef("pk")).values("rest")))
        .select_related("series__patient", "appointment__site")
        .order_by("ended_at")[:MOST_UNACCOUNTED]
    )
    return [Unaccounted(row, row.rest) for row in rows]


def stock(site: Site) -> list[Stock]:
    """What can be drawn today, a strength at a time."""
    rows = (
        open_vials(site)
        .filter(balance_ml__gt=0, expires_on__gte=site.today())
        .order_by()
        .values("strength_mg_per_ml")
        .annotate(vials=Count("pk"), left_ml=Sum("balance_ml"), first_expires=Min("expires_on"))
        .order_by("strength_mg_per_ml")
    )
    return [Stock(row["strength_mg_per_ml"], row["vials"], row["left_ml"], row["first_expires"]) for row in rows]


def strengths(site: Site) -> list[Decimal]:
    """Strengths in stock, the usual 50 mg/mL first."""
    return sorted((row.strength_mg_per_ml for row in stock(site)), key=lambda mg: (mg != 50, mg))


def history(vial: DrugVial) -> QuerySet[LedgerEntry]:
    """The vial's rows, newest first, with the people they name."""
    return vial.entries.select_related("entered_by", "witness", "infusion__series__patient", "vial").order_by("-line")


def words(entry: LedgerEntry) -> str:
    """What a row says: "Drawn for Maya Torres, 40 mg"."""
    strength = entry.vial.strength_mg_per_ml
    if entry.kind == Kind.DRAWN and entry.infusion:
        return f"Drawn for {entry.infusion.series.patient.name}, {quantity(-entry.change_ml * strength, 'mg')}"
    if entry.kind == Kind.GIVEN and entry.infusion:
        return f"Given to {entry.infusion.series.patient.name}, {quantity(entry.given_mg or 0, 'mg')}"
    if entry.kind == Kind.WASTED and entry.wasted_mg is not None:
        whose = f" of {entry.infusion.series.patient.name}" if entry.infusion else ""
        return f"Wasted from the bag{whose}, {quantity(entry.wasted_mg, 'mg')}"
    if entry.kind == Kind.COUNTED and entry.counted_ml is not None:
        if entry.counted_ml == entry.balance_ml:
            return "Counted, agrees"
        return f"Counted {number(entry.counted_ml)}\u00a0mL, differs"
    if entry.kind == Kind.ADJUSTED:
        return f"Difference settled: {entry.get_cause_display()}"
    return str(entry.get_kind_display())
