"""Sending what is due. Beat's tick and `manage.py dispatch_due` call the same function, so it works with Redis down.

A message is claimed with a lease (`FOR UPDATE SKIP LOCKED`), so two dispatchers never hold the same row. The try is
written before the provider is called and closed after it: a crash in between leaves a message of which it is not
known whether it went out. That one is not repeated; a person is asked to look.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, fields
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from clinic import advisory, clock
from clinic.ids import uuid7
from clinic.models import Heartbeat
from clinic.policy import Role
from reminders import channels, followups, ledger, rules, states, wordings
from reminders.models import Message, MessageAttempt

BATCH = 20


@dataclass
class Counts:
    """What became of the messages of one run."""

    sent: int = 0
    suppressed: int = 0
    expired: int = 0
    waiting: int = 0
    failed: int = 0
    uncertain: int = 0

    def __str__(self) -> str:
        return ", ".join(f"{getattr(self, field.name)} {field.name}" for field in fields(self))


def alone() -> AbstractContextManager[bool]:
    """Be the only dispatcher while the block runs; answers False when another is at work."""
    return advisory.alone("dispatch")


def dispatch_due(*, limit: int | None = None) -> Counts:
    """Send every message that is due, in batches, until none is left or `limit` were handled."""
    counts = Counts()
    owner = str(uuid7())
    _settle_lost_leases(counts)
    handled = 0
    with channels.Session() as session:
        while limit is None or handled < limit:
            batch = _claim(
                owner=owner,
                size=BATCH if limit is None else min(BATCH, limit - handled),
            )
            if not batch:
                break
            for message_id in batch:
                _deliver(message_id, owner=owner, session=session, counts=counts)
            handled += len(batch)
    Heartbeat.objects.update_or_create(name="dispatcher", defaults={"at": clock.now()})
    return counts


@transaction.atomic
def _claim(*, owner: str, size: int) -> list[UUID]:
    now = clock.now()
    due = (
        Message.objects.select_for_update(skip_locked=True)
        .filter(
            Q(next_attempt_at__isnull=True) | Q(next_attempt_at__lte=now),
            state=Message.State.PLANNED,
            due_at__lte=now,
        )
        .order_by("due_at", "id")
        .values_list("pk", flat=True)[:size]
    )
    claimed = list(due)
    Message.objects.filter(pk__in=claimed).update(
        state=Message.State.CLAIMED, lease_until=now + rules.LEASE, lease_owner=owner
    )
    return claimed


def _deliver(message_id: UUID, *, owner: str, session: channels.Session, counts: Counts) -> None:
    attempt = _begin(message_id, owner=owner, counts=counts)
    if attempt is None:
        return
    message = attempt.message
    letter = wordings.letter(message)
    try:
        provider_id = channels.send(
            channel=message.channel, key=message.pk, letter=letter, to=message.patient, session=session
        )
    except channels.Refused as refusal:
        _failed(attempt, refusal.why, for_good=refusal.for_good, counts=counts)
    except channels.NotKnown as trouble:
        _lost(attempt, trouble.why, counts=counts)
    else:
        _sent(attempt, provider_id, counts=counts)


@transaction.atomic
def _begin(message_id: UUID, *, owner: str, counts: Counts) -> MessageAttempt | None:
    """Look once more whether it may be said, and write the try. None when it may not."""
    message = Message.objects.select_for_update(of=("self",)).select_related("patient", "site").get(pk=message_id)
    if message.state != Message.State.CLAIMED or message.lease_owner != owner:
        return None
    now = clock.now()
    local = message.site.local(now)
    if now >= message.expires_at:
        counts.expired += 1
        _close(message, Message.State.EXPIRED, "Its time had passed.")
        return None
    if why := ledger.held_back(message.patient, message.channel):
        counts.suppressed += 1
        _close(message, Message.State.SUPPRESSED, why)
        return None
    if rules.is_quiet(local):
        counts.waiting += 1
        message.next_attempt_at = rules.end_of_quiet(local)
        _close(message, Message.State.PLANNED, "")
        return None
    message.attempts += 1
    message.save(update_fields=["attempts"])
    return MessageAttempt.objects.create(message=message, started_at=now)


def _close(message: Message, state: Message.State, why: str) -> None:
    states.require_move(message, state)
    message.state, message.why = state, why[:200]
    message.lease_until, message.lease_owner = None, ""
    message.save()


@transaction.atomic
def _sent(attempt: MessageAttempt, provider_id: str, *, counts: Counts) -> None:
    now = clock.now()
    attempt.ended_at, attempt.accepted, attempt.answer = now, True, provider_id
    attempt.save()
    message = Message.objects.select_for_update().get(pk=attempt.message_id)
    message.sent_at, message.provider_id, message.next_attempt_at = (
        now,
        provider_id,
        None,
    )
    _close(message, Message.State.SENT, "")
    counts.sent += 1


@transaction.atomic
def _failed(attempt: MessageAttempt, answer: str, *, for_good: bool, counts: Counts) -> None:
    now = clock.now()
    attempt.ended_at, attempt.accepted, attempt.answer = now, False, answer[:300]
    attempt.save()
    message = Message.objects.select_for_update().select_related("patient", "site").get(pk=attempt.message_id)
    wait = None if for_good else rules.retry_after(message.attempts)
    if wait is not None:
        message.next_attempt_at = now + wait
        _close(message, Message.State.PLANNED, answer)
        counts.waiting += 1
        return
    _close(message, Message.State.FAILED, answer)
    _ask_to_call(message, "A message could not be delivered")
    counts.failed += 1


@transaction.atomic
def _lost(attempt: MessageAttempt, answer: str, *, counts: Counts) -> None:
    """The provider may have it: nobody repeats it before it is known."""
    message = (
        Message.objects.select_for_update(of=("self",)).select_related("patient", "site").get(pk=attempt.message_id)
    )
    _close(message, Message.State.UNCERTAIN, answer)
    _ask_to_call(message, "It is not known whether a message arrived")
    counts.uncertain += 1


def _ask_to_call(message: Message, what: str) -> None:
    followups.open_task(
        kind="call_instead",
        site=message.site,
        patient=message.patient,
        title=f"Call {message.patient.name}: {what.lower()}",
        subject_kind="message",
        subject_id=message.pk,
        owner_role=Role.FRONT_DESK,
        due_at=clock.now() + timedelta(hours=4),
    )


@transaction.atomic
def _settle_lost_leases(counts: Counts) -> None:
    """A dispatcher died: what it had not begun is planned again; what it had begun is looked at by a person."""
    lost = (
        Message.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("patient", "site")
        .filter(state=Message.State.CLAIMED, lease_until__lt=clock.now())
        .annotate(begun=Exists(MessageAttempt.objects.filter(message=OuterRef("pk"), ended_at__isnull=True)))
        .order_by("due_at")[:200]
    )
    for message in lost:
        if not message.begun:
            _close(message, Message.State.PLANNED, "")
            continue
        _close(
            message,
            Message.State.UNCERTAIN,
            "The sender stopped in the middle of sending.",
        )
        _ask_to_call(message, "It is not known whether a message arrived")
        counts.uncertain += 1
