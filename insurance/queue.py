"""The insurance clerk's queue: every check at a site, the soonest due first."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet

from clinic.models import Site, User
from clinic.policy import Action, can
from insurance.models import Verification

State = Verification.State


@dataclass(frozen=True)
class Filter:
    """One choice above the queue."""

    value: str
    label: str
    where: Q


def filters(user: User) -> list[Filter]:
    return [
        Filter("open", "Open", Q(state__in=Verification.OPEN)),
        Filter("mine", "Mine", Q(state__in=Verification.OPEN, owner=user)),
        Filter("nobody", "Nobody’s", Q(state__in=Verification.OPEN, owner=None)),
        Filter("waiting", "Waiting on payer", Q(state=State.IN_PROGRESS)),
        Filter("info", "Needs information", Q(state=State.NEEDS_INFO)),
        Filter("failed", "Check failed", Q(state=State.ERROR)),
        Filter("not", "Inactive or not covered", Q(state__in=[State.INACTIVE, State.NOT_COVERED])),
        Filter("verified", "Verified", Q(state=State.ACTIVE)),
        Filter("self-pay", "Self-pay", Q(state=State.SELF_PAY)),
    ]


def checks(site: Site, chosen: Filter) -> QuerySet[Verification]:
    """The checks of the filter, the soonest due first, with what a row shows."""
    return (
        Verification.objects.filter(chosen.where, patient__site=site)
        .select_related("patient__site", "coverage__payer", "owner")
        .order_by(F("due_on").asc(nulls_last=True), "opened_at", "id")
    )


def counts(site: Site, choices: list[Filter]) -> dict[str, int]:
    """How many checks stand behind each filter, in one query."""
    wanted = {choice.value.replace("-", "_"): Count("pk", filter=choice.where) for choice in choices}
    found = Verification.objects.filter(patient__site=site).aggregate(**wanted)
    return {choice.value: found[choice.value.replace("-", "_")] for choice in choices}


def waiting_for(user: User, site: Site) -> int:
    """The number beside “Insurance” in the navigation: open checks that are the user's or nobody's."""
    if not can(user, Action.VERIFY_BENEFITS, site):
        return 0
    mine = Q(owner=user) | Q(owner=None)
    return Verification.objects.filter(mine, state__in=Verification.OPEN, patient__site=site).count()
