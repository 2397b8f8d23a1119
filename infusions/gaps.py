"""A provider's word on a gap (protocol 3.2): seen and agreed, extended beyond the limits, or ended to start anew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from clinic.errors import Invalid
from clinic.models import User
from clinic.policy import Action, require
from infusions import series as infusion_series
from infusions.models import GapDecision, Infusion, Series

LONGEST_GAP, LONGEST_SPAN = 60, 120  # beyond this it is another series, whatever anybody decides
Kind = GapDecision.Kind
AGREED = (Kind.ACKNOWLEDGED, Kind.EXTENDED)


@transaction.atomic
def agree(*, series_id: UUID, kind: str, gap_days: int, span_days: int, by: User, reason: str = "") -> GapDecision:
    """Agree to gaps of up to `gap_days` and a span of up to `span_days`: as seen, or beyond the limits.

    Raises NotPermitted, Invalid, IllegalTransition for a series that has ended.
    """
    series = infusion_series.locked(series_id)
    require(by, Action.REVIEW_RESPONSE, at=series.site)
    infusion_series.require_running(series, "Extended")
    wrong = {}
    if kind == Kind.EXTENDED and not reason.strip():
        wrong["reason"] = "Write why the series goes on beyond the limits."
    if not 1 <= gap_days <= LONGEST_GAP:
        wrong["gap_days"] = f"A gap of 1 to {LONGEST_GAP} days can be agreed to."
    if not 1 <= span_days <= LONGEST_SPAN:
        wrong["span_days"] = f"A span of 1 to {LONGEST_SPAN} days can be agreed to."
    if kind not in {Kind.ACKNOWLEDGED, Kind.EXTENDED}:
        wrong["kind"] = "Say whether the gap is agreed to, or the series extended."
    if wrong:
        raise Invalid(wrong)
    return _write(series, kind, gap_days, span_days, reason, by)


@transaction.atomic
def end(*, series_id: UUID, kind: str, gap_days: int, span_days: int, reason: str, by: User) -> GapDecision:
    """Stop the series for its gaps: for good, or to start anew by a new order. What is to come is cancelled.

    Raises NotPermitted, Invalid, Refused, IllegalTransition.
    """
    if kind not in {Kind.RESTARTED, Kind.STOPPED}:
        raise Invalid({"kind": "Say whether the series is stopped or starts anew."})
    anew = kind == Kind.RESTARTED
    series = infusion_series.stop(series_id=series_id, reason=reason, by=by, anew=anew)
    return _write(series, kind, gap_days, span_days, reason, by)


def _write(series: Series, kind: str, gap_days: int, span_days: int, reason: str, by: User) -> GapDecision:
    return GapDecision.objects.create(
        series=series, kind=kind, gap_days=gap_days, span_days=span_days, reason=reason.strip(), by=by
    )


def agreed(series: Iterable[UUID]) -> dict[UUID, tuple[int, int]]:
    """The longest gap and span, in days, that a provider has agreed to for each of these series."""
    rows = GapDecision.objects.filter(series__in=series, kind__in=AGREED).order_by().values("series")
    rows = rows.annotate(gap=Max("gap_days"), span=Max("span_days"))
    return {row["series"]: (row["gap"], row["span"]) for row in rows}


def unseen(infusions: Sequence[Infusion], words: Iterable[GapDecision], course: Iterable[Infusion]) -> dict[UUID, int]:
    """The days since the infusion before, where no provider has agreed to so many.

    `words` are what was agreed to in these series, `course` all their infusions with the visits.
    """
    seen: dict[UUID, int] = {}
    for one in words:
        seen[one.series_id] = max(one.gap_days, seen.get(one.series_id, 0))
    days: dict[tuple[UUID, int], date] = {}
    for row in course:
        days[row.series_id, row.number or 0] = row.appointment.site.local(row.appointment.starts_at).date()
    found = {}
    for each in infusions:
        if each.series.kind != Series.Kind.LOADING:
            continue
        here, before = (days.get((each.series_id, (each.number or 0) - back)) for back in (0, 1))
        if here and before and (gap := (here - before).days) > seen.get(each.series_id, 0):
            found[each.pk] = gap
    return found
