"""The insurance desk's queue: every check, by the day of the patient's next visit; those without a visit come last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, Max, Q, QuerySet
from django.db.models.functions import TruncDate

from clinic.access import sites_of
from clinic.models import Site, User
from clinic.policy import Action, can
from insurance.models import Payer, PayerContact, SelfPay, Verification

State = Verification.State
WEEK = timedelta(days=7)
SELF_PAY = "self-pay"


@dataclass(frozen=True)
class Filter:
    """One choice above the queue."""

    value: str
    label: str
    where: Q


def filters(user: User, site: Site) -> list[Filter]:
    _, week_ends = site.day_bounds(site.today() + WEEK)
    return [
        Filter("open", "To do", Q(state__in=Verification.OPEN)),
        Filter("week", "Next 7 days", ~Q(state=State.EXPIRED) & Q(next_visit_at__lt=week_ends)),
        Filter("mine", "Mine", Q(state__in=Verification.OPEN, owner=user)),
        Filter("nobody", "Nobody’s", Q(state__in=Verification.OPEN, owner=None)),
        Filter("info", "Needs information", Q(state=State.NEEDS_INFO)),
        Filter("failed", "Check failed", Q(state=State.ERROR)),
        Filter("expiring", "Expiring", _expiring(site)),
        Filter("not", "Inactive or not covered", Q(state__in=[State.INACTIVE, State.NOT_COVERED])),
        Filter("verified", "Verified", Q(state=State.ACTIVE)),
    ]


def _expiring(site: Site) -> Q:
    """Verified, and no longer so on the day of the next visit."""
    day = TruncDate("next_visit_at", tzinfo=site.zone)
    return Q(state=State.ACTIVE, next_visit_at__isnull=False) & Q(valid_until__lt=day)


def open_to(user: User) -> list[Site]:
    """The sites whose queue the user may see."""
    return [site for site in sites_of(user) if can(user, Action.SEE_COVERAGE, site)]


def narrowed(sites: Sequence[Site], *, payer: str = "", leg: str = "") -> QuerySet[Verification]:
    """The checks of these sites, of one payer and one leg where they are named."""
    rows = Verification.objects.filter(patient__site__in=sites)
    if payer:
        rows = rows.filter(coverage__payer=payer)
    if leg:
        rows = rows.filter(leg=leg)
    return rows


def checks(rows: QuerySet[Verification], chosen: Filter) -> QuerySet[Verification]:
    """The checks of the filter, the soonest visit first, with what a row shows."""
    return (
        rows.filter(chosen.where)
        .select_related("patient__site", "coverage__payer", "owner")
        .order_by(F("next_visit_at").asc(nulls_last=True), F("due_on").asc(nulls_last=True), "id")
    )


def counts(rows: QuerySet[Verification], choices: Sequence[Filter]) -> dict[str, int]:
    """How many checks stand behind each filter, in one query."""
    wanted = {choice.value: Count("pk", filter=choice.where) for choice in choices}
    return rows.exclude(state=State.EXPIRED).order_by().aggregate(**wanted)


def self_payers(sites: Sequence[Site]) -> QuerySet[SelfPay]:
    """Who pays themselves: agreements in force, the estimates that are due first."""
    rows = SelfPay.objects.filter(patient__site__in=sites, until__isnull=True, agreed_at__isnull=False)
    return rows.select_related("patient__site", "agreed_by").order_by(
        F("estimate_given_on").asc(nulls_first=True), F("gfe_due").asc(nulls_last=True), "id"
    )


def last_contacts(shown: Sequence[Verification]) -> dict[UUID, datetime]:
    """When each of these checks was last asked about, in one query."""
    asked = PayerContact.objects.filter(verification__in=[check.pk for check in shown]).order_by()
    return dict(asked.values_list("verification").annotate(Max("observed_at")))


def payers(sites: Sequence[Site]) -> list[tuple[str, str]]:
    """The payers of checks that are open at these sites, by name."""
    open_ones = Verification.objects.filter(patient__site__in=sites, state__in=Verification.OPEN)
    rows = Payer.objects.filter(pk__in=open_ones.values("coverage__payer")).order_by("name")[:100]
    return [(str(pk), name) for pk, name in rows.values_list("pk", "name")]


_NEXT: dict[str, str] = {
    State.NOT_STARTED: "ask the payer",
    State.IN_PROGRESS: "get the answer",
    State.NEEDS_INFO: "send what they ask",
    State.ERROR: "try again",
    State.INACTIVE: "new plan or self-pay",
    State.NOT_COVERED: "new plan or self-pay",
}


def next_step(check: Verification) -> str:
    """What the desk does next about a check; "" where nothing is left to do."""
    if check.state == State.NOT_STARTED and check.coverage_id is None:
        return "ask for the plan"
    return _NEXT.get(check.state, "")


def waiting_for(user: User, site: Site) -> int:
    """The number beside “Insurance” in the navigation: open checks that are the user's or nobody's."""
    if not can(user, Action.VERIFY_BENEFITS, site):
        return 0
    mine = Q(owner=user) | Q(owner=None)
    return Verification.objects.filter(mine, state__in=Verification.OPEN, patient__site=site).count()
