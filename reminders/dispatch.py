"""Sending what is due. Beat's tick and `manage.py dispatch_due` call the same function, so it works with Redis down.

Any number of dispatchers may be at work at once (docs/adr/0004). Each claims a batch with a lease, reads what it needs
of the whole batch in a few statements, and hands one message after the other over (reminders/handing.py). A crash in
the middle of a call leaves one message of which it is not known whether it went out (reminders/uncertain.py).
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from time import monotonic
from uuid import UUID

from django.conf import settings

from clinic import advisory, heartbeats
from clinic.errors import DomainError
from reminders import channels, leases, preferences, rules, uncertain, wordings
from reminders.handing import finish, hand_over, in_time, may_go
from reminders.models import Message
from reminders.runs import Counts, Run

NAME = "dispatcher"
BATCH = 20


def place() -> AbstractContextManager[bool]:
    """One of the places for dispatchers that the worker starts, so that a backlog leaves it room for other work."""
    return advisory.one_of(NAME, settings.DISPATCHERS)


def alone() -> AbstractContextManager[None]:
    """Keep the worker's dispatchers away while the block runs."""
    return advisory.shut(NAME, settings.DISPATCHERS)


def dispatch_due(*, limit: int | None = None) -> Counts:
    """Send every message that is due, in batches, until none is left or `limit` were taken."""
    return work(limit=limit).counts


def work(*, limit: int | None = None, seconds: float = float("inf")) -> Run:
    """The same, and stop when the time is over."""
    with channels.Session() as session:
        run, ends, taken = Run(session), monotonic() + seconds, 0
        heartbeats.beat(NAME)
        leases.settle_lost(run)
        uncertain.reconcile(run)
        while batch := leases.claim(run, BATCH if limit is None else min(BATCH, limit - taken)):
            taken += len(batch)
            _work(batch, run)
            heartbeats.beat(NAME)
            if monotonic() > ends:
                run.cut_short = True
                break
    return run


def _work(batch: list[UUID], run: Run) -> None:
    """Hand the batch over, one after the other; what was read for it is read again when it is no longer fresh."""
    waiting = list(batch)
    try:
        while waiting:
            read_at = monotonic()
            messages = _sayable(run, waiting)
            waiting = [message.pk for message in messages]
            book = _book(messages)
            for message in messages:
                waiting.remove(message.pk)
                hand_over(message, run, book)
                if waiting and monotonic() - read_at > rules.FRESH.total_seconds():
                    leases.renew(run, waiting)
                    break
    finally:
        finish(run)
        leases.let_go(run, waiting)


def _sayable(run: Run, ids: list[UUID]) -> list[Message]:
    """What of these is still ours and may be said now, the oldest first, with all that is asked of it."""
    ours = leases.held(run, ids).select_related("patient", "site").order_by("due_at", "id")
    messages = in_time(list(ours), run)
    ways = preferences.ways_of([message.patient for message in messages])
    return [message for message in messages if may_go(message, ways[message.patient_id], run)]


def _book(messages: list[Message]) -> wordings.Book | None:
    """What the batch is written with. None when one of it can't be written: then each is looked at by itself."""
    try:
        return wordings.book_of(messages)
    except (LookupError, DomainError):
        return None
