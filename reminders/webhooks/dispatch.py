"""Telling other systems what they are to be told. The tick and `manage.py dispatch_due` call the same function.

As with messages (ADR 26): rows are claimed with a lease, the try is on the disk before the call, and what came of it
is written before the next. Unlike a message, an event can be told twice, since its id says that it is the same one:
what a dispatcher left in the middle is simply told again.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.urls import reverse

from clinic import advisory, clock
from clinic.crypto import Undecryptable
from clinic.ids import uuid7
from reminders import followups, leases, rules
from reminders.models import Webhook, WebhookAttempt, WebhookDelivery
from reminders.runs import Tally
from reminders.webhooks import sending

State = WebhookDelivery.State
BATCH = 20
LEFT = "Not known: the sender stopped in the middle."
TASK = "webhook_failed"


@dataclass
class Counts(Tally):
    """What became of the events of one run."""

    taken: int = 0
    waiting: int = 0
    given_up: int = 0


@dataclass
class Run:
    """`silent` are the systems that did not answer in this run: the rest of theirs waits for the next one."""

    owner: str = field(default_factory=lambda: str(uuid7()))
    counts: Counts = field(default_factory=Counts)
    silent: set[UUID] = field(default_factory=set)


def place() -> AbstractContextManager[bool]:
    """One of the places for such dispatchers: slow systems elsewhere leave the worker room for other work."""
    return advisory.one_of("webhooks", settings.DISPATCHERS)


def work(*, seconds: float = float("inf")) -> Counts:
    """Tell everything that is due, until nothing is left or the time is over."""
    run, ends = Run(), monotonic() + seconds
    settle_lost(run)
    while monotonic() < ends and (batch := claim(run)):
        try:
            for delivery in _held(run, batch).select_related("webhook__site").order_by("due_at", "id"):
                if delivery.webhook_id not in run.silent and monotonic() < ends:
                    tell(delivery, run)
        finally:
            _held(run, batch).filter(begun_at__isnull=True).update(state=State.PLANNED, **leases.FREE)
    return run.counts


@transaction.atomic
def claim(run: Run) -> list[UUID]:
    """Take a batch of what is due."""
    now = clock.now()
    due = WebhookDelivery.objects.filter(
        Q(next_attempt_at__isnull=True) | Q(next_attempt_at__lte=now),
        state=State.PLANNED, due_at__lte=now, webhook__ended_at__isnull=True,
    )  # fmt: skip
    return leases.take(due.exclude(webhook__in=run.silent), run.owner, BATCH)


def _held(run: Run, ids: list[UUID]) -> QuerySet[WebhookDelivery]:
    return WebhookDelivery.objects.filter(pk__in=ids, state=State.CLAIMED, lease_owner=run.owner)


def tell(delivery: WebhookDelivery, run: Run) -> None:
    """One call, if the row is still ours."""
    attempt = begin(delivery, run)
    if attempt is None:
        return
    try:
        said = sending.send(delivery)
    except sending.NotTaken as refusal:
        if refusal.silent:
            run.silent.add(delivery.webhook_id)
        _not_taken(attempt, refusal.why, run)
    except Undecryptable as shut:
        _not_taken(attempt, shut.title, run)
    else:
        _taken(attempt, said, run)


@transaction.atomic
def begin(delivery: WebhookDelivery, run: Run) -> WebhookAttempt | None:
    """Write the try down before the call; None when somebody else has the row by now."""
    now = clock.now()
    ours = _held(run, [delivery.pk]).filter(begun_at__isnull=True)
    if not ours.update(begun_at=now, lease_until=now + rules.LEASE, attempts=F("attempts") + 1):
        return None
    delivery.attempts += 1
    return WebhookAttempt.objects.create(delivery=delivery, started_at=now)


@transaction.atomic
def _taken(attempt: WebhookAttempt, said: str, run: Run) -> None:
    _answered(attempt, True, said)
    delivery, now = attempt.delivery, clock.now()
    run.counts.taken += _held(run, [delivery.pk]).update(
        state=State.SENT, sent_at=now, why="", next_attempt_at=None, **leases.FREE
    )
    Webhook.objects.filter(pk=delivery.webhook_id, failing_since__isnull=False).update(failing_since=None)


def _answered(attempt: WebhookAttempt, accepted: bool, said: str) -> None:
    WebhookAttempt.objects.filter(pk=attempt.pk, ended_at__isnull=True).update(
        ended_at=clock.now(), accepted=accepted, answer=said
    )


@transaction.atomic
def _not_taken(attempt: WebhookAttempt, why: str, run: Run) -> None:
    _answered(attempt, False, why)
    mine = _held(run, [attempt.delivery_id])
    if mine.exists():
        _later(attempt.delivery, mine, why, run)


def _later(delivery: WebhookDelivery, row: QuerySet[WebhookDelivery], why: str, run: Run) -> None:
    """Another try after its time, or none: then the clinic admin hears of it, once for each system."""
    now, wait = clock.now(), rules.retry_after(delivery.attempts)
    Webhook.objects.filter(pk=delivery.webhook_id, failing_since__isnull=True).update(failing_since=now)
    if not Webhook.objects.filter(pk=delivery.webhook_id, ended_at__isnull=True).exists():
        row.update(state=State.VOID, why=why, next_attempt_at=None, **leases.FREE)
    elif wait is not None:
        run.counts.waiting += row.update(state=State.PLANNED, why=why, next_attempt_at=now + wait, **leases.FREE)
    else:
        run.counts.given_up += row.update(state=State.FAILED, why=why, next_attempt_at=None, **leases.FREE)
        _ask_for_help(delivery.webhook, now)


def _ask_for_help(webhook: Webhook, now: datetime) -> None:
    followups.open_task(
        kind=TASK, site=webhook.site, title=f"“{webhook.name}” is not told what happens here", subject_kind="webhook",
        subject_id=webhook.pk, due_at=now, link=reverse("reminders:webhook", args=[webhook.pk]),
    )  # fmt: skip


@transaction.atomic
def settle_lost(run: Run) -> None:
    """Dispatchers that died: what they had claimed is told again, with the same id."""
    now = clock.now()
    lost = WebhookDelivery.objects.filter(state=State.CLAIMED, lease_until__lt=now).order_by("due_at", "id")
    rows = lost.select_related("webhook__site").select_for_update(skip_locked=True, of=("self",))
    for delivery in rows[: leases.AT_ONCE]:
        row = WebhookDelivery.objects.filter(pk=delivery.pk)
        if delivery.begun_at is None:
            row.update(state=State.PLANNED, **leases.FREE)
            continue
        delivery.tries.filter(ended_at__isnull=True).update(ended_at=now, accepted=False, answer=LEFT)
        _later(delivery, row, LEFT, run)
