"""The insurance desk's queue: every check, by the day of the patient's next visit; those without a visit come last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import OrderBy
from django.db.models.functions import TruncDate

from clinic.access import sites_of
from clinic.composed import Composed, ComposedValues
from clinic.counting import Counted, Parts
from clinic.gathering import Among, Given
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
AGREED = Q(until__isnull=True, agreed_at__isnull=False)


@cache
def filters(zone: ZoneInfo) -> dict[str, Filter]:
    """By their values; left open are `user`, and when the week and the month ahead end."""
    ahead = ~Q(state=State.EXPIRED) & Q(next_visit_at__lt=Given("week_ends"))
    choices = [
        Filter("open", "To do", OPEN, BY_VISIT),
        Filter("week", "Next 7 days", ahead, AHEAD_FIRST),
        Filter("mine", "Mine", OPEN & Q(owner=Given("user")), BY_VISIT),
        Filter("nobody", "Nobody’s", OPEN & Q(owner=None), BY_VISIT),
        Filter("info", "Needs information", Q(state=State.NEEDS_INFO)),
        Filter("failed", "Check failed", Q(state=State.ERROR)),
        Filter("expiring", "Expiring", _expiring(zone), AHEAD_FIRST),
        Filter("not", "Inactive or not covered", Q(state__in=[State.INACTIVE, State.NOT_COVERED])),
        Filter("verified", "Verified", Q(state=State.ACTIVE)),
    ]
    return {one.value: one for one in choices}


def _expiring(zone: ZoneInfo) -> Q:
    """Verified, and no longer so on the day of a visit in the month ahead."""
    day = TruncDate("next_visit_at", tzinfo=zone)
    return MAY_END_BY_THEN & Q(next_visit_at__lt=Given("month_ends"), state=State.ACTIVE, valid_until__lt=day)


def open_to(user: User) -> list[Site]:
    """The sites whose queue the user may see."""
    return [site for site in sites_of(user) if can(user, Action.SEE_COVERAGE, site)]


@dataclass(frozen=True)
class Shape:
    """What two queues have in common that are asked by one statement: only the values in it differ."""

    zone: ZoneInfo
    everywhere: bool
    of_payer: bool
    of_leg: bool


@dataclass(frozen=True)
class Queue:
    """The checks that somebody at a site asks for: of these sites, of one payer and one leg where they are named."""

    user: User
    site: Site
    sites: Sequence[Site]
    payer: str = ""
    leg: str = ""

    @property
    def shape(self) -> Shape:
        return Shape(self.site.zone, list(self.sites) != [self.site], bool(self.payer), bool(self.leg))

    @property
    def values(self) -> dict[str, Any]:
        today, site = self.site.today(), self.site
        return {
            "site": site.pk, "sites": [one.pk for one in self.sites], "user": self.user.pk,
            "payer": UUID(self.payer) if self.payer else None, "leg": self.leg,
            "week_ends": site.day_bounds(today + WEEK)[1], "month_ends": site.day_bounds(today + AHEAD)[1],
        }  # fmt: skip

    def checks(self, chosen: Filter) -> Parts[Verification]:
        """The checks of the filter, the soonest visit first, with all that a row shows, in one query."""
        shape, values = self.shape, self.values
        return Parts(lambda start, stop: _checks(shape, chosen.value, start, stop).read(**values))

    def counts(self) -> dict[str, int]:
        """How many checks stand behind each filter, and who pay themselves, up to MOST and one, in one query.

        Each count stops there, read from its index.
        """
        (found,) = _counts(self.shape).read(**self.values)
        return dict(zip((*filters(self.site.zone), SELF_PAY), found, strict=True))


def _of(shape: Shape) -> QuerySet[Verification]:
    rows = Verification.objects.filter(Among("site", "sites") if shape.everywhere else Q(site=Given("site")))
    if shape.of_payer:
        rows = rows.filter(coverage__payer=Given("payer"))
    return rows.filter(leg=Given("leg")) if shape.of_leg else rows


@lru_cache(maxsize=64)
def _checks(shape: Shape, show: str, start: int, stop: int) -> Composed[Verification]:
    """One page of the list. The pages that people open are composed once; the rarest are forgotten again."""
    rows = _of(shape).filter(filters(shape.zone)[show].where)
    return Composed(_with_marks(rows).order_by(*BY_VISIT)[start:stop])


_SHOWN = (
    "patient__mrn", "patient__given_name", "patient__preferred_name", "patient__family_name", "patient__site",
    "coverage__ends_on", "coverage__payer__name", "owner__full_name", "leg", "state", "due_on", "next_visit_at",
    "next_visit_kind", "valid_until",
)  # fmt: skip


def _with_marks(rows: QuerySet[Verification]) -> QuerySet[Verification]:
    """When the payer was last asked, whether the answer is being asked for anew, and what the site says of the plan."""
    asked = PayerContact.objects.filter(verification=OuterRef("pk")).order_by().values("verification")
    newer = Verification.objects.filter(
        patient=OuterRef("patient"), coverage=OuterRef("coverage"), leg=OuterRef("leg"), state__in=Verification.OPEN
    )
    shown = rows.select_related("patient", "coverage__payer", "owner").only(*_SHOWN)
    return shown.annotate(
        last_contact=Subquery(asked.annotate(last=Max("observed_at")).values("last")),
        asked_anew=Q(state=State.ACTIVE) & Exists(newer),
        said_of_plan=accepted.said(Given("site"), of="coverage__"),
    )


@lru_cache(maxsize=16)
def _counts(shape: Shape) -> ComposedValues:
    rows, payers = _of(shape), _paying_themselves(shape.everywhere)
    lists = [rows.filter(one.where).order_by(*one.order)[: MOST + 1] for one in filters(shape.zone).values()]
    return ComposedValues(Site.objects.filter(pk=Given("site")).order_by().values_list(*map(Counted, [*lists, payers])))


def _paying_themselves(everywhere: bool) -> QuerySet[SelfPay]:
    return SelfPay.objects.filter(
        AGREED, Among("patient__site", "sites") if everywhere else Q(patient__site=Given("site"))
    )


def self_payers(sites: Sequence[Site]) -> QuerySet[SelfPay]:
    """Who pays themselves: agreements in force, the estimates that are due first."""
    rows = SelfPay.objects.filter(AGREED, patient__site__in=sites)
    return rows.select_related("patient__site", "agreed_by").order_by(
        F("estimate_given_on").asc(nulls_first=True), F("gfe_due").asc(nulls_last=True), "id"
    )


_PAYERS = ComposedValues(Payer.objects.order_by("-is_active", "name").values_list("pk", "name", "is_active")[:200])


def payers() -> list[tuple[str, str]]:
    """The payers by name; after those in use come the others, whose checks are still on the queue."""
    return [(str(pk), name if used else f"{name}, no longer used") for pk, name, used in _PAYERS.read()]


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
