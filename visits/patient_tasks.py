"""What the desk has to do because a patient said something by link, or nothing at all. These tasks end by themselves.

Unconfirmed 20 hours before, somebody calls (protocol 7.2). A visit that was agreed on within its last day needs no
second word.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from clinic import clock
from clinic.policy import Role
from reminders import followups
from reminders.models import FollowUp
from visits.models import Appointment, StatusEvent

CONFIRM, TIME, RIDE, AGAIN = "confirm_call", "patient_wants_time", "visit_no_ride", "patient_cancelled"
SUBJECT = "appointment"
CALL_FROM, CALL_UNTIL = timedelta(hours=20), timedelta(hours=16)
AGREED = timedelta(hours=24)
AT_ONCE = 200
Status = Appointment.Status
AWAITED = (Status.BOOKED, Status.CONFIRMED)

TITLES = {
    CONFIRM: "Call {name} to confirm the visit of {day}",
    TIME: "Call {name}: another time is wished for {day}",
    RIDE: "Call {name}: nobody takes them home on {day} yet",
    AGAIN: "Call {name}: called off {day} by link",
}


def open_one(visit: Appointment, kind: str) -> None:
    """Put a call on the front desk's list; twice is one."""
    local = visit.site.local(visit.starts_at)
    due = {CONFIRM: visit.starts_at - CALL_UNTIL, AGAIN: clock.now() + timedelta(days=1)}
    followups.open_task(
        kind=kind,
        site=visit.site,
        patient=visit.patient,
        title=TITLES[kind].format(name=visit.patient.name, day=f"{local:%a} {local.day} {local:%b}"),
        subject_kind=SUBJECT,
        subject_id=visit.pk,
        owner_role=Role.FRONT_DESK,
        due_at=due.get(kind, min(clock.now() + timedelta(hours=4), visit.starts_at)),
        link=reverse("visits:appointment", args=[visit.pk]),
    )


def follow(visit: Appointment, *, has_ride: bool = False) -> None:
    """Called after every change of a visit, and when somebody to ride with was named: what is done closes itself."""
    awaited = visit.status in AWAITED
    wanted = {
        CONFIRM: visit.status == Status.BOOKED and clock.now() >= visit.starts_at - CALL_FROM,
        TIME: awaited,
        RIDE: awaited and not has_ride,
        AGAIN: visit.status == Status.CANCELLED,
    }
    _close(visit, [kind for kind, is_wanted in wanted.items() if not is_wanted])


def moved(visit: Appointment) -> None:
    """A visit has another hour: it is agreed on, and whoever asked for it has it."""
    _close(visit, [CONFIRM, TIME])


def _close(visit: Appointment, kinds: list[str]) -> None:
    outcomes = dict.fromkeys(kinds, f"The visit is {visit.get_status_display().lower()}.")
    if RIDE in outcomes:
        outcomes[RIDE] = "No longer needed."
    followups.close_all(subject_kind=SUBJECT, subject_id=visit.pk, outcomes=outcomes)


def look() -> int:
    """The tick: ask for a call where a visit of the next 20 hours is not confirmed. Answers how many were asked for.

    A call that somebody has ended with its outcome is not asked for again.
    """
    with transaction.atomic():
        found = list(_unconfirmed().select_for_update(of=("self",), skip_locked=True)[:AT_ONCE])
        for visit in found:
            open_one(visit, CONFIRM)
    _close_booked_again()
    return len(found)


def _unconfirmed() -> QuerySet[Appointment]:
    now = clock.now()
    agreed = StatusEvent.objects.filter(
        appointment=OuterRef("pk"), undone_at__isnull=True, at__gt=OuterRef("starts_at") - AGREED
    )
    asked = FollowUp.objects.filter(kind=CONFIRM, subject_kind=SUBJECT, subject_id=OuterRef("pk")).filter(
        Q(state=FollowUp.State.OPEN) | Q(ended_by__isnull=False)
    )
    coming = Appointment.objects.filter(status=Status.BOOKED, starts_at__gt=now, starts_at__lte=now + CALL_FROM)
    waiting = coming.filter(~Exists(agreed), ~Exists(asked), patient__deceased_on=None)
    return waiting.select_related("site", "patient").order_by("starts_at")


def _close_booked_again() -> None:
    """Who called a visit off and has booked another since need not be called."""
    since = Appointment.objects.filter(
        patient=OuterRef("patient"), booked_at__gt=OuterRef("opened_at"), status__in=Appointment.ALIVE
    )
    calls = FollowUp.objects.filter(Exists(since), kind=AGAIN, subject_kind=SUBJECT, state=FollowUp.State.OPEN)
    for visit_id in list(calls.values_list("subject_id", flat=True)[:AT_ONCE]):
        followups.close_for(subject_kind=SUBJECT, subject_id=visit_id, kind=AGAIN, outcome="Another visit is booked.")
