"""Reading follow-up tasks: whose list holds which, the most pressing first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Expression, Q, QuerySet, When

from clinic import clock
from clinic.composed import Composed, ComposedValues
from clinic.counting import Parts
from clinic.gathering import Among, AmongWords, Given
from clinic.models import Site, User
from clinic.policy import Role
from reminders import kinds
from reminders.models import FollowUp

SAFETY = frozenset({
    "safety_call", "safety_call_grave", "emergency_contact", "against_advice_call", "alert_contact", "text_urgent",
    "checkin_call", "checkin_read",
})  # fmt: skip
"""Somebody may need help: once due, these stand before every paper that has been late for longer."""

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def is_own(task: FollowUp, user: User) -> bool:
    """Whether the task is the user's own, or of one of their roles at its site. Others don't learn what came of it."""
    roles = user.roles_at(task.site)
    if task.owner_id == user.pk or Role(task.owner_role) in roles:
        return True
    return task.escalated_at is not None and Role(task.escalates_to) in roles


def for_user(user: User, site: Site) -> QuerySet[FollowUp]:
    """The open tasks at the site that are the user's own, of their roles and nobody else's, or escalated to them."""
    rows = FollowUp.objects.filter(_waits_for(user, site), site=site, state=FollowUp.State.OPEN)
    return rows.select_related("patient", "owner", "site")


def _roles(user: User, site: Site) -> list[str]:
    return [role.value for role in user.roles_at(site)]


def _waits_for(user: User, site: Site) -> Q:
    roles = _roles(user, site)
    return _mine(user, Q(owner_role__in=roles), Q(escalates_to__in=roles))


def _mine(owner: Any, own_role: Q | Expression, their_role: Q | Expression) -> Q:
    """One's own, of one's roles and nobody's, or escalated to one's roles."""
    return Q(owner=owner) | Q(own_role, owner__isnull=True) | Q(their_role, escalated_at__isnull=False)


def _concerns(user: User, site: Site) -> Q:
    """The user's own or of one of their roles, whoever has it."""
    roles = _roles(user, site)
    return Q(owner=user) | Q(owner_role__in=roles) | Q(escalated_at__isnull=False, escalates_to__in=roles)


def _with_colleagues(user: User, site: Site) -> Q:
    return Q(owner_role__in=_roles(user, site), owner__isnull=False) & ~Q(owner=user)


def is_grave(task: FollowUp) -> bool:
    """Whether somebody may need help, and it is due."""
    return task.kind in SAFETY and task.due_at <= clock.now()


def grave(now: datetime | Given | None = None) -> Q:
    """The same, asked of the database; `now` may be left open."""
    return Q(kind__in=SAFETY, due_at__lte=now or clock.now())


def pressing_first(tasks: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
    """The grave ones, then by the clock."""
    return tasks.order_by(Case(When(grave(), then=0), default=1), "due_at", "id")


# What opens with the list, and is counted beside “Tasks” on every page: all that waits for a user at a site.
OPEN = FollowUp.objects.filter(site=Given("site"), state=FollowUp.State.OPEN)
_OWN_ROLE, _UP_TO_ROLE = AmongWords("owner_role", "roles"), AmongWords("escalates_to", "roles")
_FOR_USER = _mine(Given("user"), _OWN_ROLE, _UP_TO_ROLE)
WAITING = OPEN.filter(_FOR_USER, due_at__lt=Given("tomorrow"))


def is_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


@dataclass(frozen=True)
class Wish:
    """What somebody wants to see of their list. Whatever is not understood is not asked for."""

    who: str = ""
    kind: str = ""
    text: str = ""
    patient: str = ""
    ended: bool = False

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Wish:
        said = {name: value.replace("\x00", "") for name, value in asked.items()}  # the database can't be asked for it
        patient = said.get("patient", "")
        return cls(
            who=said.get("who", ""),
            kind=said.get("kind", "")[:40],
            text=" ".join(said.get("q", "").split())[:60],
            patient=patient if is_id(patient) else "",
            ended=said.get("show") == "ended",
        )


Tally = tuple[str, int, int, int]
MINE, FREE, COLLEAGUES = "mine", "free", "colleagues"


def listed(user: User, site: Site, wish: Wish, apart: Sequence[FollowUp] = ()) -> Parts[FollowUp] | QuerySet[FollowUp]:
    """The tasks of one's list that fit the wish, but for those that stand apart; to be read by the page."""
    keys = [task.pk for task in apart]
    if wish != Wish():
        return found(user, site, wish).exclude(pk__in=keys)
    values = {"user": user.pk, "site": site.pk, "roles": _roles(user, site), "apart": keys}
    return Parts(lambda start, stop: _opening(start, stop).read(**values))


@lru_cache(maxsize=64)
def _opening(start: int, stop: int) -> Composed[FollowUp]:
    """A page of the list as it opens, which everybody's day begins with."""
    rows = OPEN.filter(~Q(Among("pk", "apart")), _FOR_USER).select_related("patient", "owner").only(*SHOWN)
    return Composed(rows.order_by("due_at", "id")[start:stop])


SHOWN = (
    "title", "link", "due_at", "owner_role", "escalated_at", "tries", "state", "outcome", "ended_at", "patient__site",
    "patient__given_name", "patient__preferred_name", "patient__family_name", "owner__full_name",
)  # fmt: skip
"""What a row of the list shows."""


def found(user: User, site: Site, wish: Wish) -> QuerySet[FollowUp]:
    """The tasks of one's list that fit the wish, the most overdue first; of those ended the newest first."""
    rows = FollowUp.objects.filter(_fits(user, wish), site=site).select_related("patient", "owner").only(*SHOWN)
    if wish.ended:
        return rows.exclude(state=FollowUp.State.OPEN).filter(_concerns(user, site)).order_by("-ended_at", "id")
    whose = _with_colleagues if wish.who == COLLEAGUES else _waits_for
    return rows.filter(whose(user, site), state=FollowUp.State.OPEN).order_by("due_at", "id")


def _fits(user: User, wish: Wish) -> Q:
    """What the wish asks of a task, whosever list it is on."""
    fits = _whose(user, wish.who)
    if wish.kind:
        fits &= Q(kind=wish.kind) | Q(kind__regex=rf"^{re.escape(wish.kind)}_\d+$")
    if wish.patient:
        fits &= Q(patient=UUID(wish.patient))
    for word in wish.text.split():
        fits &= Q(patient__search_text__icontains=word) | Q(patient__mrn__iexact=word) | Q(title__icontains=word)
    return fits


def _whose(user: User, who: str) -> Q:
    if who == MINE:
        return Q(owner=user)
    if who == FREE:
        return Q(owner__isnull=True)
    return Q(owner_role=who) if who in set(Role) else Q()


@dataclass(frozen=True)
class Waiting:
    """How much waits: each kind on the user's list with its label and number, and what fits their wish."""

    kinds: list[tuple[str, str, int]]
    fitting: int
    grave: int


def counted(user: User, site: Site, wish: Wish) -> Waiting:
    """Read in one query what the list says above its rows, and how long it is."""
    counted: dict[str, int] = {}
    fitting = grave_ones = 0
    tallies = _all_that_waits(user, site) if wish == Wish() else _fitting(user, site, wish)
    for kind, n, fit, first in tallies:
        counted[kinds.siblings(kind)] = counted.get(kinds.siblings(kind), 0) + n
        fitting, grave_ones = fitting + fit, grave_ones + first
    named = sorted(((kind, kinds.of(kind).label, n) for kind, n in counted.items() if n), key=lambda row: row[1])
    return Waiting(named, fitting, grave_ones)


def _fitting(user: User, site: Site, wish: Wish) -> QuerySet[FollowUp, Tally]:
    """Of each kind: how many wait for the user, how many of them fit the wish, how many of those are grave."""
    mine = _waits_for(user, site)
    shown = (_with_colleagues(user, site) if wish.who == COLLEAGUES else mine) & _fits(user, wish)
    rows = FollowUp.objects.filter(mine | shown, site=site, state=FollowUp.State.OPEN).order_by()
    return rows.values_list("kind").annotate(
        n=Count("pk", filter=mine), fit=Count("pk", filter=shown), first=Count("pk", filter=shown & grave())
    )


def _all_that_waits(user: User, site: Site) -> list[Tally]:
    """The same where nothing narrows the list."""
    return _tallies().read(user=user.pk, site=site.pk, roles=_roles(user, site), now=clock.now())


@cache
def _tallies() -> ComposedValues:
    """Each way of being somebody's is counted from an index of its own."""
    own, free = Q(owner=Given("user")), Q(_OWN_ROLE, owner__isnull=True)
    escalated = OPEN.filter(_UP_TO_ROLE, escalated_at__isnull=False).exclude(free).exclude(own)
    ways = [
        way.order_by().values_list("kind").annotate(
            n=Count("kind"), fit=Count("kind"), first=Count("kind", filter=grave(Given("now")))
        )
        for way in (OPEN.filter(free), OPEN.filter(own), escalated)
    ]  # fmt: skip
    return ComposedValues(ways[0].union(*ways[1:], all=True))


def colleagues(user: User, site: Site) -> list[User]:
    """Everybody at the site who shares one of the user's roles, the user first."""
    people = _SHARING.read(site=site.pk, roles=_roles(user, site))
    return sorted(people, key=lambda one: (one.pk != user.pk, one.full_name))


_SHARING = Composed(
    User.objects.filter(AmongWords("memberships__role", "roles"), is_active=True, memberships__site=Given("site"))
    .only("full_name")
    .distinct()
)


def in_parts(tasks: Iterable[FollowUp], site: Site) -> list[tuple[str, list[FollowUp]]]:
    """Late, today and coming, each where there is something."""
    now, tonight = clock.now(), site.day_bounds(site.today())[1]
    parts: dict[str, list[FollowUp]] = {"Late": [], "Today": [], "Coming": []}
    for task in tasks:
        parts["Late" if task.due_at < now else "Today" if task.due_at < tonight else "Coming"].append(task)
    return [(name, rows) for name, rows in parts.items() if rows]
