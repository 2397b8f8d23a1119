"""How far a message came, as its provider reports: later than we sent it, more than once, and not in order.

What was said only ever goes forwards, so a report that comes twice or too late changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from clinic import clock
from patients.models import ContactConsent
from reminders import calls, mending, preferences, states
from reminders.channels.answers import Refused
from reminders.channels.faults import Fault, Reason, of_text
from reminders.models import Delivery, Message, StaffPage

Channel = ContactConsent.Channel
Status = Delivery.Status
State = Message.State
RANK = {Status.QUEUED: 0, Status.SENT: 1, Status.FAILED: 2, Status.DELIVERED: 3}
NO_REASON = Reason(Fault.AWAY, "The provider did not say why.")


@transaction.atomic
def report(
    *, key: UUID, provider_id: str, status: Status, address: str, reason: Reason = NO_REASON, code: str = ""
) -> bool:
    """Keep what a provider says of a message or a page of ours. Answers whether that is news."""
    message = _message(key)
    page = None if message else StaffPage.objects.select_for_update().filter(pk=key).first()
    if not provider_id or (message is None and page is None) or not _is_news(key, provider_id, status, code):
        return False
    if status == Status.FAILED:
        about = message or page
        assert about is not None
        mending.blame(reason, channel=Channel(about.channel), address=address, site=about.site, code=code)
    if message:
        _follow(message, provider_id, status, reason, code)
    elif page and status == Status.FAILED and page.state == StaffPage.State.SENT:
        page.state, page.why = StaffPage.State.FAILED, f"It did not arrive: {reason.says}"[:200]
        page.save(update_fields=["state", "why"])
    return True


def _message(key: UUID) -> Message | None:
    rows = Message.objects.select_for_update(of=("self",)).select_related("patient__site", "site")
    return rows.filter(pk=key).first()


def _is_news(key: UUID, provider_id: str, status: Status, code: str) -> bool:
    """Write it down, unless as much or more is known."""
    told, created = Delivery.objects.select_for_update().get_or_create(
        key=key, provider_id=provider_id, defaults={"status": status, "code": code, "told_at": clock.now()}
    )
    if created:
        return True
    if RANK[status] <= RANK[Status(told.status)]:
        return False
    told.status, told.code, told.told_at = status, code, clock.now()
    told.save(update_fields=["status", "code", "told_at"])
    return True


def catch_up(message: Message) -> None:
    """A report may come before its sender has written that it sent: then it is followed now. The row is locked."""
    for told in Delivery.objects.filter(key=message.pk, provider_id=message.provider_id):
        _follow(message, told.provider_id, Status(told.status), of_text(told.code), told.code)


def _follow(message: Message, provider_id: str, status: Status, reason: Reason, code: str) -> None:
    """Bring the message's state up to what is known. While its sender still holds it, that one does (`catch_up`)."""
    if message.state == State.UNCERTAIN:
        _known_at_last(message, provider_id)
    if message.state != State.SENT or message.provider_id != provider_id:
        return
    if status == Status.DELIVERED:
        _move(message, State.DELIVERED, "")
    elif status == Status.FAILED:
        riders = list(message.took_along.filter(state=State.SENT).values_list("pk", flat=True))
        _move(message, State.FAILED, f"{reason.says}{f' ({code})' if code else ''}")
        for failed in _with(message, riders):
            _other_way(failed)


def _with(message: Message, riders: Sequence[UUID]) -> list[Message]:
    """The message, and those that went with it and failed with it."""
    rows = Message.objects.select_for_update(of=("self",)).select_related("patient__site", "site")
    return [message, *rows.filter(pk__in=riders, state=State.FAILED)]


def _other_way(message: Message) -> None:
    """What did not arrive goes out on another channel, where one is open; else somebody calls."""
    channel = preferences.elsewhere(message)
    if channel is None:
        calls.ask(message, "A message did not arrive")
        return
    message.channel, message.next_attempt_at, message.sent_at, message.provider_id = channel, clock.now(), None, ""
    _move(message, State.PLANNED, message.why)


def refused(message: Message, refusal: Refused) -> Channel | None:
    """The provider did not take it: see to the fault, and answer the other channel on which it may go."""
    if refusal.fault is None:
        return None
    channel = Channel(message.channel)
    reason = Reason(refusal.fault, refusal.why)
    address = preferences.address_of(message.patient, channel)
    mending.blame(reason, channel=channel, address=address, site=message.site, code=refusal.code)
    return preferences.elsewhere(message) if refusal.for_good else None


def _known_at_last(message: Message, provider_id: str) -> None:
    """The provider has it after all: the try that was open is closed, and nobody has to ask any more."""
    now = clock.now()
    message.tries.filter(ended_at__isnull=True).update(ended_at=now, accepted=True, answer="The provider reported it.")
    message.sent_at, message.provider_id, message.next_attempt_at = now, provider_id, None
    _move(message, State.SENT, "")
    calls.no_longer(message, "The provider reported that it went out.")


def _move(message: Message, state: Message.State, why: str) -> None:
    states.require_move(message, state)
    message.state, message.why = state, why[:200]
    message.save()
