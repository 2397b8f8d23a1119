"""What a provider of email reports (django-anymail's tracking events), in the words of our own ledger."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason, tracking

from patients.models import ContactConsent
from reminders import deliveries, mending
from reminders.channels.faults import Fault, Reason
from reminders.models import Delivery, Message

STATUSES = {
    EventType.SENT: Delivery.Status.SENT,
    EventType.DELIVERED: Delivery.Status.DELIVERED,
    EventType.BOUNCED: Delivery.Status.FAILED,
    EventType.REJECTED: Delivery.Status.FAILED,
    EventType.FAILED: Delivery.Status.FAILED,
}
STOPPED = frozenset({EventType.COMPLAINED, EventType.UNSUBSCRIBED})
REASONS = {
    RejectReason.BOUNCED: Reason(Fault.ADDRESS, "Letters to this address come back."),
    RejectReason.INVALID: Reason(Fault.ADDRESS, "This is not an email address."),
    RejectReason.SPAM: Reason(Fault.STOPPED, "The letter was called spam."),
    RejectReason.UNSUBSCRIBED: Reason(Fault.STOPPED, "The person told the provider to stop."),
}
UNKNOWN = Reason(Fault.BLOCKED, "The mail server did not want it.")


def listen() -> None:
    tracking.connect(hear, dispatch_uid="reminders")


def hear(sender: Any, event: AnymailTrackingEvent, **more: Any) -> None:
    address = (event.recipient or "").lower()
    if event.event_type in STOPPED:
        mending.said_to_provider(channel=ContactConsent.Channel.EMAIL, address=address)
    key = _key(event)
    status = STATUSES.get(event.event_type)
    if key and status:
        reason = REASONS.get(event.reject_reason, UNKNOWN)
        deliveries.report(
            key=key, provider_id=event.message_id or "", status=status, address=address, reason=reason,
            code=str(event.reject_reason or "")[:20],
        )  # fmt: skip


def _key(event: AnymailTrackingEvent) -> UUID | None:
    """The row of the ledger: named by ourselves when it was sent, or found by the provider's id."""
    try:
        return UUID((event.metadata or {}).get("key", ""))
    except ValueError:
        return Message.objects.filter(provider_id=event.message_id or "?").values_list("pk", flat=True).first()
