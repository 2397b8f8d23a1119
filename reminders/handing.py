"""Handing one claimed message to its provider: look once more, write the try, call, write what came of it.

What was read for a batch counts for two seconds (`rules.FRESH`); the row itself is asked again in the very statement
that begins the try. A dispatcher that meanwhile lost the message writes nothing into it. It only closes its own try:
what the provider said is true, and whoever looks after the message now finds it there.

That one went out is written in the transaction that begins the next: half the transactions, and at no moment is more
than one message in doubt.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from clinic import clock
from clinic.errors import DomainError
from reminders import calls, channels, deliveries, leases, merging, rules, wordings
from reminders.models import Message, MessageAttempt
from reminders.preferences import Ways
from reminders.runs import Run
from reminders.templates import Letter
from reminders.wordings import Book

State = Message.State


def in_time(messages: Sequence[Message], run: Run) -> list[Message]:
    """Those that still make sense; the others are closed in one statement: after a long silence they are many."""
    now = clock.now()
    if late := [message.pk for message in messages if now >= message.expires_at]:
        closed = leases.held(run, late).update(state=State.EXPIRED, why="Its time had passed.", **leases.FREE)
        run.counts.expired += closed
    return [message for message in messages if now < message.expires_at]


def may_go(message: Message, ways: Ways, run: Run) -> bool:
    """Whether there is a way to the patient, and they are not asleep."""
    local = message.site.local(clock.now())
    if why := _take_a_way(message, ways):
        run.counts.suppressed += _close(message, run, state=State.SUPPRESSED, why=why[:200])
    elif rules.is_quiet(local):
        morning = rules.end_of_quiet(local)
        run.counts.waiting += _close(message, run, state=State.PLANNED, why="", next_attempt_at=morning)
    else:
        return True
    return False


def _take_a_way(message: Message, ways: Ways) -> str:
    """Let the message go by another channel where the planned one is shut; why not, when there is none."""
    channel, why = ways.instead_of(message.channel)
    if channel == message.channel:
        return ""
    if channel is None or merging.has_twin(message, channel):
        return why
    message.channel = channel
    return ""


def hand_over(message: Message, run: Run, book: Book | None) -> None:
    """Send one message of the run's own; `book` is what its batch is written with, where that could be read."""
    try:
        kept, begun = _begin(message, run, book)
    except NotOurs:
        return
    except (LookupError, DomainError) as unsayable:
        _give_up(message, f"It could not be written: {type(unsayable).__name__}.", run)
        return
    run.counts.sent += kept
    run.unwritten = None
    if begun is None:
        return
    letter, attempt = begun
    try:
        provider_id = channels.send(
            channel=message.channel, key=message.pk, letter=letter, to=message.patient, session=run.session
        )
    except channels.Refused as refusal:
        _refused(attempt, refusal, run)
    except channels.NotKnown as trouble:
        _lost(attempt, trouble.why, run)
    else:
        _sent(attempt, provider_id, run)


class NotOurs(Exception):
    """The message was taken back or over, and nothing of this turn is kept."""


@transaction.atomic
def _begin(message: Message, run: Run, book: Book | None = None) -> tuple[int, tuple[Letter, MessageAttempt] | None]:
    """Write down the one before, then the try and the letter of this one; None when it is not its turn."""
    kept = _write_down(run)
    turn = merging.board(message)
    if not turn.goes:
        _wait(message, turn, run)
        return kept, None
    message.channel = turn.channel or message.channel
    now = clock.now()
    ours = leases.held(run, [message.pk]).filter(lease_until__gt=now, begun_at__isnull=True)
    begun = ours.update(
        begun_at=now, lease_until=now + rules.LEASE, attempts=F("attempts") + 1, channel=message.channel
    )
    if not begun:
        raise NotOurs
    message.attempts += 1
    attempt = MessageAttempt.objects.create(message=message, started_at=now, channel=message.channel)
    return kept, (wordings.letter(message, took_along=turn.took_along, book=book), attempt)


def _wait(message: Message, turn: merging.Turn, run: Run) -> None:
    if not turn.too_late:
        again = turn.wait_until
        run.counts.waiting += _close(message, run, state=State.PLANNED, why=turn.why, next_attempt_at=again)
    elif _close(message, run, state=State.EXPIRED, why=turn.why):
        calls.ask(message, "A message could not go out in time")
        run.counts.expired += 1


@transaction.atomic
def _give_up(message: Message, why: str, run: Run) -> None:
    if _close(message, run, state=State.FAILED, why=why):
        calls.ask(message, "A message could not be written")
        run.counts.failed += 1


def _close(message: Message, run: Run, **changes: Any) -> int:
    """Write into the message what became of it, if it is still ours; answers 1 or 0."""
    return leases.held(run, [message.pk]).update(**changes, **leases.FREE)


def _answered(attempt: MessageAttempt, accepted: bool, answer: str) -> None:
    MessageAttempt.objects.filter(pk=attempt.pk, ended_at__isnull=True).update(
        ended_at=clock.now(), accepted=accepted, answer=answer[:300]
    )


def _sent(attempt: MessageAttempt, provider_id: str, run: Run) -> None:
    run.unwritten = (attempt, provider_id)
    if channels.reports(attempt.message.channel):
        finish(run)  # its report may be there already


def finish(run: Run) -> None:
    """Write down that the last one went out, when no other begins."""
    if run.unwritten is None:
        return
    with transaction.atomic():
        _need_not_wait_for_the_disk()
        kept = _write_down(run)
    run.counts.sent += kept
    run.unwritten = None


def _write_down(run: Run) -> int:
    """The provider has taken the try before. Answers 1 if its message was still ours, else 0."""
    if run.unwritten is None:
        return 0
    attempt, provider_id = run.unwritten
    message = attempt.message
    _answered(attempt, True, provider_id)
    kept = _close(
        message, run, state=State.SENT, why="", sent_at=clock.now(), provider_id=provider_id, next_attempt_at=None
    )  # fmt: skip
    if kept and channels.reports(message.channel):
        deliveries.catch_up(Message.objects.select_for_update(of=("self",)).select_related("site").get(pk=message.pk))
    return kept


def _need_not_wait_for_the_disk() -> None:
    """Until the transaction ends: a power cut that loses the answer leaves the try open, and so the question asked.

    The try itself is on the disk before the call. The next one takes this answer along.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO off")


@transaction.atomic
def _refused(attempt: MessageAttempt, refusal: channels.Refused, run: Run) -> None:
    _answered(attempt, False, refusal.why)
    message, why = attempt.message, refusal.why[:200]
    other, again = deliveries.refused(message, refusal), _again_at(message, refusal)
    if other:
        run.counts.waiting += _close(message, run, state=State.PLANNED, why=why, channel=other, next_attempt_at=None)
    elif again:
        run.counts.waiting += _close(message, run, state=State.PLANNED, why=why, next_attempt_at=again)
    elif _close(message, run, state=State.FAILED, why=why, next_attempt_at=None):
        calls.ask(message, "A message could not be delivered")
        run.counts.failed += 1


def _again_at(message: Message, refusal: channels.Refused) -> datetime | None:
    wait = None if refusal.for_good else rules.retry_after(message.attempts)
    return clock.now() + wait if wait is not None else None


def _lost(attempt: MessageAttempt, why: str, run: Run) -> None:
    """The line broke after it was handed over. The try stays open until somebody knows."""
    run.counts.uncertain += _close(
        attempt.message, run, state=State.UNCERTAIN, why=why[:200], next_attempt_at=clock.now()
    )
