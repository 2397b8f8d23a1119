"""What the rows of the task list say, worked out before they are drawn: the template only writes them down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clinic import addresses, clock
from clinic.access import may_open
from clinic.models import Site, User
from clinic.policy import Role
from reminders.models import FollowUp


@dataclass(frozen=True)
class Row:
    """One task."""

    pk: UUID
    title: str
    address: str
    there: str
    """Where it is done, if that page is one for this reader."""
    patient_id: UUID | None
    patient: str
    at: datetime | None
    """When it is due, or was ended."""
    owner: str
    came_of_it: str
    """Of a task that was ended."""
    state: tuple[str, str]
    tries: str


def written(tasks: Iterable[FollowUp], *, user: User, site: Site) -> list[Row]:
    """The rows of these tasks of the site."""
    now = clock.now()
    return [_row(task, user, site, now) for task in tasks]


def _row(task: FollowUp, user: User, site: Site, now: datetime) -> Row:
    is_open = task.state == FollowUp.State.OPEN
    return Row(
        pk=task.pk,
        title=task.title,
        address=addresses.of("reminders:task", task.pk),
        there=task.link if is_open and may_open(user, task.link, site) else "",
        patient_id=task.patient_id,
        patient=task.patient.name if task.patient else "",
        at=task.due_at if is_open else task.ended_at,
        owner=task.owner.full_name if task.owner else Role(task.owner_role).label,
        came_of_it="" if is_open else task.outcome or task.get_state_display(),
        state=_state(task, now),
        tries=task.tries_words if task.tries else "",
    )


def _state(task: FollowUp, now: datetime) -> tuple[str, str]:
    """The chip of a task that is open."""
    if task.escalated_at:
        return "stop", "Escalated"
    return ("warn", "Late") if task.due_at < now else ("none", "Open")
