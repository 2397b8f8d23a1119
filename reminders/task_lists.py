"""Reading follow-up tasks: whose list holds which, the most pressing first."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from clinic.models import Site, User
from clinic.policy import Role
from reminders.models import FollowUp


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
        .filter(Q(owner=user) | Q(owner_role__in=roles))
        .select_related("patient", "owner", "site", "ended_by")
    )


def waiting(user: User, site: Site) -> int:
    """How many of the user's tasks are due by the end of the day: the number in the navigation."""
    return for_user(user, site).filter(due_at__lt=site.day_bounds(site.today())[1]).order_by().count()
