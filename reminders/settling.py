"""What a person does about a message that the machine could not settle: send it again, or say that somebody called."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from clinic import clock
from clinic.errors import Invalid, NotFound, Refused
from clinic.models import User
from clinic.policy import Action, require
from reminders import calls, states
from reminders.models import FollowUp, Message

State = Message.State
LONGEST = 200


@transaction.atomic
def try_again(*, message_id: UUID, by: User) -> Message:
    """Send it again from the beginning, with the same key.

    Raises NotFound, NotPermitted, IllegalTransition, Refused.
    """
    message = _unsettled(message_id, by, State.PLANNED)
    now = clock.now()
    if now >= message.expires_at:
        raise Refused("It is too late for this message. Call instead.")
    message.tries.filter(ended_at__isnull=True).update(
        ended_at=now, accepted=False, answer=f"Not known whether it went out; {by.full_name} had it sent again."[:300]
    )
    message.state, message.why = State.PLANNED, f"Sent again by {by.full_name}."[:LONGEST]
    message.attempts, message.next_attempt_at, message.begun_at = 0, None, None
    message.save()
    calls.no_longer(message, "It is sent again.", by)
    return message


@transaction.atomic
def called(*, message_id: UUID, outcome: str, by: User) -> Message:
    """Somebody called instead, and what came of it.

    Raises NotFound, NotPermitted, IllegalTransition, Invalid.
    """
    message = _unsettled(message_id, by, State.CALLED)
    if not (said := " ".join(outcome.split())):
        raise Invalid({"outcome": "Write what came of it: one sentence is enough."})
    if len(said) > LONGEST:
        raise Invalid({"outcome": f"Write this in {LONGEST} characters or fewer."})
    _settle(message, said, by)
    calls.no_longer(message, f"Called: {said}", by)
    return message


def lock(message_id: UUID) -> None:
    """The message before its task, as `called` and the reports of providers have it."""
    list(Message.objects.select_for_update().filter(pk=message_id).values_list("pk"))


def after_task(task: FollowUp, by: User) -> None:
    """Whoever ended the task to call has called, so the message waits for nobody any more."""
    if task.kind != calls.KIND:
        return
    message = Message.objects.select_for_update().filter(pk=task.subject_id).first()
    if message and State.CALLED in states.TRANSITIONS[State(message.state)]:
        _settle(message, task.outcome[:LONGEST], by)


def _settle(message: Message, said: str, by: User) -> None:
    message.state, message.why, message.next_attempt_at, message.begun_at = State.CALLED, said, None, None
    message.settled_at, message.settled_by = clock.now(), by
    message.save()


def _unsettled(message_id: UUID, by: User, wanted: Message.State) -> Message:
    rows = Message.objects.select_for_update(of=("self",)).select_related("site", "patient")
    message = rows.filter(pk=message_id, site__in=by.site_ids).first()
    if message is None:
        raise NotFound
    require(by, Action.HANDLE_MESSAGES, at=message.site)
    states.require_move(message, wanted)
    return message
