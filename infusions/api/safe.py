"""The drug: vials, the ledger of each mL, and the counts before a witness."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request

from clinic.api.declaring import Collection, Verb, site
from clinic.api.fields import Day, Exact, Known, Moment, Typed, Words, know, one_of, some
from clinic.models import Site, User
from infusions import counts, ledger
from infusions.api.rows import ENTERED
from infusions.api.witness import WITNESS, seen
from infusions.models import DrugVial, LedgerEntry, StockCount

VIAL = "vial_id"
MOST_VIALS = 200


def vials(user: User) -> QuerySet[DrugVial]:
    return DrugVial.objects.filter(site__in=user.site_ids)


def entries(user: User) -> QuerySet[LedgerEntry]:
    return LedgerEntry.objects.filter(vial__site__in=user.site_ids)


def stock_counts(user: User) -> QuerySet[StockCount]:
    return StockCount.objects.filter(site__in=user.site_ids)


know(DrugVial, vials)


class SeenVial(Typed):
    """What two people saw in one vial."""

    vial = Known(DrugVial, as_id=True)
    ml = Exact()
    note = Words(required=False, max_length=300)


def _count(*, site: Site, kind: str, found: Sequence[Mapping[str, Any]], by: User, witness: User) -> StockCount:
    """Write what was found in each vial; the count closes itself when every open vial was counted and agrees.

    Raises NotPermitted, Refused, Invalid with the vial's id as field.
    """
    each = {one["vial"]: counts.Found(one["ml"], one.get("note", "")) for one in found}
    return counts.take(site=site, kind=kind, found=each, by=by, witness=witness)


def _here(request: Request, record: Any, typed: Mapping[str, Any]) -> Mapping[str, Any]:
    """The token's site, and the witness there."""
    where = site(request, record, typed)
    return {**where, **seen(request, where["site"], typed)}


VIALS = Collection(
    name="vials",
    model=DrugVial,
    rows=vials,
    shows=(
        "id", "site", "label", "drug", "lot", "ndc", "strength_mg_per_ml", "volume_ml", "expires_on", "balance_ml",
        "closed_at",
    ),
    filters={"open": serializers.BooleanField(required=False)},
    by={"open": "closed_at__isnull"},
    create=Verb(
        does=ledger.receive,
        takes=("label", "lot", "strength_mg_per_ml", "volume_ml", "expires_on", "observed_at", "note", "ndc"),
        given=site,
        sited=True,
    ),
    verbs={
        "waste": Verb(
            does=ledger.waste,
            record=VIAL,
            takes=("note", "observed_at"),
            fields={"ml": Exact()},
            asks=WITNESS,
            given=seen,
        ),
        "count": Verb(
            does=ledger.count, record=VIAL, takes=("counted_ml", "note", "observed_at"), asks=WITNESS, given=seen
        ),
        "return": Verb(does=ledger.return_stock, record=VIAL, takes=("ml", "note", "observed_at")),
        "settle": Verb(
            does=ledger.settle,
            record=VIAL,
            takes=("note", "loss_report", "observed_at"),
            fields={"cause": one_of(LedgerEntry.Cause)},
            asks=WITNESS,
            given=seen,
        ),
        "close": Verb(does=ledger.close, record=VIAL),
    },
)  # fmt: skip
LEDGER = Collection(
    name="ledger",
    model=LedgerEntry,
    rows=entries,
    has_record=False,
    shows=(
        "id", "vial", "line", "kind", "change_ml", "balance_ml", *ENTERED, "infusion", "given_mg", "wasted_mg",
        "counted_ml", "witness", "note", "cause", "loss_report",
    ),
    filters={
        "vial": serializers.UUIDField(required=False),
        "kind": one_of(LedgerEntry.Kind, required=False),
        "since": Moment(required=False),
        "until": Moment(required=False),
    },
    by={"vial": "vial_id", "since": "observed_at__gte", "until": "observed_at__lt"},
)  # fmt: skip
COUNTS = Collection(
    name="stock-counts",
    model=StockCount,
    rows=stock_counts,
    shows=("id", "site", "kind", "on", "opened_at", "opened_by", "closed_at", "closed_by", "witness"),
    filters={"kind": one_of(StockCount.Kind, required=False), "on": Day(required=False)},
    create=Verb(
        does=_count,
        fields={"kind": one_of(StockCount.Kind), "found": some(SeenVial, most=MOST_VIALS, allow_empty=False)},
        asks=WITNESS,
        given=_here,
        sited=True,
    ),
    verbs={"close": Verb(does=counts.close, record="count_id", asks=WITNESS, given=seen)},
)
