"""The drug ledger: what came in, what was drawn, wasted, returned and counted. Rows are only ever added.

The running balance is written by the database under a lock on the vial; these verbs look first, so that a person
reads a sentence, and the trigger is the last witness.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Min, QuerySet, Sum

from clinic import clock
from clinic.errors import Invalid, NotFound, Refused
from clinic.models import Site, User
from clinic.policy import Action, can, require
from clinic.wording import number, quantity
from infusions import orders, rules
from infusions.models import DrugVial, Infusion, LedgerEntry

Kind = LedgerEntry.Kind
WITNESS_WITHIN = timedelta(minutes=30)
"""A witness signs within half an hour (Table A, waste_window); later, the row says why."""
AHEAD = timedelta(minutes=2)


@transaction.atomic
def receive(
    *,
    site: Site,
    label: str,
    lot: str,
    strength_mg_per_ml: Decimal,
    volume_ml: Decimal,
    expires_on: date,
    by: User,
    observed_at: datetime | None = None,
    note: str = "",
) -> DrugVial:
    """Take one vial into stock. Raises NotPermitted, Invalid."""
    require(by, Action.KEEP_LEDGER, at=site)
    label, lot = label.strip(), lot.strip()
    problems = {
        "label": _label_problem(site, label),
        "lot": "" if lot else "Write the lot from the vial.",
        "strength_mg_per_ml": _strength_problem(strength_mg_per_ml),
        "volume_ml": "" if Decimal("0.5") <= volume_ml <= 50 else f"A vial holds 0.5 to {quantity(50, 'mL')}.",
        "expires_on": "" if expires_on >= site.today() else "This vial has expired. It can’t go into stock.",
    }
    if found := {field: text for field, text in problems.items() if text}:
        raise Invalid(found)
    vial = DrugVial.objects.create(
        site=site,
        label=label,
        lot=lot,
        strength_mg_per_ml=strength_mg_per_ml,
        volume_ml=rules.rounded(volume_ml),
        expires_on=expires_on,
    )
    _write(vial, Kind.RECEIVED, rules.rounded(volume_ml), by=by, observed_at=observed_at, note=note)
    vial.refresh_from_db()
    return vial


def _label_problem(site: Site, label: str) -> str:
    if not label:
        return "Write the number of our sticker."
    if DrugVial.objects.filter(site=site, label=label).exists():
        return f"{label} is in stock already. Each vial has its own sticker."
    return ""


def _strength_problem(strength: Decimal) -> str:
    if strength in rules.STRENGTHS:
        return ""
    return "Vials have 10, 50 or 100 mg/mL. Read the strength from the vial."


@transaction.atomic
def draw(
    *,
    infusion: Infusion,
    vial_label: str,
    by: User,
    strength_mg_per_ml: Decimal | None = None,
    observed_at: datetime | None = None,
) -> LedgerEntry:
    """Draw the ordered dose for an infusion from the vial that was scanned; answers the row that says how much.

    `strength_mg_per_ml` is the strength the dose card showed: a vial of another strength stops here. Raises
    NotPermitted, Invalid, Refused.
    """
    site = infusion.series.site
    require(by, Action.RUN_INFUSION, at=site)
    order = orders.for_infusion(infusion)
    if order is None:
        raise Refused("No dose is ordered for this infusion. A provider signs the order first.")
    if order.awaits_second:
        raise Refused("The order waits for a second provider’s signature.")
    vial = _scanned(site, vial_label)
    _require_usable(vial, site)
    if strength_mg_per_ml is not None and vial.strength_mg_per_ml != strength_mg_per_ml:
        raise Refused(
            f"Stop: {vial.label} holds {quantity(vial.strength_mg_per_ml, 'mg/mL')}, "
            f"the dose was worked out for {quantity(strength_mg_per_ml, 'mg/mL')}. Take the right vial."
        )
    ml = rules.draw_ml(order.dose_mg, vial.strength_mg_per_ml)
    _require_enough(vial, ml)
    return _write(vial, Kind.DRAWN, -ml, by=by, observed_at=observed_at, infusion=infusion)


def _scanned(site: Site, label: str) -> DrugVial:
    vial = DrugVial.objects.select_for_update().filter(site=site, label=label.strip()).first()
    if vial is None:
        raise Invalid({"vial_label": f"There is no vial {label.strip()} in the stock of {site.name}. Scan it again."})
    return vial


def _require_usable(vial: DrugVial, site: Site) -> None:
    _require_open(vial)
    if vial.expires_on < site.today():
        raise Refused(f"Stop: {vial.label} expired on {vial.expires_on:%Y-%m-%d}. Take another vial.")


def _require_open(vial: DrugVial) -> None:
    if vial.closed_at:
        raise Refused(f"{vial.label} is closed. Take another vial.")


def _require_enough(vial: DrugVial, ml: Decimal) -> None:
    if vial.balance_ml < ml:
        raise Refused(
            f"{vial.label} holds {quantity(vial.balance_ml, 'mL')}, less than the {quantity(ml, 'mL')} needed. "
            "Take another vial."
        )


@transaction.atomic
def waste(
    *,
    by: User,
    witness: User,
    note: str = "",
    vial_id: UUID | None = None,
    ml: Decimal = Decimal(0),
    infusion: Infusion | None = None,
    mg: Decimal | None = None,
    observed_at: datetime | None = None,
) -> LedgerEntry:
    """Waste from a vial (`vial_id`, `ml`), or what was left in a bag (`infusion`, `mg`), before a witness.

    The door has checked the witness's own password. Raises NotFound, NotPermitted, Invalid, Refused.
    """
    vial = _vial(infusion.vial_id if infusion else vial_id)
    require(by, Action.KEEP_LEDGER, at=vial.site)
    _require_witness(vial.site, by=by, witness=witness)
    happened = infusion.ended_at if infusion else observed_at
    if _signed_late(happened) and not note.strip():
        raise Invalid({"note": "More than 30 minutes have passed. Write why the witness signs only now."})
    if infusion:
        _require_left_in_bag(infusion, vial, mg)
        ml = Decimal(0)
    else:
        ml, mg = _positive(ml, "ml"), None
        _require_open(vial)
        _require_enough(vial, ml)
    return _write(
        vial,
        Kind.WASTED,
        -ml,
        by=by,
        observed_at=observed_at,
        infusion=infusion,
        wasted_mg=mg,
        witness=witness,
        note=note,
    )


def _signed_late(happened: datetime | None) -> bool:
    return happened is not None and clock.now() - happened > WITNESS_WITHIN


def _require_witness(site: Site, *, by: User, witness: User) -> None:
    if witness.pk == by.pk:
        raise Invalid({"witness": "Someone else has to witness this."})
    if not can(witness, Action.KEEP_LEDGER, site):
        raise Invalid({"witness": f"{witness.full_name} may not witness at {site.name}. Ask a nurse or provider."})


def left_in_bag_mg(infusion: Infusion) -> Decimal:
    """What was drawn for an infusion and neither given nor wasted yet; a syringe discarded before this one is past."""
    if infusion.drawn_ml is None or infusion.vial is None:
        return Decimal(0)
    rows = LedgerEntry.objects.filter(infusion=infusion)
    drawn = rows.filter(kind=Kind.DRAWN).order_by("-id").values("id")[:1]
    wasted = rows.filter(kind=Kind.WASTED, id__gt=drawn).aggregate(mg=Sum("wasted_mg"))["mg"]
    prepared = rules.drawn_mg(infusion.drawn_ml, infusion.vial.strength_mg_per_ml)
    return prepared - (infusion.given_mg or Decimal(0)) - (wasted or Decimal(0))


def _require_left_in_bag(infusion: Infusion, vial: DrugVial, mg: Decimal | None) -> None:
    amount = _positive(mg or Decimal(0), "mg")
    left = left_in_bag_mg(infusion)
    if amount > left:
        raise Invalid({"mg": f"{quantity(left, 'mg')} of what was drawn is left. No more than that can be wasted."})


@transaction.atomic
def return_stock(
    *, vial_id: UUID, ml: Decimal, by: User, note: str, observed_at: datetime | None = None
) -> LedgerEntry:
    """Send a vial's content back to the supplier or a reverse distributor. Raises Invalid, Refused, NotPermitted."""
    vial = _vial(vial_id)
    require(by, Action.KEEP_LEDGER, at=vial.site)
    _require_open(vial)
    if not note.strip():
        raise Invalid({"note": "Write to whom it went, and their number for it."})
    ml = _positive(ml, "ml")
    _require_enough(vial, ml)
    return _write(vial, Kind.RETURNED, -ml, by=by, observed_at=observed_at, note=note)


@transaction.atomic
def count(
    *,
    vial_id: UUID,
    counted_ml: Decimal,
    by: User,
    witness: User,
    note: str = "",
    observed_at: datetime | None = None,
) -> LedgerEntry:
    """Two people look at the vial and write what is in it; a difference is written down with its words.

    The balance does not move. Raises Invalid, NotFound, NotPermitted.
    """
    vial = _vial(vial_id)
    require(by, Action.KEEP_LEDGER, at=vial.site)
    _require_open(vial)
    _require_witness(vial.site, by=by, witness=witness)
    counted = rules.rounded(counted_ml)
    if counted < 0:
        raise Invalid({"counted_ml": "Nothing can be less than empty. Write what is in the vial."})
    difference = counted - vial.balance_ml
    if difference and not note.strip():
        way = "more" if difference > 0 else "less"
        raise Invalid(
            {"note": f"This is {quantity(abs(difference), 'mL')} {way} than the ledger. Write what was found."}
        )
    return _write(
        vial, Kind.COUNTED, Decimal(0), by=by, observed_at=observed_at, witness=witness, note=note, counted_ml=counted
    )


@transaction.atomic
def close(*, vial_id: UUID, by: User) -> DrugVial:
    """Put an empty vial away. Raises Refused while it holds something or its last count differs."""
    vial = _vial(vial_id)
    require(by, Action.KEEP_LEDGER, at=vial.site)
    _require_open(vial)
    if vial.balance_ml:
        raise Refused(f"{quantity(vial.balance_ml, 'mL')} is left. Waste or return it before the vial is closed.")
    last = last_count(vial)
    if last is not None and last.counted_ml != last.balance_ml:
        raise Refused("The last count differs from the ledger. Count again, until it agrees.")
    vial.closed_at = clock.now()
    vial.save(update_fields=["closed_at"])
    return vial


def _positive(amount: Decimal, field: str) -> Decimal:
    amount = rules.rounded(amount)
    if amount <= 0:
        raise Invalid({field: "Write an amount above zero."})
    return amount


def _vial(vial_id: UUID | None) -> DrugVial:
    if vial_id is None:
        raise NotFound
    vial = DrugVial.objects.select_for_update(of=("self",)).select_related("site").filter(pk=vial_id).first()
    if vial is None:
        raise NotFound
    return vial


def _write(
    vial: DrugVial,
    kind: LedgerEntry.Kind,
    change: Decimal,
    *,
    by: User,
    observed_at: datetime | None,
    infusion: Infusion | None = None,
    wasted_mg: Decimal | None = None,
    counted_ml: Decimal | None = None,
    witness: User | None = None,
    note: str = "",
) -> LedgerEntry:
    now = clock.now()
    if observed_at and observed_at > now + AHEAD:
        raise Invalid({"observed_at": "This time is still to come. Write when it happened."})
    entry = LedgerEntry.objects.create(
        vial=vial,
        kind=kind,
        change_ml=change,
        infusion=infusion,
        wasted_mg=wasted_mg,
        counted_ml=counted_ml,
        witness=witness,
        note=note.strip(),
        observed_at=min(observed_at or now, now),
        entered_at=now,
        entered_by=by,
    )
    entry.refresh_from_db(fields=["balance_ml"])
    return entry


# What the pages ask


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
    return vial.entries.filter(kind=Kind.COUNTED).select_related("entered_by").order_by("-id").first()


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
    return vial.entries.select_related("entered_by", "witness", "infusion__series__patient", "vial").order_by("-id")


def words(entry: LedgerEntry) -> str:
    """What a row says: "Drawn for Maya Torres, 40 mg"."""
    strength = entry.vial.strength_mg_per_ml
    if entry.kind == Kind.DRAWN and entry.infusion:
        return f"Drawn for {entry.infusion.series.patient.name}, {quantity(-entry.change_ml * strength, 'mg')}"
    if entry.kind == Kind.WASTED and entry.wasted_mg is not None:
        whose = f" of {entry.infusion.series.patient.name}" if entry.infusion else ""
        return f"Wasted from the bag{whose}, {quantity(entry.wasted_mg, 'mg')}"
    if entry.kind == Kind.COUNTED and entry.counted_ml is not None:
        if entry.counted_ml == entry.balance_ml:
            return "Counted, agrees"
        return f"Counted {number(entry.counted_ml)}\u00a0mL, differs"
    return str(entry.get_kind_display())
