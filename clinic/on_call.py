"""Who answers for a site at a moment. There is always somebody: where nobody is set, everybody who could help is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from clinic.models import OnCallTurn, Site, User
from clinic.policy import Role

# Who is called where nobody is set, the first group with anybody in it.
FALLBACK: tuple[tuple[Role, ...], ...] = (
    (Role.PROVIDER,),
    (Role.NURSE, Role.THERAPIST),
    (Role.CLINIC_ADMIN,),
    (Role.FRONT_DESK, Role.INSURANCE_ADMIN),
)


@dataclass(frozen=True)
class Rota:
    """The turns that hold at one moment."""

    first: OnCallTurn | None
    backup: OnCallTurn | None


def at(site: Site, moment: datetime) -> Rota:
    """The turns of people who can still be called: active, and with a role at the site."""
    turns = {
        turn.tier: turn
        for turn in OnCallTurn.objects.filter(
            site=site, during__contains=moment, user__is_active=True, user__memberships__site=site
        )
        .select_related("user")
        .distinct()
    }
    return Rota(first=turns.get(OnCallTurn.Tier.FIRST), backup=turns.get(OnCallTurn.Tier.BACKUP))


def everybody(site: Site) -> list[User]:
    """All providers of the site; where it has none, the next group who could help."""
    for roles in FALLBACK:
        if found := people(site, roles):
            return found
    return []


def people(site: Site, roles: Iterable[Role]) -> list[User]:
    return list(
        User.objects.filter(is_active=True, memberships__site=site, memberships__role__in=list(roles))
        .distinct()
        .order_by("full_name", "pk")
    )
