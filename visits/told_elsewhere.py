"""What other systems are told of visits: booked, moved, cancelled, and each of them again when that is taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from reminders.models import Webhook
from reminders.webhooks import events
from reminders.webhooks.events import Event
from visits.followers import Change
from visits.models import Appointment, StatusEvent

Kind = Webhook.Kind
Status = Appointment.Status


def booked(visits: Sequence[Appointment]) -> None:
    """Visits of one site that were just booked."""
    if visits:
        events.write(visits[0].site_id, [_event(Kind.BOOKED, visit, "booked", visit.booked_at) for visit in visits])


def follow_visit(change: Change) -> None:
    """Called after each cancellation, move and undo; what was told already is not told again."""
    visit, event = change.visit, change.event
    kind = _kind(event) if event else None
    if event is None or kind is None:
        return
    occurrence = f"{event.pk} undone" if event.undone_at else str(event.pk)
    events.write(visit.site_id, [_event(kind, visit, occurrence, event.undone_at or event.at)])


def _kind(change: StatusEvent) -> Kind | None:
    """What a change of a visit is to others. A cancellation that is taken back is a booking."""
    if change.after == Status.CANCELLED:
        return Kind.BOOKED if change.undone_at else Kind.CANCELLED
    return Kind.MOVED if change.moved_from else None


def _event(kind: Kind, visit: Appointment, occurrence: str, at: datetime) -> Event:
    return Event(kind, occurrence, at, {"appointment": visit.pk, "patient": visit.patient_id})
