"""Reading follow-up tasks: whose list holds which, the most pressing first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, Count, Q, QuerySet, When

from clinic import clock
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
    roles = [role.value for role in user.roles_at(site)]
    return (
        FollowUp.objects.filter(site=site, state=FollowUp.State.OPEN)
        .filter(
            Q(owner=user)
            | Q(owner__isnull=True, owner_role__in=roles)
            | Q(escalated_at__isnull=False, escalates_to__in=roles)
        )
        .select_related("patient", "owner", "site")
    )


def ended_for_user(user: User, site: Site) -> QuerySet[FollowUp]:
    """The ended tasks of the user's roles at the site."""
    roles = [role.value for role in user.roles_at(site)]
    return (
        FollowUp.objects.filter(site=site)
        .exclude(state=FollowUp.State.OPEN)
        .filter(Q(owner=user) | Q(owner_role__in=roles) | Q(escalated_at__isnull=False, escalates_to__in=roles))
        .select_related("patient", "owner", "site", "ended_by")
    )


def is_grave(task: FollowUp) -> bool:
    """Whether somebody may need help, and it is due."""
    return task.kind in SAFETY and task.due_at <= clock.now()


def grave() -> Q:
    """The same, asked of the database."""
    return Q(kind__in=SAFETY, due_at__lte=clock.now())


def pressing_first(tasks: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
    """The grave ones, then by the clock."""
    return tasks.order_by(Case(When(grave(), then=0), default=1), "due_at", "id")


def waiting(user: User, site: Site) -> int:
    """How many of the user's tasks are due by the end of the day: the number in the navigation."""
    return for_user(user, site).filter(due_at__lt=site.day_bounds(site.today())[1]).order_by().count()


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


MINE, FREE, COLLEAGUES = "mine", "free", "colleagues"


def found(user: User, site: Site, wish: Wish) -> QuerySet[FollowUp]:
    """The tasks of one's list that fit the wish, the most overdue first; of those ended the newest first."""
    rows = ended_for_user(user, site) if wish.ended else for_user(user, site)
    if wish.who == COLLEAGUES and not wish.ended:
        rows = of_colleagues(user, site)
    rows = rows.filter(_whose(user, wish.who))
    if wish.kind:
        rows = rows.filter(Q(kind=wish.kind) | Q(kind__regex=rf"^{re.escape(wish.kind)}_\d+$"))
    if wish.patient:
        rows = rows.filter(patient=UUID(wish.patient))
    for word in wish.text.split():
        rows = rows.filter(
            Q(patient__search_text__icontains=word) | Q(patient__mrn__iexact=word) | Q(title__icontains=word)
        )
    return rows.order_by("-ended_at" if wish.ended else "due_at", "id")


def _whose(user: User, who: str) -> Q:
    if who == MINE:
        return Q(owner=user)
    if who == FREE:
        return Q(owner__isnull=True)
    return Q(owner_role=who) if who in set(Role) else Q()


def of_colleagues(user: User, site: Site) -> QuerySet[FollowUp]:
    """The open tasks of one's roles that a colleague has: whoever is away leaves them to be handed on."""
    roles = [role.value for role in user.roles_at(site)]
    return (
        FollowUp.objects.filter(site=site, state=FollowUp.State.OPEN, owner_role__in=roles, owner__isnull=False)
        .exclude(owner=user)
        .select_related("patient", "owner", "site")
    )


def kinds_waiting(user: User, site: Site) -> list[tuple[str, str, int]]:
    """Each kind that waits for the user: its name, its label and how many."""
    counted: dict[str, int] = {}
    rows = for_user(user, site).order_by().values_list("kind").annotate(n=Count("pk"))
    for kind, n in rows:
        counted[kinds.siblings(kind)] = counted.get(kinds.siblings(kind), 0) + n
    return sorted(((kind, kinds.of(kind).label, n) for kind, n in counted.items()), key=lambda row: row[1])


def colleagues(user: User, site: Site) -> list[User]:
    """Everybody at the site who shares one of the user's roles, the user first."""
    roles = [role.value for role in user.roles_at(site)]
    people = User.objects.filter(is_active=True, memberships__site=site, memberships__role__in=roles).distinct()
    return sorted(people, key=lambda one: (one.pk != user.pk, one.full_name))


def in_parts(tasks: Iterable[FollowUp], site: Site) -> list[tuple[str, list[FollowUp]]]:
    """Late, today and coming, each where there is something."""
    now, tonight = clock.now(), site.day_bounds(site.today())[1]
    parts: dict[str, list[FollowUp]] = {"Late": [], "Today": [], "Coming": []}
    for task in tasks:
        parts["Late" if task.due_at < now else "Today" if task.due_at < tonight else "Coming"].append(task)
    return [(name, rows) for name, rows in parts.items() if rows]
