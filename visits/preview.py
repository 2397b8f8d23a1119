"""What follows from a change, said before it is made."""

from __future__ import annotations

from datetime import timedelta

from clinic import clock, settings_versions
from reminders.models import Message
from visits.changes import is_late
from visits.models import Appointment
from visits.notices import SUBJECT
from visits.rules import HANDS_LANE

Consequence = tuple[str, str]


def waiting_messages(appointment: Appointment) -> int:
    """How many planned messages would be taken back."""
    return Message.objects.filter(subject_kind=SUBJECT, subject_id=appointment.pk, state=Message.State.PLANNED).count()


def of_cancelling(appointment: Appointment) -> list[Consequence]:
    """Holds that come free, messages taken back, and whether it is late by the notice rule."""
    return [*_freed(appointment), _messages(appointment), _notice(appointment)]


def of_no_show(appointment: Appointment) -> list[Consequence]:
    return [*_freed(appointment), _messages(appointment)]


def of_moving(appointment: Appointment) -> list[Consequence]:
    count = waiting_messages(appointment)
    told = "The reminders are planned anew for the new time."
    said = f"{_messages(appointment)[1]} {told}" if count else told
    found: list[Consequence] = [("info", said)]
    if appointment.status == Appointment.Status.CONFIRMED:
        found.append(("warn", "The visit is confirmed for the old time; it has to be confirmed again."))
    return found


def _freed(appointment: Appointment) -> list[Consequence]:
    site = appointment.site
    holds = appointment.holds.filter(active=True).exclude(lane=HANDS_LANE).select_related("room", "staff")
    names = []
    for hold in holds:
        name = hold.room.name if hold.room else hold.staff.full_name if hold.staff else ""
        if name and name not in names:
            names.append(name)
    if not names:
        return []
    span = f"{site.local(appointment.starts_at):%H:%M} to {site.local(appointment.ends_at):%H:%M}"
    return [("info", f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} free again, {span}.")]


def _messages(appointment: Appointment) -> Consequence:
    count = waiting_messages(appointment)
    if not count:
        return "none", "No message is waiting to be sent."
    words = "One planned message is" if count == 1 else f"{count} planned messages are"
    return "info", f"{words} taken back."


def _notice(appointment: Appointment) -> Consequence:
    hours = settings_versions.current(appointment.site).cancel_notice_hours
    if is_late(appointment, "patient", clock.now()):
        return "warn", f"Less than {hours} hours’ notice: when the patient calls it off, it counts as late."
    until = appointment.site.local(appointment.starts_at - timedelta(hours=hours))
    return "ok", f"In good time: late only after {until:%a} {until.day} {until:%b}, {until:%H:%M}."
