"""What follows from a change, said before it is made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from clinic import clock, settings_versions
from reminders.models import Message
from visits import courses
from visits.changes import is_late
from visits.courses import Concern
from visits.models import Appointment, RepairStep
from visits.notices import SUBJECT
from visits.rules import HANDS_LANE

Consequence = tuple[str, str]
What = RepairStep.What


def waiting_messages(appointment: Appointment) -> int:
    """How many planned messages would be taken back."""
    return Message.objects.filter(subject_kind=SUBJECT, subject_id=appointment.pk, state=Message.State.PLANNED).count()


def of_cancelling(appointment: Appointment) -> list[Consequence]:
    """Holds that come free, messages taken back, whether it is late by the notice rule, and what its series loses."""
    return [*_freed(appointment), _messages(appointment), _notice(appointment), *_without(appointment)]


def of_no_show(appointment: Appointment) -> list[Consequence]:
    """Holds that come free, messages taken back, the call that follows, and what its series loses."""
    call: Consequence = ("info", "A call to the patient is put on today’s list.")
    return [*_freed(appointment), _messages(appointment), call, *_without(appointment)]


def of_moving(appointment: Appointment, starts_at: datetime | None = None) -> list[Consequence]:
    """What follows from any move; with a start, also what its series makes of that one."""
    if starts_at == appointment.starts_at:
        return [("ok", "Only the room or the person changes: the patient is not told.")]
    count = waiting_messages(appointment)
    told = "The reminders are planned anew for the new time."
    said = f"{_messages(appointment)[1]} {told}" if count else told
    found: list[Consequence] = [("info", said)]
    if appointment.status == Appointment.Status.CONFIRMED:
        found.append(("warn", "The visit is confirmed for the old time; it has to be confirmed again."))
    return [*found, *_moved(appointment, starts_at)] if starts_at else found


def _without(appointment: Appointment) -> list[Consequence]:
    """What a course of treatment loses with this visit."""
    course = courses.of([appointment.pk]).get(appointment.pk)
    if course is None:
        return []
    after, found = course.without(appointment.pk), list[Consequence]()
    number = course.number_of(appointment.pk)
    if course.single:
        return [("warn", "Its sessions lose their booster: look at them.")] if number and course.sessions else []
    if number:
        last = len(course.infusions)
        shifted = f"Infusion {number + 1} becomes {number}" if number + 1 == last else _shifted(number, last)
        found.append(("info", f"{shifted + '; one' if number < last else 'One'} more has to be booked at the end."))
        found.append(("ok", "Authorization units and the estimate stay: nothing was given."))
    else:
        found.append(("warn", f"The series is without its {appointment.kind}; another has to be booked."))
    known = {concern.code for concern in course.concerns()}
    return [*found, *_told(concern for concern in after.concerns() if concern.code not in known)]


def _shifted(number: int, last: int) -> str:
    return f"Infusions {number + 1} to {last} become {number} to {last - 1}"


def _moved(appointment: Appointment, starts_at: datetime) -> list[Consequence]:
    course = courses.of([appointment.pk]).get(appointment.pk)
    if course is None:
        return []
    starts = {appointment.pk: appointment.site.local(starts_at)}
    found = _told(courses.after_moving(course, starts))
    before, after = course.number_of(appointment.pk), course.moved(starts).number_of(appointment.pk)
    if before != after:
        found.append(("info", f"It becomes infusion {after} instead of {before}."))
    if course.single and not course.sessions:
        return found
    return found or [("ok", "The gaps and windows of the series are kept.")]


def _told(concerns: Iterable[Concern]) -> list[Consequence]:
    """Each concern with what it takes."""
    needs = {courses.REASON: " Needs a reason.", courses.PROVIDER: " A provider decides."}
    return [(concern.tone, f"{concern.sentence}{needs.get(concern.needs, '')}") for concern in concerns]


def of_repair(steps: Sequence[RepairStep]) -> list[Consequence]:
    """What follows from all lines of a repair together (one query)."""
    moved = [step for step in steps if step.what == What.MOVE]
    quiet = sum(step.what == What.PLACE for step in steps)
    new = sum(step.what == What.BOOK for step in steps)
    stay = sum(step.what == What.STAY for step in steps)
    ids = [step.appointment_id for step in moved if step.appointment_id]
    count = Message.objects.filter(subject_kind=SUBJECT, subject_id__in=ids, state=Message.State.PLANNED).count()
    found: list[Consequence] = []
    if moved:
        names = _count(len(moved), "visit gets", "visits get")
        taken = _count(count, "planned message is", "planned messages are")
        found.append(("info", f"{names} another time: {taken} taken back, and the reminders are planned anew."))
    if any(step.appointment and step.appointment.status == Appointment.Status.CONFIRMED for step in moved):
        found.append(("warn", "What was confirmed and is moved has to be confirmed again. Call those patients."))
    if new:
        found.append(("info", f"{_count(new, 'visit is', 'visits are')} newly booked, with reminders."))
    if quiet:
        kept = _count(quiet, "visit keeps its time", "visits keep their time")
        found.append(("ok", f"{kept}; only room or person changes, and the patient is not told."))
    if stay:
        left = _count(stay, "visit has", "visits have")
        found.append(("stop", f"{left} no place; front desk gets a task to call."))
    fee = "No late fee: the clinic moves. " if moved else ""
    found.append(("ok", f"{fee}The estimate and the authorization units stay until something is given."))
    return found


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


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
    return "info", f"{_count(count, 'planned message is', 'planned messages are')} taken back."


def _notice(appointment: Appointment) -> Consequence:
    hours = settings_versions.current(appointment.site).cancel_notice_hours
    if is_late(appointment, "patient", clock.now()):
        return "warn", f"Less than {hours} hours’ notice: when the patient calls it off, it counts as late."
    until = appointment.site.local(appointment.starts_at - timedelta(hours=hours))
    return "ok", f"In good time: late only after {until:%a} {until.day} {until:%b}, {until:%H:%M}."
