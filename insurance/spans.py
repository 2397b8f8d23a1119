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
    return last is None or first is None or first <= last + ONE_DAY


def _later(one: date | None, other: date | None) -> date | None:
    return None if one is None or other is None else max(one, other)


def _with_gaps(spans: list[Span]) -> list[Span]:
    """A gap wherever a day lies between all that came before and what comes next."""
    drawn: list[Span] = []
    covered: date | None = None
    for span in spans:
        if drawn and covered and span.first and span.first > covered + ONE_DAY:
            drawn.append(Span("gap", covered + ONE_DAY, span.first - ONE_DAY))
        covered = _later(covered, span.last) if drawn else span.last
        drawn.append(span)
    return drawn
