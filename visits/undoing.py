"""Taking the last change back, within a quarter of an hour."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from clinic import clock, settings_versions
from clinic.errors import Refused
from clinic.models import User
from clinic.policy import Action, require
from visits import clashes, followers, notices
from visits.changes import locked
from visits.clashes import SlotTaken
from visits.locks import lock, utc_days
from visits.models import Appointment, Hold, StatusEvent
from visits.places import release
from visits.rules import UNDO_MINUTES
from visits.states import UNDOABLE

Status = Appointment.Status


def last_change(appointment: Appointment) -> StatusEvent | None:
    """The newest change that still stands."""
    return appointment.status_events.filter(undone_at__isnull=True).order_by("-at", "-id").first()


def undo_until(appointment: Appointment) -> datetime | None:
    """Until when the last change can be taken back; None when it can't."""
    event = last_change(appointment)
    if event is None or not event.before or appointment.status not in UNDOABLE or event.after not in UNDOABLE:
        return None
    until = event.at + timedelta(minutes=UNDO_MINUTES)
    return until if clock.now() <= until else None


@transaction.atomic
def undo(*, appointment_id: UUID, by: User) -> Appointment:
    """Take back the last change, within a quarter of an hour: status, holds and messages are as before.

    Raises NotPermitted, Refused when it is too late or the place has gone meanwhile (SlotTaken).
    """
    appointment = locked(appointment_id)
    require(by, Action.BOOK, at=appointment.site)
    event = last_change(appointment)
    if event is None or undo_until(appointment) is None:
        raise Refused(
            f"The last change can’t be taken back: that is possible for {UNDO_MINUTES} minutes, "
            "and not once the visit has begun."
        )
    event.undone_at, event.undone_by = clock.now(), by
    event.save(update_fields=["undone_at", "undone_by"])
    released = list(event.released.all())
    if released:
        _hold_again(appointment, event, released)
    if event.moved_from:
        length = appointment.ends_at - appointment.starts_at
        stay = next((hold for hold in released if hold.patient_id), None)
        appointment.starts_at = event.moved_from
        appointment.ends_at = stay.during.upper if stay else event.moved_from + length
    _restore(appointment, event)
    if released:
        notices.take_back(appointment, "The change was taken back.")
        notices.plan(appointment, settings_versions.current(appointment.site))
    followers.tell(appointment.pk, by)
    return appointment


def _restore(appointment: Appointment, event: StatusEvent) -> None:
    """The fields of the appointment as they were before the event."""
    appointment.status = event.before
    appointment.version += 1
    if event.after == Status.CANCELLED:
        appointment.cancelled_by_party = appointment.reason = ""
        appointment.cancelled_late = None
    if event.after == Status.ARRIVED:
        appointment.arrived_at = None
    appointment.save(
        update_fields=[
            "status",
            "version",
            "starts_at",
            "ends_at",
            "cancelled_by_party",
            "cancelled_late",
            "reason",
            "arrived_at",
        ]
    )


def _hold_again(appointment: Appointment, event: StatusEvent, released: list[Hold]) -> None:
    """Take the places again that the event gave free. Raises SlotTaken when somebody has one of them now."""
    names = {(day, hold.resource) for hold in released for day in utc_days(hold.during.lower, hold.during.upper)}
    lock(names)
    release(appointment, event)
    try:
        with transaction.atomic():
            Hold.objects.filter(pk__in=[hold.pk for hold in released]).update(active=True, released_in=None)
    except IntegrityError as error:
        if not clashes.is_overlap(error):
            raise
        raise SlotTaken(
            "The place has been given to somebody else meanwhile. Book or move the visit to another time."
        ) from error
