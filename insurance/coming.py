"""The visits ahead, as the insurance desk sorts and fills its queue by them.

Visits are known further right; that room says here how they are read (`read_with`). What the queue sorts by stands on
the check itself, so that a list of tens of thousands is read from an index.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

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


Reader = Callable[[datetime], QuerySet[Any]]
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


def refresh(site: Site, patient_ids: Sequence[UUID] | None = None) -> int:
    """Write the next visit of these patients, or of all of the site, to their checks, in one statement.

    Answers how many checks changed. A visit of today stays the next one until it is over. The round over a whole site
    passes by what a verb holds at that moment, and waits for nobody: the next round finds it. Runs in a transaction.
    """
    rows = Verification.objects.exclude(state=State.EXPIRED)
    rows = rows.filter(patient__site=site) if patient_ids is None else rows.filter(patient__in=patient_ids)
    changed = 0
    for read in _readers:
        ahead = read(site.moment(site.today(), time())).filter(patient=OuterRef("patient_id"))
        starts, kind = Subquery(ahead.values("starts_at")[:1]), Subquery(ahead.values("kind")[:1])
        stale = rows.alias(
            stands=Coalesce("next_visit_at", Value(NEVER)), ahead=Coalesce(starts, Value(NEVER))
        ).exclude(stands=F("ahead"))
        mine = stale.order_by("pk").select_for_update(of=("self",), skip_locked=patient_ids is None).values("pk")
        changed += Verification.objects.filter(pk__in=mine).update(
            next_visit_at=starts, next_visit_kind=Coalesce(kind, Value(""))
        )
    return changed
