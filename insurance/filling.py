"""The queue fills itself: a check is opened whenever what a payer said can no longer be relied on (protocol 6.1).

For a new plan; up to 72 h before the first infusion; when the month has turned, or the plan year; ten days before each
booster; and for a visit that nobody pays. A check that failed stays on the queue by itself. `sweep` may run as often
as it likes: the database allows one open check of a plan and leg.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from clinic import clock
from clinic.models import Site
from insurance import coming, rules
from insurance.coming import Visit
from insurance.models import Coverage, SelfPay, Verification
from insurance.standing import Leg

State, Why = Verification.State, Verification.Why

PRE_FIRST = timedelta(hours=72)
"""A check this fresh is wanted before the first infusion (Table A, vob_expiry / pre_first)."""
BOOSTER_DAYS = 10
"""Days before a booster on which its benefits are asked about (J6)."""
NO_PLAN_DAYS = 7
"""Days before a visit from which nobody paying for it is the desk's business."""
NEW_PLAN_DAYS = 2
"""Business days for the first check of a plan without a visit."""


@dataclass(frozen=True)
class Wanted:
    """A check that is to be opened."""

    patient_id: UUID
    coverage_id: UUID | None
    leg: str
    why: str
    due_on: date


@dataclass(frozen=True)
class File:
    """What is on file for one patient: plans by rank, self-pay that was agreed, checks newest first."""

    plans: list[Coverage]
    self_pay: list[SelfPay]
    checks: list[Verification]

    def of(self, leg: str, plan: Coverage | None) -> list[Verification]:
        coverage_id = plan.pk if plan else None
        return [check for check in self.checks if check.leg == leg and check.coverage_id == coverage_id]


def sweep(site: Site) -> int:
    """Open every check that is due at the site, and sort the queue anew. Answers how many were opened."""
    today = site.today()
    until = max(rules.month_end(today), today + timedelta(days=BOOSTER_DAYS))
    visits = coming.visits(site, until)
    files = _files({visit.patient_id for visit in visits})
    wanted = [one for visit in visits for one in wanted_for(visit, files[visit.patient_id], clock.now(), site)]
    with transaction.atomic():
        opened = _open(wanted)
        coming.refresh(site)
    return opened


@transaction.atomic
def new_plan(plan: Coverage) -> None:
    """A plan was put on file: both its legs are to be checked, unless it has ended already."""
    site = plan.patient.site
    today = site.today()
    if plan.ends_on and plan.ends_on < today:
        return
    due = rules.add_business_days(today, NEW_PLAN_DAYS)
    _open([Wanted(plan.patient_id, plan.pk, leg, Why.NEW, due) for leg in Leg.values])
    coming.refresh(site, plan.patient_id)


def _open(wanted: Sequence[Wanted]) -> int:
    """Open these; of one that is open already, the database keeps the first."""
    first = {(one.patient_id, one.coverage_id, one.leg): one for one in reversed(wanted)}
    before = Verification.objects.filter(patient__in={one.patient_id for one in first.values()})
    had = before.count()
    Verification.objects.bulk_create(
        [
            Verification(
                patient_id=one.patient_id,
                coverage_id=one.coverage_id,
                leg=one.leg,
                opened_for=one.why,
                due_on=one.due_on,
            )
            # Always in one order, the medical leg first: two who open the same ones never wait for each other.
            for one in sorted(
                first.values(), key=lambda one: (one.patient_id, str(one.coverage_id), one.leg != Leg.MEDICAL)
            )
        ],
        ignore_conflicts=True,
    )
    return before.count() - had if first else 0


def _files(patient_ids: set[UUID]) -> dict[UUID, File]:
    found: dict[UUID, File] = defaultdict(lambda: File([], [], []))
    plans = Coverage.objects.filter(patient__in=patient_ids, entered_in_error_at__isnull=True)
    for plan in plans.order_by("rank", "-starts_on", "id"):
        found[plan.patient_id].plans.append(plan)
    for agreed in SelfPay.objects.filter(patient__in=patient_ids, agreed_at__isnull=False):
        found[agreed.patient_id].self_pay.append(agreed)
    for check in Verification.objects.filter(patient__in=patient_ids).order_by("-opened_at", "-id"):
        found[check.patient_id].checks.append(check)
    return found


def wanted_for(visit: Visit, file: File, now: datetime, site: Site) -> Iterator[Wanted]:
    """The checks that this visit asks for. Pure: what is on file comes with it."""
    if any(row.holds_on(visit.day) for row in file.self_pay):
        return
    today = site.local(now).date()
    due = max(today, rules.business_day_before(visit.day))
    holding = [plan for plan in file.plans if plan.holds_on(visit.day)]
    for plan in holding:
        why = _why(visit, file.of(visit.leg, plan), now, site)
        if why:
            yield Wanted(visit.patient_id, plan.pk, visit.leg, why, due)
    if not holding and (visit.day - today).days <= NO_PLAN_DAYS and not file.of(visit.leg, None):
        yield Wanted(visit.patient_id, None, visit.leg, Why.NO_PLAN, due)


def _why(visit: Visit, checks: Sequence[Verification], now: datetime, site: Site) -> str:
    """Why the newest answer about a plan does not do for this visit; "" where it does, or where one is being asked."""
    if any(check.state in Verification.OPEN for check in checks):
        return ""
    answered = [check for check in checks if check.checked_at]
    if not answered:
        return Why.NEW
    newest = max(answered, key=lambda check: check.checked_at or now)
    return _run_out(newest, now, site) or _too_old(visit, newest, now, site)


def _run_out(newest: Verification, now: datetime, site: Site) -> str:
    """The month has turned since, or the plan year: an answer of whatever kind holds to the end of its month."""
    assert newest.checked_at is not None
    asked_on, today = site.local(newest.checked_at).date(), site.local(now).date()
    if newest.plan_ends and newest.plan_ends < today:
        return Why.PLAN_YEAR
    if min(newest.valid_until or rules.month_end(asked_on), rules.month_end(asked_on)) >= today:
        return ""
    return Why.PLAN_YEAR if asked_on.year < today.year else Why.MONTH


def _too_old(visit: Visit, newest: Verification, now: datetime, site: Site) -> str:
    """A first infusion and a booster ask for a fresher answer than others."""
    assert newest.checked_at is not None
    if visit.is_first and now >= visit.starts_at - PRE_FIRST > newest.checked_at:
        return Why.FIRST
    from_day = visit.day - timedelta(days=BOOSTER_DAYS)
    if visit.kind == "booster" and site.local(now).date() >= from_day > site.local(newest.checked_at).date():
        return Why.BOOSTER
    return ""
