"""Messages as staff read them: the words that went out or will, how often it was tried, and how far it came.

The address in a message opens the patient's own page, so staff see that there is one, and not which.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clinic.errors import DomainError
from patients.models import ContactConsent
from reminders import moments, rules, templates, wordings
from reminders.models import Delivery, Message, MessageAttempt

HIDDEN = "[secret address]"
ARRIVED = (Delivery.Status.DELIVERED, Delivery.Status.FAILED)


@dataclass(frozen=True)
class Spoken:
    """One message with its words; `with_it` are the others that one text said too."""

    message: Message
    words: str
    tries: list[MessageAttempt]
    told_at: datetime | None
    with_it: list[Message]

    @property
    def goes_at(self) -> datetime:
        """When it is said: not in the night, and not before its next try."""
        local = self.message.site.local(max(self.message.due_at, self.message.next_attempt_at or self.message.due_at))
        return rules.end_of_quiet(local) if rules.is_quiet(local) else local

    @property
    def may_be_settled(self) -> bool:
        return self.message.state in {Message.State.FAILED, Message.State.UNCERTAIN}

    @property
    def tried(self) -> int:
        return len(self.tries)


def of(messages: Iterable[Message]) -> list[Spoken]:
    """A page of messages, in a constant number of queries."""
    rows = list(messages)
    ids = [message.pk for message in rows]
    tries = _by_message(MessageAttempt.objects.filter(message__in=ids))
    along: dict[UUID, list[Message]] = {}
    for one in Message.objects.filter(merged_into__in=ids).order_by("due_at", "id"):
        along.setdefault(one.merged_into_id, []).append(one)  # type: ignore[arg-type]
    told = dict(Delivery.objects.filter(key__in=ids, status__in=ARRIVED).values_list("key", "told_at"))
    words = _words(rows)
    return [Spoken(one, words[one.pk], tries.get(one.pk, []), told.get(one.pk), along.get(one.pk, [])) for one in rows]


def _by_message(tries: Iterable[MessageAttempt]) -> dict[UUID, list[MessageAttempt]]:
    found: dict[UUID, list[MessageAttempt]] = {}
    for one in tries:
        found.setdefault(one.message_id, []).append(one)
    return found


def _words(messages: list[Message]) -> dict[UUID, str]:
    own, senders = wordings.own_of(messages), wordings.senders({one.site_id: one.site for one in messages}.values())
    return {message.pk: _said(message, own, senders) for message in messages}


def _said(message: Message, own: wordings.Own, senders: dict[tuple[UUID, str], str]) -> str:
    """The words it was planned in; nothing where they can't be filled."""
    hidden = dict.fromkeys(templates.SECRET, HIDDEN)
    try:
        words = wordings.planned(message, own)
        values = moments.spoken(message.values, message.site, words.language) | hidden
        letter = words.fill(values | {"site": senders[message.site_id, words.language]})
    except (LookupError, DomainError):
        return ""
    return letter.text if message.channel == ContactConsent.Channel.TEXT else letter.body.strip()
