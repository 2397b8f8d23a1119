"""The insurance desk's queue: every check, by the day of the patient's next visit; those without a visit come last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import OrderBy
from django.db.models.functions import TruncDate

from clinic import counting
from clinic.access import sites_of
from clinic.gathering import Given
from clinic.models import Site, User
from clinic.policy import Action, can
from insurance import accepted
from insurance.models import Payer, PayerContact, SelfPay, Verification
from insurance.models.verifications import MAY_END_BY_THEN
from insurance.shown import ran_out

State = Verification.State
WEEK = timedelta(days=7)
SELF_PAY = "self-pay"


@dataclass(frozen=True)
class Filter:
    """One choice above the queue."""

    value: str
    label: str
    where: Q
    order: tuple[OrderBy | str, ...] = ()
    """The index that its rows are counted by."""


OPEN = Q(state__in=Verification.OPEN)
BY_VISIT = (F("next_visit_at").asc(nulls_last=True), F("due_on").asc(nulls_last=True), "id")
AHEAD_FIRST = ("next_visit_at", "id")
MOST = 1000
"""A list is counted, and turned over, no further than this: who has more to do narrows it."""
AHEAD = timedelta(days=31)


def filters(user: User, site: Site) -> list[Filter]:
    _, week_ends = site.day_bounds(site.today() + WEEK)
    return [
        Filter("open", "To do", OPEN, BY_VISIT),
        Filter("week", "Next 7 days", ~Q(state=State.EXPIRED) & Q(next_visit_at__lt=week_ends), AHEAD_FIRST),
        Filter("mine", "Mine", OPEN & Q(owner=user), BY_VISIT),
        Filter("nobody", "Nobody’s", OPEN & Q(owner=None), BY_VISIT),
        Filter("info", "Needs information", Q(state=State.NEEDS_INFO)),
        Filter("failed", "Check failed", Q(state=State.ERROR)),
        Filter("expiring", "Expiring", _expiring(site), AHEAD_FIRST),
        Filter("not", "Inactive or not covered", Q(state__in=[State.INACTIVE, State.NOT_COVERED])),
        Filter("verified", "Verified", Q(state=State.ACTIVE)),
    ]


def _expiring(site: Site) -> Q:
    """Verified, and no longer so on the day of a visit in the month ahead."""
    _, until = site.day_bounds(site.today() + AHEAD)
    day = TruncDate("next_visit_at", tzinfo=site.zone)
    return MAY_END_BY_THEN & Q(next_visit_at__lt=until, state=State.ACTIVE, valid_until__lt=day)


def open_to(user: User) -> list[Site]:
    """The sites whose queue the user may see."""
    return [site for site in sites_of(user) if can(user, Action.SEE_COVERAGE, site)]


def narrowed(sites: Sequence[Site], *, payer: str = "", leg: str = "") -> QuerySet[Verification]:
    """The checks of these sites, of one payer and one leg where they are named."""
    rows = Verification.objects.filter(site__in=sites)
    if payer:
        rows = rows.filter(coverage__payer=UUID(payer))
    if leg:
        rows = rows.filter(leg=leg)
    return rows


def checks(rows: QuerySet[Verification], chosen: Filter, site: Site) -> QuerySet[Verification]:
    """The checks of the filter, the soonest visit first, with all that a row shows, in one query."""
    return _with_marks(rows.filter(chosen.where), site).order_by(*BY_VISIT)


def _with_marks(rows: QuerySet[Verification], site: Site) -> QuerySet[Verification]:
    """When the payer was last asked, whether the answer is being asked for anew, and what the site says of the plan."""
    asked = PayerContact.objects.filter(verification=OuterRef("pk")).order_by().values("verification")
    newer = Verification.objects.filter(
        patient=OuterRef("patient"), coverage=OuterRef("coverage"), leg=OuterRef("leg"), state__in=Verification.OPEN
    )
    return rows.select_related("patient__site", "coverage__payer", "owner").annotate(
        last_contact=Subquery(asked.annotate(last=Max("observed_at")).values("last")),
        asked_anew=Q(state=State.ACTIVE) & Exists(newer),
        said_of_plan=accepted.said(site, of="coverage__"),
    )


def counts(
    site: Site, choices: Sequence[Filter], rows: QuerySet[Verification], **more: QuerySet[Any]
) -> dict[str, int]:
    """How many checks stand behind each filter, up to MOST and one: each count stops there, read from its index.

    What else is to be counted comes along in the same query.
    """
    behind = {one.value: rows.filter(one.where).order_by(*one.order)[: MOST + 1] for one in choices}
    return counting.count(site, behind | more)


def self_payers(sites: Sequence[Site]) -> QuerySet[SelfPay]:
    """Who pays themselves: agreements in force, the estimates that are due first."""
    rows = SelfPay.objects.filter(patient__site__in=sites, until__isnull=True, agreed_at__isnull=False)
    return rows.select_related("patient__site", "agreed_by").order_by(
        F("estimate_given_on").asc(nulls_first=True), F("gfe_due").asc(nulls_last=True), "id"
    )


def payers() -> list[tuple[str, str]]:
    """The payers by name; after those in use come the others, whose checks are still on the queue."""
    rows = Payer.objects.order_by("-is_active", "name").values_list("pk", "name", "is_active")[:200]
    return [(str(pk), name if used else f"{name}, no longer used") for pk, name, used in rows]


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
    if ran_out(check, check.patient.site.today()):
        return "check again"
    return _NEXT.get(check.state, "")


# What the number beside “Insurance” in the navigation counts: open checks that are the user's or nobody's.
WAITING = Verification.objects.filter(
    Q(owner=Given("user")) | Q(owner__isnull=True), state__in=Verification.OPEN, site=Given("site")
)
