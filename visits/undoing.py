"""Taking the last change back, within a quarter of an hour."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from clinic import clock
from clinic.errors import Refused
from clinic.models import User
from clinic.policy import Action, require
from visits import clashes, followers, groups, notices, patient_tasks
from visits.changes import check_seen, locked
from visits.clashes import SlotTaken
from visits.followers import Change
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
    return until(appointment, last_change(appointment))


def until(appointment: Appointment, event: StatusEvent | None) -> datetime | None:
    """The same for a change that was read already, so that a list asks the database once."""
    if event is None or not event.before or appointment.status not in UNDOABLE or event.after not in UNDOABLE:
        return None
    last = event.at + timedelta(minutes=UNDO_MINUTES)
    return last if clock.now() <= last else None


@transaction.atomic
def undo(*, appointment_id: UUID, by: User, version: int | None = None) -> Appointment:
    """Take back the last change, within a quarter of an hour: status, holds and messages are as before.

    `version` is that of the visit as the person saw it, so that nobody takes back what they don't know of.
    Raises NotPermitted, Refused when it is too late, when the visit has changed since, or
    when the place has gone meanwhile (SlotTaken).
    """
    groups.lock_of([appointment_id])
    appointment = locked(appointment_id)
    event = _undoable(appointment, by)
    check_seen(appointment, version, before="undo anything")
    _take_back([appointment], [event], by)
    return appointment


@transaction.atomic
def undo_all(*, events: Sequence[StatusEvent], by: User) -> list[Appointment]:
    """Take back one change of each of several visits, all or none. Each must be its visit's last change.

    All places are let go before any is taken again, so that visits which exchanged theirs find their own.
    Raises what `undo` raises.
    """
    groups.lock_of(event.appointment_id for event in events)
    rows = {one: locked(one) for one in sorted(event.appointment_id for event in events)}
    visits = [rows[event.appointment_id] for event in events]
    for visit, event in zip(visits, events, strict=True):
        if _undoable(visit, by).pk != event.pk:
            raise Refused(f"The visit of {visit.patient.name} was changed since. Undo that change first.")
    _take_back(visits, events, by)
    return visits


def _undoable(appointment: Appointment, by: User) -> StatusEvent:
    """The last change, if it may be taken back now."""
    require(by, Action.BOOK, at=appointment.site)
    event = last_change(appointment)
    if event is None or undo_until(appointment) is None:
        raise Refused(
            f"The last change can’t be taken back: that is possible for {UNDO_MINUTES} minutes, "
            "and not once the visit has begun."
        )
    if appointment.group_id:
        groups.check_return(appointment, event)
    return event


def _take_back(visits: Sequence[Appointment], events: Sequence[StatusEvent], by: User) -> None:
    held = {event.pk: list(event.released.all()) for event in events}
    holds = [hold for released in held.values() for hold in released]
    lock((day, hold.resource) for hold in holds for day in utc_days(hold.during.lower, hold.during.upper))
    for visit, event in zip(visits, events, strict=True):
        event.undone_at, event.undone_by = clock.now(), by
        event.save(update_fields=["undone_at", "undone_by"])
        if held[event.pk]:
            release(visit, event)
    _hold_again(holds)
    for visit, event in zip(visits, events, strict=True):
        _restore(visit, event, held[event.pk])
    for visit, event in zip(visits, events, strict=True):
        followers.tell(Change(visit, by, event, stays=_stays(event)))


def _stays(event: StatusEvent) -> bool:
    """Whether the change was of room or person alone."""
    return event.moved_from is None and event.longer_by is None and event.before == event.after


def _hold_again(holds: Sequence[Hold]) -> None:
    """Take the places again that the changes gave free. Raises SlotTaken when somebody has one of them now."""
    try:
        with transaction.atomic():
            Hold.objects.filter(pk__in=[hold.pk for hold in holds]).update(active=True, released_in=None)
    except IntegrityError as error:
        if not clashes.is_overlap(error):
            raise
        raise SlotTaken(
            "The place has been given to somebody else meanwhile. Book or move the visit to another time."
        ) from error


def _restore(appointment: Appointment, event: StatusEvent, released: Sequence[Hold]) -> None:
    """The visit as it was before the event, and what was to be said about it."""
    length = appointment.ends_at - appointment.starts_at
    stay = next((hold for hold in released if hold.patient_id), None)
    if event.moved_from:
        appointment.starts_at = event.moved_from
    appointment.ends_at = stay.during.upper if stay else appointment.starts_at + length
    if event.longer_by:
        appointment.recovery_minutes = event.recovery_before
    _save_as_before(appointment, event)
    patient_tasks.follow(appointment)
    if not released:
        return
    followers.taken(site_id=appointment.site_id, starts_at=appointment.starts_at, ends_at=appointment.ends_at)
    if event.moved_from:
        notices.take_back(appointment, "The change was taken back.")
    if event.moved_from or event.after in {Status.CANCELLED, Status.NO_SHOW}:
        notices.restore(appointment)


def _save_as_before(appointment: Appointment, event: StatusEvent) -> None:
    appointment.status = event.before
    appointment.version += 1
    if event.after == Status.CANCELLED:
        appointment.cancelled_by_party = appointment.reason = ""
        appointment.cancelled_late = None
    if event.after == Status.ARRIVED != event.before:
        appointment.arrived_at = None
    appointment.save(
        update_fields=[
            "status",
            "version",
            "starts_at",
            "ends_at",
            "recovery_minutes",
            "cancelled_by_party",
            "cancelled_late",
            "reason",
            "arrived_at",
        ]
    )
