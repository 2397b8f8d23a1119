"""What other systems are told of visits: booked, moved, cancelled, and each of them again when that is taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from clinic.models import User
from reminders.models import Webhook
from reminders.webhooks import events
from reminders.webhooks.events import Event
from visits.models import Appointment, StatusEvent

Kind = Webhook.Kind
Status = Appointment.Status


def booked(visits: Sequence[Appointment]) -> None:
    """Visits of one site that were just booked."""
    if visits:
        events.write(visits[0].site_id, [_event(Kind.BOOKED, visit, "booked", visit.booked_at) for visit in visits])


def follow_visit(*, appointment_id: UUID, by: User) -> None:
    """Called after each cancellation, move and undo; what was told already is not told again."""
    rows = StatusEvent.objects.filter(appointment=appointment_id).select_related("appointment")
    newest = rows.order_by("-at", "-id").first()
    kind = _kind(newest) if newest else None
    if newest is None or kind is None:
        return
    occurrence = f"{newest.pk} undone" if newest.undone_at else str(newest.pk)
    visit = newest.appointment
    events.write(visit.site_id, [_event(kind, visit, occurrence, newest.undone_at or newest.at)])


def _kind(change: StatusEvent) -> Kind | None:
    """What the newest change of a visit is to others. A cancellation that is taken back is a booking."""
    if change.after == Status.CANCELLED:
        return Kind.BOOKED if change.undone_at else Kind.CANCELLED
    return Kind.MOVED if change.moved_from else None


def _event(kind: Kind, visit: Appointment, occurrence: str, at: datetime) -> Event:
    return Event(kind, occurrence, at, {"appointment": visit.pk, "patient": visit.patient_id})
