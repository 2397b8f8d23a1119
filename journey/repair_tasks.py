"""What must not be forgotten when a visit of a treatment is lost: the call, the repair, the provider's word.

Everything here follows from the course as it stands: called twice it changes nothing, and what is mended closes itself.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID

from django.urls import reverse

from clinic import advisory, clock
from clinic.models import Site, User
from infusions import series as infusion_series
from infusions import series_tasks
from infusions.models import AdverseEvent, Infusion, Series
from patients import alert_contacts
from reminders import followups
from therapy import courses, of_visit, window_tasks
from therapy.models import TherapySession
from visits import changes
from visits.courses import Course
from visits.followers import Change
from visits.models import Appointment, StatusEvent

GRAVE, MISSED = "safety_call_grave", "missed_visit_call"
CALL, REPAIR, SEEN, DECIDE, NEW = "safety_call", "repair_series", "gap_seen", "gap_decision", "new_series"
CALLS = (CALL, GRAVE, MISSED, "emergency_contact")
VISIT = "appointment"
GRADE = 2
END_OF_DAY = time(17)
WITHIN = timedelta(hours=1)  # a call is due at least so long after the miss


def follow_visit(change: Change) -> None:
    """After a change of a visit: who did not come is called today, and the series' tasks are those it needs."""
    visit, by = change.visit, change.by
    if visit.status == Appointment.Status.NO_SHOW:
        # An open alert asks for more than one call, and keeps its own task (protocol 7.3).
        if not alert_contacts.did_not_come(visit.patient):
            _ask_to_call(visit)
    elif visit.is_alive:
        outcomes = dict.fromkeys(CALLS, "The visit was brought back.")
        followups.close_all(subject_kind=VISIT, subject_id=visit.pk, outcomes=outcomes, by=by)
        if missed := _taken_back(visit):
            alert_contacts.came_after_all(visit.patient, missed_at=missed, by=by)
    if found := of_visit.loading(change):
        _refresh(*found, by)


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
        kind=(GRAVE if _was_grave(visit) else CALL) if treated else MISSED,
        site=visit.site,
        patient=visit.patient,
        title=f"Call {visit.patient.name} today: did not come",
        subject_kind=VISIT,
        subject_id=visit.pk,
        due_at=_today(visit.site),
        link=reverse("journey:chart", args=[visit.patient_id]),
    )


def _was_grave(visit: Appointment) -> bool:
    """Whether the last infusion before was stopped early, or brought an event of grade 2 or more (protocol 7.3)."""
    given = Infusion.objects.filter(
        series__patient=visit.patient_id, state__in=Infusion.GIVEN, appointment__starts_at__lt=visit.starts_at
    )
    last = given.order_by("-appointment__starts_at").first()
    if last is None:
        return False
    stopped = last.state_events.filter(after=Infusion.State.STOPPED_EARLY).exists()
    return stopped or last.adverse_events.filter(grade__gte=GRADE, kind=AdverseEvent.Kind.EVENT).exists()


def _today(site: Site) -> datetime:
    return max(site.moment(site.today(), END_OF_DAY), clock.now() + WITHIN)


def refresh(series_id: UUID, *, by: User) -> None:
    """Open and close the tasks of a series as it stands."""
    for series in Series.objects.filter(pk=series_id, kind=Series.Kind.LOADING).select_related("site", "patient"):
        (course,) = courses.of_series([series])
        _refresh(series, course, by)
        window_tasks.refresh(series, [course], by=by)


def _refresh(series: Series, course: Course, by: User) -> None:
    running = series.state in infusion_series.RUNNING
    concerns = course.concerns()
    gaps = [concern for concern in concerns if concern.code[0] in {"gap", "span"}] if running else []
    grave = [concern for concern in gaps if concern.tone == "stop"]
    name, wanted = series.patient.name, {}
    if running and course.missing:
        wanted[REPAIR] = f"Repair the series of {name}"
    if grave:
        wanted[DECIDE] = f"Extend, restart or stop the series of {name}"
    elif gaps:
        wanted[SEEN] = f"{gaps[0].sentence} Agree to it for {name}?"
    series_tasks.end(series, sorted({REPAIR, SEEN, DECIDE} - wanted.keys()), series_tasks.IN_ORDER, by)
    for kind, title in wanted.items():
        _keep(course, series, kind, title, by)


def _keep(course: Course, series: Series, kind: str, title: str, by: User) -> None:
    """What a person ended is asked again when there is something else to say, or more is missing."""
    link, missing = reverse("journey:repair-series", args=[series.pk]), course.missing
    due, said = _today(series.site), f"{advisory.number(f'{title} {missing}'):x}"
    series_tasks.keep(series, kind, True, title, due_at=due, link=link, occurrence=said, by=by)


def start_anew(series: Series, *, by: User) -> None:
    """The sessions of a series that starts anew are called off with it; front desk plans the new one."""
    waiting = TherapySession.objects.filter(series=series, appointment__status__in=["booked", "confirmed"]).values_list(
        "appointment_id", flat=True
    )
    for visit in list(waiting):
        if visit:
            changes.cancel(appointment_id=visit, party="clinic", reason="The series has ended.", by=by)
    series_tasks.ask(
        series,
        NEW,
        "Plan a new series for {}, by the provider’s order",
        due_at=clock.now() + timedelta(days=1),
        link=reverse("journey:series-plan", args=[series.patient_id]),
    )
