"""Follow-up tasks: what must not be forgotten, with an owner and a clock. One open task a kind and subject."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from clinic import clock
from clinic.errors import IllegalTransition, Invalid, NotFound, NotPermitted
from clinic.models import Site, User
from clinic.policy import Action, Role, require
from patients.models import Patient
from reminders.models import FollowUp


@transaction.atomic
def open_task(
    *,
    kind: str,
    site: Site,
    title: str,
    subject_kind: str,
    subject_id: UUID,
    owner_role: Role,
    due_at: datetime,
    link: str = "",
    patient: Patient | None = None,
    owner: User | None = None,
    escalates_at: datetime | None = None,
) -> FollowUp:
    """Open the task, or answer the open one that is there already."""
    task, _ = FollowUp.objects.get_or_create(
        kind=kind,
        subject_kind=subject_kind,
        subject_id=subject_id,
        state=FollowUp.State.OPEN,
        defaults={
            "site": site,
            "title": title[:160],
            "owner_role": owner_role,
            "due_at": due_at,
            "link": link,
            "patient": patient,
            "owner": owner,
            "escalates_at": escalates_at,
            "opened_at": clock.now(),
        },
    )
    return task


@transaction.atomic
def done(*, task_id: UUID, outcome: str, by: User) -> FollowUp:
    """End a task with what came of it. Raises NotFound, NotPermitted, IllegalTransition, Invalid."""
    task = FollowUp.objects.select_for_update(of=("self",)).select_related("site").filter(pk=task_id).first()
    if task is None or task.site_id not in by.site_ids:
        raise NotFound
    require(by, Action.SEE_TASKS, at=task.site)
    if not is_own(task, by):
        raise NotPermitted(f"This task belongs to the {Role(task.owner_role).label.lower()}. Ask them to close it.")
    if task.state != FollowUp.State.OPEN:
        raise IllegalTransition("This task", current=task.get_state_display(), wanted="Done", allowed=())
    if not outcome.strip():
        raise Invalid({"outcome": "Write what came of it: one sentence is enough."})
    return _end(task, FollowUp.State.DONE, outcome.strip(), by)


def is_own(task: FollowUp, user: User) -> bool:
    """Whether the task is the user's own, or of one of their roles at its site. Others don't learn what came of it."""
    return task.owner_id == user.pk or Role(task.owner_role) in user.roles_at(task.site)


@transaction.atomic
def take(*, task_id: UUID, by: User) -> FollowUp:
    """Put one's own name on an open task of one's role. Raises NotFound, NotPermitted, IllegalTransition."""
    task = FollowUp.objects.select_for_update(of=("self",)).select_related("site").filter(pk=task_id).first()
    if task is None or task.site_id not in by.site_ids:
        raise NotFound
    if Role(task.owner_role) not in by.roles_at(task.site):
        raise NotPermitted(f"This task is for the {Role(task.owner_role).label.lower()}.")
    if task.state != FollowUp.State.OPEN:
        raise IllegalTransition("This task", current=task.get_state_display(), wanted="Taken", allowed=())
    task.owner = by
    task.save(update_fields=["owner"])
    return task


@transaction.atomic
def close_for(
    *,
    subject_kind: str,
    subject_id: UUID,
    kind: str,
    outcome: str,
    by: User | None = None,
) -> int:
    """The thing was done (or is no longer wanted): its open task closes itself."""
    tasks = FollowUp.objects.select_for_update().filter(
        subject_kind=subject_kind,
        subject_id=subject_id,
        kind=kind,
        state=FollowUp.State.OPEN,
    )
    closed = [_end(task, FollowUp.State.DONE, outcome, by) for task in tasks]
    return len(closed)


def _end(task: FollowUp, state: FollowUp.State, outcome: str, by: User | None) -> FollowUp:
    task.state, task.outcome, task.ended_at, task.ended_by = (
        state,
        outcome[:300],
        clock.now(),
        by,
    )
    task.save(update_fields=["state", "outcome", "ended_at", "ended_by"])
    return task


def for_user(user: User, site: Site) -> QuerySet[FollowUp]:
    """The open tasks at the site that are the user's own, or of one of the user's roles and nobody else's."""
    roles = [role.value for role in user.roles_at(site)]
    return (
        FollowUp.objects.filter(site=site, state=FollowUp.State.OPEN)
        .filter(Q(owner=user) | Q(owner__isnull=True, owner_role__in=roles))
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
