"""The drug ledger: what came in, what was drawn, wasted, returned and counted. Rows are only ever added.

The running balance is written by the database under a lock on the vial; these verbs look first, so that a person
reads a sentence, and the trigger is the last witness.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, Sum

from clinic import clock, identifiers, settings_versions
from clinic.errors import Invalid, NotFound, Refused
from clinic.models import Site, User
from clinic.policy import Action, Role, can, require
from clinic.wording import quantity
from infusions import orders, rules, stock
from infusions.models import DrugVial, Infusion, LedgerEntry, StockCount
from insurance.rules import add_business_days
from reminders import followups

Kind = LedgerEntry.Kind
Cause = LedgerEntry.Cause
UNWITNESSED = "unwitnessed_waste"
"""The follow-up for a rest that nobody has wasted before a witness in time."""
DEA_REPORT = "dea_loss_report"
AHEAD = timedelta(minutes=2)


class WrongVial(Refused):
    """The vial in hand has another strength than the volume was worked out for."""

    title = "Wrong vial"


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
    ndc: str = "",
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
    try:
        ndc = identifiers.ndc(ndc)
    except ValueError as error:
        problems["ndc"] = str(error)
    if found := {field: text for field, text in problems.items() if text}:
        raise Invalid(found)
    vial = DrugVial.objects.create(
        site=site,
        label=label,
        lot=lot,
        ndc=ndc,
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
        raise WrongVial(
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
    require_witness(vial.site, by=by, witness=witness)
    happened = infusion.ended_at if infusion else observed_at
    window = settings_versions.current(vial.site).waste_witness_minutes
    if _signed_late(happened, window) and not note.strip():
        raise Invalid({"note": f"More than {window} minutes have passed. Write why the witness signs only now."})
    if infusion:
        _require_left_in_bag(infusion, vial, mg)
        ml = Decimal(0)
    else:
        ml, mg = _positive(ml, "ml"), None
        _require_open(vial)
        _require_enough(vial, ml)
    entry = _write(
        vial, Kind.WASTED, -ml, by=by, observed_at=observed_at, infusion=infusion, wasted_mg=mg, witness=witness,
        note=note,
    )  # fmt: skip
    if infusion and not left_in_bag_mg(infusion):
        followups.close_for(
            subject_kind="infusion", subject_id=infusion.pk, kind=UNWITNESSED, outcome="Wasted and witnessed.", by=by
        )
    return entry


def _signed_late(happened: datetime | None, window: int) -> bool:
    return happened is not None and clock.now() - happened > timedelta(minutes=window)


def require_witness(site: Site, *, by: User, witness: User) -> None:
    if witness.pk == by.pk:
        raise Invalid({"witness": "Someone else has to witness this."})
    if not can(witness, Action.KEEP_LEDGER, site):
        raise Invalid({"witness": f"{witness.full_name} may not witness at {site.name}. Ask a nurse or provider."})


def left_in_bag_mg(infusion: Infusion) -> Decimal:
    """What was drawn for an infusion and neither given nor wasted yet, a syringe that was discarded included."""
    rows = LedgerEntry.objects.filter(infusion=infusion).aggregate(
        drawn=Sum(-F("change_ml") * F("vial__strength_mg_per_ml"), filter=Q(kind=Kind.DRAWN), default=Decimal(0)),
        wasted=Sum("wasted_mg", default=Decimal(0)),
    )
    left: Decimal = rows["drawn"] - rows["wasted"] - (infusion.given_mg or Decimal(0))
    return max(Decimal(0), left)


def _require_left_in_bag(infusion: Infusion, vial: DrugVial, mg: Decimal | None) -> None:
    amount = _positive(mg or Decimal(0), "mg")
    left = left_in_bag_mg(infusion)
    if amount > left:
        raise Invalid({"mg": f"{quantity(left, 'mg')} of what was drawn is left. No more than that can be wasted."})


@transaction.atomic
def give(*, infusion: Infusion, by: User, observed_at: datetime) -> LedgerEntry:
    """Write what went into the patient; the infusion is locked and its pump has ended. Raises NotPermitted, Refused."""
    vial = _vial(infusion.vial_id)
    require(by, Action.RUN_INFUSION, at=vial.site)
    if infusion.ended_at is None or infusion.given_mg is None:
        raise Refused("The pump has not ended yet. What was given is written when it has.")
    return _write(
        vial, Kind.GIVEN, Decimal(0), by=by, observed_at=observed_at, infusion=infusion, given_mg=infusion.given_mg
    )


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
    of: StockCount | None = None,
) -> LedgerEntry:
    """Two people look at the vial and write what is in it; a difference is written down with its words.

    The balance does not move. Raises Invalid, NotFound, NotPermitted.
    """
    vial = _vial(vial_id)
    require(by, Action.KEEP_LEDGER, at=vial.site)
    _require_open(vial)
    require_witness(vial.site, by=by, witness=witness)
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
        vial, Kind.COUNTED, Decimal(0), by=by, observed_at=observed_at, witness=witness, note=note, counted_ml=counted,
        stock_count=of,
    )  # fmt: skip


@transaction.atomic
def settle(
    *,
    vial_id: UUID,
    cause: str,
    note: str,
    by: User,
    witness: User,
    loss_report: str = "",
    observed_at: datetime | None = None,
) -> LedgerEntry:
    """Bring the ledger to what was counted, with the cause and two names; a loss says how the DEA was told.

    21 CFR 1301.76(b): theft or significant loss is told in writing within one business day (protocol 8.2). Raises
    NotFound, NotPermitted, Invalid, Refused.
    """
    vial = _vial(vial_id)
    require(by, Action.KEEP_LEDGER, at=vial.site)
    _require_open(vial)
    require_witness(vial.site, by=by, witness=witness)
    count = stock.difference(vial)
    if count is None or count.counted_ml is None:
        raise Refused("The last count agrees with the ledger. There is nothing to settle.")
    change = count.counted_ml - count.balance_ml
    problems = {
        "cause": "" if cause in Cause.values else "Choose what came out.",
        "note": "" if note.strip() else "Write what was found out: one sentence is enough.",
        "loss_report": _report_problem(cause, loss_report, change),
    }
    if found := {field: text for field, text in problems.items() if text}:
        raise Invalid(found)
    if not 0 <= vial.balance_ml + change <= vial.volume_ml:
        raise Refused("The vial was used since it was counted. Count it again, then settle what is left.")
    entry = _write(
        vial, Kind.ADJUSTED, change, by=by, observed_at=observed_at, witness=witness, note=note, cause=cause,
        loss_report=loss_report.strip(),
    )  # fmt: skip
    if cause == Cause.LOSS:
        followups.open_task(
            kind=DEA_REPORT, site=vial.site, title=f"DEA Form 106 for vial {vial.label}: send it and keep a copy",
            subject_kind="vial", subject_id=vial.pk, owner_role=Role.PROVIDER,
            due_at=vial.site.moment(add_business_days(vial.site.today(), 1), time(17)),
            link=f"/infusions/vials/{vial.pk}/",
        )  # fmt: skip
    return entry


def _report_problem(cause: str, loss_report: str, change: Decimal) -> str:
    if cause == Cause.LOSS and change > 0:
        return "More was found than the ledger says, so nothing is lost. Choose another cause."
    if cause == Cause.LOSS and not loss_report.strip():
        return "Write when and how the DEA was told. It has to know within one business day."
    return ""


@transaction.atomic
def close(*, vial_id: UUID, by: User) -> DrugVial:
    """Put an empty vial away. Raises Refused while it holds something or its last count differs."""
    vial = _vial(vial_id)
    require(by, Action.KEEP_LEDGER, at=vial.site)
    _require_open(vial)
    if vial.balance_ml:
        raise Refused(f"{quantity(vial.balance_ml, 'mL')} is left. Waste or return it before the vial is closed.")
    if stock.difference(vial):
        raise Refused("The last count differs from the ledger. Count again, or settle the difference with its cause.")
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
    vial: DrugVial, kind: LedgerEntry.Kind, change: Decimal, *, by: User, observed_at: datetime | None, note: str = "",
    **more: Any,
) -> LedgerEntry:  # fmt: skip
    now = clock.now()
    if observed_at and observed_at > now + AHEAD:
        raise Invalid({"observed_at": "This time is still to come. Write when it happened."})
    entry = LedgerEntry.objects.create(
        vial=vial, kind=kind, change_ml=change, note=note.strip(), observed_at=min(observed_at or now, now),
        entered_at=now, entered_by=by, **more,
    )  # fmt: skip
    entry.refresh_from_db(fields=["balance_ml", "line"])
    return entry
