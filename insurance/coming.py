"""The visits ahead, as the insurance desk sorts and fills its queue by them.

Visits are known further right; that room says here how they are read (`read_with`). What the queue sorts by stands on
the check itself, so that a list of tens of thousands is read from an index.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from clinic.composed import ComposedUpdate
from clinic.gathering import Given
from clinic.models import Site
from insurance.models import Verification

State, Leg = Verification.State, Verification.Leg
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
MEDICAL = frozenset({"evaluation", "infusion", "booster"})
"""Kinds of visit that the medical benefit pays; the behavioral one pays the others."""


@dataclass(frozen=True)
class Visit:
    """One visit ahead. `is_first`: the first infusion the patient ever gets."""

    patient_id: UUID
    kind: str
    starts_at: datetime
    day: date
    is_first: bool

    @property
    def leg(self) -> str:
        return Leg.MEDICAL if self.kind in MEDICAL else Leg.BEHAVIORAL


Reader = Callable[[datetime | Given], QuerySet[Any]]
_readers: list[Reader] = []


def read_with(reader: Reader) -> None:
    """Have `reader` give the visits that are booked from a moment on, the soonest first, with `is_first`."""
    if reader not in _readers:
        _readers.append(reader)


def visits(site: Site, until: date) -> list[Visit]:
    """The visits of the site's patients from today to this day, the soonest first, in one query."""
    since, _ = site.day_bounds(site.today())
    _, before = site.day_bounds(until)
    return [
        Visit(patient_id, kind, starts_at, site.local(starts_at).date(), is_first)
        for read in _readers
        for patient_id, kind, starts_at, is_first in read(since)
        .filter(patient__site=site, starts_at__lt=before)
        .values_list("patient_id", "kind", "starts_at", "is_first")
    ]


def refresh(site: Site, patient_id: UUID | None = None) -> int:
    """Write the next visit of a patient, or of all of the site, to their checks, in one statement.

    Answers how many checks changed. A visit of today stays the next one until it is over. The round over a whole site
    passes by what a verb holds at that moment, and waits for nobody: the next round finds it. Runs in a transaction.
    """
    midnight = site.moment(site.today(), time())
    if patient_id is not None:
        return sum(_of_patient(read).write(patient=patient_id, midnight=midnight) for read in _readers)
    rows = Verification.objects.filter(patient__site=site)
    changed = 0
    for read in _readers:
        stale, fields = _stale(rows, read(midnight), skip_locked=True)
        changed += stale.update(**fields)
    return changed


@cache
def _of_patient(read: Reader) -> ComposedUpdate:
    """Every booking, move and cancellation writes this. To plan it takes ten times as long as to do it, so once."""
    rows = Verification.objects.filter(patient=Given("patient"))
    stale, fields = _stale(rows, read(Given("midnight")), skip_locked=False)
    return ComposedUpdate(stale, **fields)


def _stale(
    rows: QuerySet[Verification], visits: QuerySet[Any], *, skip_locked: bool
) -> tuple[QuerySet[Verification], dict[str, Any]]:
    """Those of these checks that say another next visit than there is, and what they should say."""
    ahead = visits.filter(patient=OuterRef("patient_id"))
    starts, kind = Subquery(ahead.values("starts_at")[:1]), Subquery(ahead.values("kind")[:1])
    others = (
        rows.exclude(state=State.EXPIRED)
        .alias(stands=Coalesce("next_visit_at", Value(NEVER)), ahead=Coalesce(starts, Value(NEVER)))
        .exclude(stands=F("ahead"))
    )
    mine = others.order_by("pk").select_for_update(of=("self",), skip_locked=skip_locked).values("pk")
    fields = {"next_visit_at": starts, "next_visit_kind": Coalesce(kind, Value(""))}
    return Verification.objects.filter(pk__in=mine), fields
