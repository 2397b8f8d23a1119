"""Who paid from when to when, with the gaps between: plans that run on are drawn as one. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from insurance.models import Coverage, SelfPay

ONE_DAY = timedelta(days=1)


@dataclass
class Span:
    """A stretch of one plan, of self-pay, or of nobody (`kind` gap). None: from ever, or for ever."""

    kind: str
    first: date | None
    last: date | None
    plans: list[Coverage] = field(default_factory=list)
    self_pay: list[SelfPay] = field(default_factory=list)

    @property
    def newest(self) -> Coverage | None:
        return self.plans[-1] if self.plans else None

    @property
    def agreed(self) -> bool:
        return any(row.agreed_at for row in self.self_pay)


def timeline(plans: Iterable[Coverage], self_pay: Iterable[SelfPay]) -> list[Span]:
    """Every stretch, the newest first; plans taken back in error are left out."""
    spans = _of_plans([plan for plan in plans if not plan.entered_in_error_at]) + _of_self_pay(list(self_pay))
    spans.sort(key=lambda span: (span.first or date.min, span.last or date.max))
    return list(reversed(_with_gaps(spans)))


def _of_plans(plans: list[Coverage]) -> list[Span]:
    """Plans of one payer, rank and member that follow each other without a day between become one."""
    open_spans: dict[tuple[object, ...], Span] = {}
    spans: list[Span] = []
    for plan in sorted(plans, key=lambda one: one.starts_on or date.min):
        key = (plan.payer_id, plan.rank, plan.member_id)
        span = open_spans.get(key)
        if span and _follows(span.last, plan.starts_on):
            span.last = _later(span.last, plan.ends_on)
            span.plans.append(plan)
        else:
            span = open_spans[key] = Span("plan", plan.starts_on, plan.ends_on, plans=[plan])
            spans.append(span)
    return spans


def _of_self_pay(rows: list[SelfPay]) -> list[Span]:
    spans: list[Span] = []
    for row in sorted(rows, key=lambda one: one.since):
        before = spans[-1] if spans else None
        if before and before.agreed == bool(row.agreed_at) and _follows(before.last, row.since):
            before.last = _later(before.last, row.until)
            before.self_pay.append(row)
        else:
            spans.append(Span("self_pay", row.since, row.until, self_pay=[row]))
    return spans


def _follows(last: date | None, first: date | None) -> bool:
    return last is None or first is None or _days(last, first) <= 1


def _days(last: date, first: date) -> int:
    """From one day to the other; cards say 12/31/9999 for ever, after which there is no day to count to."""
    return (first - last).days


def _later(one: date | None, other: date | None) -> date | None:
    return None if one is None or other is None else max(one, other)


def _with_gaps(spans: list[Span]) -> list[Span]:
    """A gap wherever a day lies between all that came before and what comes next."""
    drawn: list[Span] = []
    covered: date | None = None
    for span in spans:
        if drawn and covered and span.first and _days(covered, span.first) > 1:
            drawn.append(Span("gap", covered + ONE_DAY, span.first - ONE_DAY))
        covered = _later(covered, span.last) if drawn else span.last
        drawn.append(span)
    return drawn


A_YEAR = timedelta(days=365)
_RANKS = {1: "first", 2: "second", 3: "third"}
Told = tuple[str, str]
"""The meaning of a sentence, and the sentence."""


def told(plans: Iterable[Coverage], self_pay: Iterable[SelfPay], today: date) -> list[Told]:
    """Gaps and overlaps of the last year and to come, in words: what staff have to ask or to decide."""
    standing = [plan for plan in plans if not plan.entered_in_error_at]
    agreed = [row for row in self_pay if row.agreed_at]
    since = today - A_YEAR
    gaps = [span for span in timeline(standing, agreed) if span.kind == "gap" and span.last and span.last >= since]
    found: list[Told] = [("warn", f"Nobody pays {_from_to(gap.first, gap.last)}.") for gap in reversed(gaps)]
    for place, one in enumerate(standing):
        for other in standing[place + 1 :]:
            found += _both(one, other, since)
        for row in agreed:
            found += _beside(one, row, today)
    return found


def _both(one: Coverage, other: Coverage, since: date) -> list[Told]:
    """Two plans that would both be billed at the same place."""
    shared = _shared((one.starts_on, one.ends_on), (other.starts_on, other.ends_on))
    if one.rank != other.rank or shared is None or (shared[1] and shared[1] < since):
        return []
    if one.payer_id == other.payer_id and one.member_id == other.member_id:
        return []
    names = f"{one.payer} and {other.payer}" if one.payer_id != other.payer_id else f"Two plans of {one.payer}"
    rank = _RANKS[one.rank]
    return [("warn", f"{names} are both billed {rank} {_from_to(*shared)}. Ask which one pays {rank}.")]


def _beside(plan: Coverage, row: SelfPay, today: date) -> list[Told]:
    """A plan that runs while the patient pays."""
    shared = _shared((plan.starts_on, plan.ends_on), (row.since, row.until))
    if shared is None or (shared[1] and shared[1] < today):
        return []
    return [("info", f"Self-pay beside {plan.payer} {_from_to(*shared)}. End it once the plan pays.")]


def _shared(
    one: tuple[date | None, date | None], other: tuple[date | None, date | None]
) -> tuple[date | None, date | None] | None:
    """The days that two stretches have in common; None where they have none."""
    firsts = [day for day in (one[0], other[0]) if day]
    lasts = [day for day in (one[1], other[1]) if day]
    first, last = max(firsts, default=None), min(lasts, default=None)
    return None if first and last and first > last else (first, last)


def _from_to(first: date | None, last: date | None) -> str:
    if first and last:
        return f"on {_day(first)}" if first == last else f"from {_day(first)} to {_day(last)}"
    return f"from {_day(first)} on" if first else f"until {_day(last)}" if last else "all the time"


def _day(day: date) -> str:
    return f"{day.day}\u00a0{day:%b}\u00a0{day.year}"
