"""What must not be forgotten."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from rest_framework import serializers

from clinic.api.declaring import Collection, Verb
from clinic.api.fields import Known, Moment, one_of
from clinic.models import User
from reminders import followups, kinds
from reminders.api.hanging import BY, OF
from reminders.models import FollowUp


def tasks(user: User) -> QuerySet[FollowUp]:
    """Those of the token's role, and what was escalated to it: not what the same person has to do in another role."""
    roles = [held.role for held in user.roles_held]
    own = Q(owner_role__in=roles) | Q(escalated_at__isnull=False, escalates_to__in=roles)
    return FollowUp.objects.filter(own, site__in=user.site_ids)


class Outcomes(serializers.ListField):
    """What a task can be ended with; none where only the deed itself ends it."""

    child = serializers.CharField()

    def to_representation(self, task: Any) -> list[str]:
        return list(kinds.of(task.kind).choices(tuple(task.outcomes)))


TASKS = Collection(
    name="tasks",
    model=FollowUp,
    rows=tasks,
    patient="patient_id",
    shows=(
        "id", "kind", "patient", "site", "title", "subject_kind", "subject_id", "owner_role", "owner", "opened_at",
        "due_at", "escalates_at", "escalates_to", "escalated_at", "tries", "state", "outcomes", "result", "outcome",
        "closed_itself", "ended_at", "ended_by",
    ),
    fields={
        "outcomes": Outcomes(
            read_only=True, source="*", help_text="One of them is said as `outcome`; none where only a deed ends it."
        )
    },
    filters={
        **OF,
        "state": one_of(FollowUp.State, required=False),
        "kind": serializers.CharField(required=False, max_length=40),
        "owner": serializers.UUIDField(required=False),
        "due_before": Moment(required=False),
    },
    by={**BY, "owner": "owner_id", "due_before": "due_at__lt"},
    verbs={
        "take": Verb(does=followups.take, record="task_id"),
        "hand-over": Verb(does=followups.hand_over, record="task_id", fields={"to": Known(User, allow_null=True)}),
        "done": Verb(does=followups.done, record="task_id", takes=("outcome", "note")),
    },
)  # fmt: skip

COLLECTIONS: tuple[Collection, ...] = (TASKS,)
