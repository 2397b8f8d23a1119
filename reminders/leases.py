"""Who holds which message: claimed for a minute, held longer while the holder works, and free again when it is gone.

Claims skip what others have locked (`FOR UPDATE SKIP LOCKED`), so any number of dispatchers never hold the same row.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from clinic import clock
from reminders import rules
from reminders.models import Message
from reminders.runs import Run

State = Message.State
FREE = {"lease_until": None, "lease_owner": "", "begun_at": None}
"""What a row that nobody holds says of its lease."""
AT_ONCE = 200


def due() -> QuerySet[Message]:
    """What is planned and has come to its hour; what waits for a second try or for the morning has another hour.

    What another text takes along goes out with it, and not by itself.
    """
    now = clock.now()
    return Message.objects.filter(
        Q(next_attempt_at__isnull=True) | Q(next_attempt_at__lte=now),
        state=State.PLANNED,
        due_at__lte=now,
        merged_into__isnull=True,
    )


@transaction.atomic
def claim(run: Run, size: int) -> list[UUID]:
    """Take so many messages that are due, the oldest first."""
    return take(due(), run.owner, size)


def take(due_rows: QuerySet[Any], owner: str, size: int) -> list[UUID]:
    """Lease so many of these rows, of any table of what is handed over, the oldest first; within a transaction."""
    oldest = due_rows.select_for_update(skip_locked=True, of=("self",)).order_by("due_at", "id")
    claimed = list(oldest.values_list("pk", flat=True)[:size])
    until = clock.now() + rules.LEASE
    due_rows.model._default_manager.filter(pk__in=claimed).update(
        state=State.CLAIMED, lease_until=until, lease_owner=owner
    )
    return claimed


def held(run: Run, ids: Collection[UUID]) -> QuerySet[Message]:
    """Those of the messages that are still this run's own."""
    return Message.objects.filter(pk__in=ids, state=State.CLAIMED, lease_owner=run.owner)


def renew(run: Run, ids: Collection[UUID]) -> None:
    """Hold on to what is still ours."""
    held(run, ids).update(lease_until=clock.now() + rules.LEASE)


def let_go(run: Run, ids: Collection[UUID]) -> None:
    """Give back what was not begun, so that the next dispatcher need not wait for the lease to run out."""
    held(run, ids).filter(begun_at__isnull=True).update(state=State.PLANNED, **FREE)


@transaction.atomic
def settle_lost(run: Run) -> None:
    """A dispatcher died: what it had not begun is due again; of what it had begun nobody knows whether it went out."""
    lost = Message.objects.select_for_update(skip_locked=True).filter(state=State.CLAIMED, lease_until__lt=clock.now())
    rows = list(lost.order_by("due_at", "id").values_list("pk", "begun_at")[:AT_ONCE])
    begun = [pk for pk, moment in rows if moment]
    Message.objects.filter(pk__in=[pk for pk, moment in rows if not moment]).update(state=State.PLANNED, **FREE)
    run.counts.uncertain += Message.objects.filter(pk__in=begun).update(
        state=State.UNCERTAIN,
        why="The sender stopped in the middle of sending.",
        next_attempt_at=clock.now(),
        **FREE,
    )
