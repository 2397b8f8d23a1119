"""Messages of which nobody knows whether they went out: their provider is asked, then a person looks.

None is sent a second time before its provider was asked. One that is for the patient's safety goes out again where the
provider can't tell, with the same key; two of those are a nuisance, none is a hazard. For any other, silence lasts
until a person is asked to call (docs/adr/0004).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Prefetch

from clinic import clock
from reminders import calls, channels, rules
from reminders.message_kinds import KINDS
from reminders.models import Message, MessageAttempt
from reminders.runs import Run

State = Message.State
AT_ONCE = 50
NOBODY_KNOWS = "It is not known whether a message arrived"
LOOKING = timedelta(minutes=2)  # longer than a provider may take to answer


def reconcile(run: Run) -> None:
    """Ask what became of those whose time to be looked after has come."""
    for message in _take():
        _judge(message, _outcome(message), run)


@transaction.atomic
def _take() -> list[Message]:
    """Those to look after now; others leave them alone meanwhile. An answer that came late is looked at, too."""
    now = clock.now()
    rows = (
        Message.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(state=State.UNCERTAIN, next_attempt_at__lte=now)
        .order_by("next_attempt_at", "id")[:AT_ONCE]
    )
    ids = [row.pk for row in rows]
    Message.objects.filter(pk__in=ids).update(next_attempt_at=now + LOOKING)
    tries = Prefetch("tries", MessageAttempt.objects.order_by("-started_at", "-id"), to_attr="newest_first")
    return list(Message.objects.filter(pk__in=ids).select_related("patient", "site").prefetch_related(tries))


def _outcome(message: Message) -> channels.Outcome:
    attempt = _attempt(message)
    if attempt.ended_at:
        return "sent" if attempt.accepted else "failed"
    return channels.lookup(attempt.channel or message.channel, message.pk, message.provider_id)


def _attempt(message: Message) -> MessageAttempt:
    attempt: MessageAttempt = message.newest_first[0]  # type: ignore[attr-defined]
    return attempt


@transaction.atomic
def _judge(message: Message, outcome: channels.Outcome, run: Run) -> None:
    attempt, now = _attempt(message), clock.now()
    open_still = Message.objects.select_for_update().filter(pk=message.pk, state=State.UNCERTAIN)
    if not open_still.exists():
        return
    if outcome in {"sent", "delivered"}:
        _settle(attempt, accepted=True, answer="Found at the provider.")
        _write(message, State.DELIVERED if outcome == "delivered" else State.SENT, "", sent_at=attempt.started_at)
        calls.no_longer(message, "It went out after all.")
        run.counts.sent += 1
    elif outcome == "failed":
        _settle(attempt, accepted=False, answer="The provider does not have it.")
        _again(message, "The provider does not have it.", run, wait=rules.retry_after(message.attempts))
    elif KINDS[message.kind].safety:
        _settle(attempt, accepted=False, answer="Not known whether it went out, so sent again with the same key.")
        wait = None if rules.retry_after(message.attempts) is None else timedelta(0)
        _again(message, "Not known whether it went out.", run, wait=wait)
    elif next_look := rules.look_again(attempt.started_at, now):
        _write(message, State.UNCERTAIN, message.why, next_attempt_at=next_look)
    else:
        _write(message, State.UNCERTAIN, message.why)
        calls.ask(message, NOBODY_KNOWS)


def _again(message: Message, why: str, run: Run, *, wait: timedelta | None) -> None:
    if wait is None:
        _write(message, State.FAILED, why)
        calls.ask(message, "A message could not be delivered")
        run.counts.failed += 1
        return
    _write(message, State.PLANNED, why, next_attempt_at=clock.now() + wait)
    run.counts.waiting += 1


def _settle(attempt: MessageAttempt, *, accepted: bool, answer: str) -> None:
    MessageAttempt.objects.filter(pk=attempt.pk, ended_at__isnull=True).update(
        ended_at=clock.now(), accepted=accepted, answer=answer
    )


def _write(
    message: Message,
    state: Message.State,
    why: str,
    *,
    next_attempt_at: datetime | None = None,
    sent_at: datetime | None = None,
) -> None:
    message.state, message.why = state, why
    message.next_attempt_at, message.sent_at = next_attempt_at, sent_at
    message.save(update_fields=["state", "why", "next_attempt_at", "sent_at"])
