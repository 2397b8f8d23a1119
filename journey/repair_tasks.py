"""What must not be forgotten when a visit of a treatment is lost: the call, the repair, the provider's word.

Everything here follows from the course as it stands: called twice it changes nothing, and what is mended closes itself.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID

from django.urls import reverse

from clinic import clock
from clinic.models import Site, User
from clinic.policy import Role
from infusions import series as infusion_series
from infusions.models import Series
from journey import courses
from patients import alert_contacts
from reminders import followups
from therapy.models import TherapySession
from visits import changes
from visits.courses import Concern, Course
from visits.models import Appointment, StatusEvent

CALL, REPAIR, SEEN, DECIDE, WINDOW, NEW = (
    "safety_call", "repair_series", "gap_seen", "gap_decision", "session_window", "new_series",
)  # fmt: skip
SUBJECT = "series"
END_OF_DAY = time(17)
WITHIN = timedelta(hours=1)  # a call is due at least so long after the miss


def follow_visit(*, appointment_id: UUID, by: User) -> None:
    """After a change of a visit: who did not come is called today, and the series' tasks are those it needs."""
    visit = Appointment.objects.select_related("site", "patient").get(pk=appointment_id)
    if visit.status == Appointment.Status.NO_SHOW:
        # An open alert asks for more than one call, and keeps its own task (protocol 7.3).
        if not alert_contacts.did_not_come(visit.patient):
            _ask_to_call(visit)
    elif visit.is_alive:
        outcome = "The visit was brought back."
        followups.close_for(subject_kind="appointment", subject_id=visit.pk, kind=CALL, outcome=outcome, by=by)
        if missed := _taken_back(visit):
            alert_contacts.came_after_all(visit.patient, missed_at=missed, by=by)
    for course in courses.read([visit.pk]).values():
        _refresh(course, by)


def _taken_back(visit: Appointment) -> datetime | None:
    """When this visit was marked as missed, if that was taken back and no other miss of the patient stands since."""
    misses = StatusEvent.objects.filter(after=Appointment.Status.NO_SHOW).order_by("-at")
    undone = misses.filter(appointment=visit, undone_at__isnull=False).first()
    if undone is None:
        return None
    others = misses.filter(appointment__patient=visit.patient_id, undone_at__isnull=True, at__gte=undone.at)
    return None if others.exists() else undone.at


def _ask_to_call(visit: Appointment) -> None:
    """A safety contact on the day of the miss (protocol 7.3); of an evaluation that was missed, front desk calls."""
    treated = visit.kind != Appointment.Kind.EVALUATION
    followups.open_task(
        kind=CALL,
        site=visit.site,
        patient=visit.patient,
        title=f"Call {visit.patient.name} today: did not come",
        subject_kind="appointment",
        subject_id=visit.pk,
        owner_role=Role.NURSE if treated else Role.FRONT_DESK,
        due_at=_today(visit.site),
        link=reverse("journey:chart", args=[visit.patient_id]),
    )


def _today(site: Site) -> datetime:
    return max(site.moment(site.today(), END_OF_DAY), clock.now() + WITHIN)


def refresh(series_id: UUID, *, by: User) -> None:
    """Open and close the tasks of a series as it stands."""
    for course in courses.of_series(Series.objects.filter(pk=series_id, kind=Series.Kind.LOADING)):
        _refresh(course, by)


def _refresh(course: Course, by: User) -> None:
    series = Series.objects.select_related("site", "patient").get(pk=course.key)
    running = series.state in infusion_series.RUNNING
    concerns = course.concerns()
    gaps = [concern for concern in concerns if concern.code[0] in {"gap", "span"}] if running else []
    grave = [concern for concern in gaps if concern.tone == "stop"]
    name, page = series.patient.name, reverse("journey:repair-series", args=[series.pk])
    _keep(series, REPAIR, bool(running and course.missing), Role.FRONT_DESK, f"Repair the series of {name}", page, by)
    seen = bool(gaps) and not grave
    _keep(series, SEEN, seen, Role.PROVIDER, f"{_words(gaps)} Agree to it for {name}?", page, by)
    decide = f"Extend, restart or stop the series of {name}"
    _keep(series, DECIDE, bool(grave), Role.PROVIDER, decide, page, by)
    windows = [concern for concern in concerns if concern.code[0] in TherapySession.Kind.values]
    session = f"{name}: {_words(windows)}"
    _keep(series, WINDOW, bool(windows), Role.THERAPIST, session, page, by)


def _words(concerns: list[Concern]) -> str:
    return concerns[0].sentence if concerns else ""


def _keep(series: Series, kind: str, wanted: bool, role: Role, title: str, link: str, by: User) -> None:
    """One open task of a kind while it is wanted, none when it is not."""
    if not wanted:
        outcome = "The series is in order again."
        followups.close_for(subject_kind=SUBJECT, subject_id=series.pk, kind=kind, outcome=outcome, by=by)
        return
    followups.open_task(
        kind=kind,
        site=series.site,
        patient=series.patient,
        title=title,
        subject_kind=SUBJECT,
        subject_id=series.pk,
        owner_role=role,
        due_at=_today(series.site),
        link=link,
    )


def start_anew(series: Series, *, by: User) -> None:
    """The sessions of a series that starts anew are called off with it; front desk plans the new one."""
    waiting = TherapySession.objects.filter(series=series, appointment__status__in=["booked", "confirmed"]).values_list(
        "appointment_id", flat=True
    )
    for visit in list(waiting):
        if visit:
            changes.cancel(appointment_id=visit, party="clinic", reason="The series has ended.", by=by)
    followups.open_task(
        kind=NEW,
        site=series.site,
        patient=series.patient,
        title=f"Plan a new series for {series.patient.name}, by the provider’s order",
        subject_kind=SUBJECT,
        subject_id=series.pk,
        owner_role=Role.FRONT_DESK,
        due_at=clock.now() + timedelta(days=1),
        link=reverse("journey:series-plan", args=[series.patient_id]),
    )
