"""Series of infusions: opened for an eligible patient, numbered without gaps, ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from clinic import clock
from clinic.errors import IllegalTransition, Invalid, NotFound, Refused
from clinic.models import Site, User
from clinic.policy import Action, require
from infusions import of_visit, questionnaires, series_tasks, states
from infusions.models import BoosterPlan, Infusion, Series, StateEvent
from infusions.of_visit import Place
from patients import evaluations
from patients.models import Patient
from patients.rows import locked_patient
from reminders import ledger
from reminders.models import FollowUp
from visits import changes
from visits.followers import Change
from visits.models import Appointment

REVIEW_WITHIN = timedelta(days=7)
RUNNING = (Series.State.PLANNED, Series.State.ACTIVE)
OPEN = (*RUNNING, Series.State.SUSPENDED)
after_stop: list[Callable[[Series, User], None]] = []
"""What else happens in the same transaction when a series is stopped; other parts and rooms add themselves."""
after_complete: list[Callable[[Series, User], None]] = []
"""What else happens in the same transaction when the last infusion of a loading series was given."""
WEEKLY = "weekly_phq9_"
"""Tasks of this kind, with the number of the week, belong to a suspended series."""


@transaction.atomic
def open_loading(*, patient: Patient, site: Site, planned_count: int, template: str, goals: str, by: User) -> Series:
    """Open a loading series of 6 to 8 infusions for a patient whose evaluation is in force.

    Raises NotPermitted, Invalid, and Refused when the patient is not eligible or has a series already.
    """
    require(by, Action.BOOK, at=site)
    locked_patient(patient.pk)
    if patient.site_id != site.pk:
        raise Refused(f"{patient.name} is in the care of another site.")
    if not 6 <= planned_count <= 8:
        raise Invalid({"planned_count": "A loading series has 6 to 8 infusions."})
    _require_eligible(patient, site)
    if Series.objects.filter(patient=patient, kind=Series.Kind.LOADING, state__in=OPEN).exists():
        raise Refused(f"{patient.name} has a loading series already. It ends before another begins.")
    return Series.objects.create(
        patient=patient,
        site=site,
        kind=Series.Kind.LOADING,
        template=template,
        planned_count=planned_count,
        goals=goals,
        opened_at=clock.now(),
        opened_by=by,
    )


def _require_eligible(patient: Patient, site: Site) -> None:
    if evaluations.in_force(patient, site.today()) is None:
        raise Refused(f"{patient.name} is not found eligible today. A provider evaluates and signs first.")


@transaction.atomic
def add_infusion(*, series: Series, appointment: Appointment, number: int, by: User) -> Infusion:
    """Give an appointment its place in the series: always the next number. Raises NotPermitted, Refused."""
    return add_infusions(series=series, appointments=[appointment], first=number, by=by)[0]


@transaction.atomic(savepoint=False)
def add_infusions(*, series: Series, appointments: Sequence[Appointment], first: int, by: User) -> list[Infusion]:
    """Give appointments the next places in the series, from number `first` on. Raises NotPermitted, Refused."""
    series = locked(series.pk)
    require(by, Action.BOOK, at=series.site)
    if series.state not in RUNNING:
        raise Refused(f"This series is {series.get_state_display().lower()}: no infusion can be added.")
    for appointment in appointments:
        _require_fitting(series, appointment)
    if Infusion.objects.filter(appointment__in=appointments).exists():
        raise Refused("This visit has its infusion already.")
    following = series.infusions.filter(number__isnull=False).count() + 1
    if series.planned_count and following + len(appointments) - 1 > series.planned_count:
        raise Refused(f"All {series.planned_count} infusions of this series are booked.")
    if first != following:
        raise Refused(f"The next infusion of this series is number {following}, not {first}.")
    numbered = enumerate(appointments, start=first)
    made = [Infusion(series=series, appointment=appointment, number=number) for number, appointment in numbered]
    Infusion.objects.bulk_create(made)
    StateEvent.objects.bulk_create(
        StateEvent(infusion=one, after=one.state, observed_at=clock.now(), by=by) for one in made
    )
    questionnaires.before_all(series, made)
    return made


def _require_fitting(series: Series, appointment: Appointment) -> None:
    fitting = Appointment.Kind.INFUSION if series.kind == Series.Kind.LOADING else Appointment.Kind.BOOSTER
    if appointment.patient_id != series.patient_id or appointment.site_id != series.site_id:
        raise Refused("This visit belongs to another patient or site.")
    if appointment.kind != fitting:
        raise Refused(f"This series takes visits of the kind “{fitting.label}”.")
    if not appointment.is_alive:
        raise Refused(f"This visit is {appointment.get_status_display().lower()}.")


@transaction.atomic
def renumber_after_miss(*, series: Series, by: User) -> list[Infusion]:
    """Number the infusions that remain in the order of their visits: a missed visit consumes no number.

    The verb that marked the miss has emptied its number before. Answers those whose number changed.
    """
    series = locked(series.pk)
    numbered = series.infusions.select_for_update(of=("self",)).select_related("appointment")
    return _renumber(series, list(numbered.filter(number__isnull=False).order_by("number")), by)


def _renumber(series: Series, numbered: Sequence[Infusion], by: User) -> list[Infusion]:
    require(by, Action.BOOK, at=series.site)
    alive = sorted(numbered, key=lambda infusion: infusion.started_at or infusion.appointment.starts_at)
    changed = [(infusion, number) for number, infusion in enumerate(alive, start=1) if infusion.number != number]
    for infusion, number in changed:
        infusion.number = number
        infusion.version += 1
    moved = [infusion for infusion, _ in changed]
    if moved:
        Infusion.objects.bulk_update(moved, ["number", "version"])
    return moved


FOLLOWS = {
    Appointment.Status.CANCELLED: Infusion.State.CANCELLED,
    Appointment.Status.NO_SHOW: Infusion.State.NO_SHOW,
}
HERE = (Appointment.Status.ARRIVED, Appointment.Status.IN_PROGRESS, Appointment.Status.DONE)


@transaction.atomic
def catch_up(*, appointment_id: UUID, by: User) -> None:
    """Bring an infusion in line with a visit that was changed without it. Raises what `follow_visit` raises."""
    follow_visit(Change(changes.locked(appointment_id), by))


def follow_visit(change: Change) -> None:
    """Bring an infusion in line with its visit, which was cancelled, missed, moved, or had one of these undone.

    A visit that gives nothing gives its number up to the next one. Calling it twice, or for a visit without an
    infusion, changes nothing. Raises Refused when an undone visit no longer has a place in its series, and when a visit
    is called off, or its arrival taken back, while the patient is at the chair.
    """
    place = of_visit.place(change)
    if place is None:
        return
    visit, infusion, by = change.visit, place.infusion, change.by
    if infusion.state in Infusion.IN_HOUSE and visit.status not in HERE:
        raise Refused("The patient is checked in at the chair. End the infusion there: “not given” calls it off.")
    after = FOLLOWS.get(Appointment.Status(visit.status))
    if after and infusion.state == Infusion.State.SCHEDULED:
        states.move_to(infusion, after, observed_at=clock.now(), by=by, reason=visit.reason, number=None)
    elif visit.is_alive and infusion.state in FOLLOWS.values():
        _take_back(place, by)
    _renumber(place.series, place.numbered, by)


def _take_back(place: Place, by: User) -> None:
    """The only way out of “cancelled” and “no-show”: the visit itself was restored within its quarter of an hour."""
    infusion, series = place.infusion, place.series
    following = len(place.numbered) + 1
    if series.state not in RUNNING or (series.planned_count and following > series.planned_count):
        raise Refused("The place of this infusion in its series has been taken meanwhile.")
    event = {"before": infusion.state, "after": Infusion.State.SCHEDULED, "by": by, "reason": "Undone"}
    StateEvent.objects.create(infusion=infusion, observed_at=clock.now(), **event)
    states.save(infusion, state=Infusion.State.SCHEDULED, number=following)


@transaction.atomic
def begin(*, series_id: UUID, by: User) -> Series:
    """The first infusion has started. Calling it again changes nothing."""
    series = locked(series_id)
    require(by, Action.RUN_INFUSION, at=series.site)
    if series.state == Series.State.PLANNED:
        series.state = Series.State.ACTIVE
        series.save(update_fields=["state"])
    return series


@transaction.atomic
def open_maintenance(*, follows: Series, by: User) -> Series:
    """Open the boosters that follow a loading series, once a provider has signed their plan.

    An older maintenance of the same patient ends with it. A second call answers the same series.
    """
    loading = locked(follows.pk)
    require(by, Action.BOOK, at=loading.site)
    if existing := Series.objects.filter(follows=loading).first():
        return existing
    if loading.kind != Series.Kind.LOADING or loading.state in OPEN:
        raise Refused("Boosters follow a loading series that has ended.")
    if not BoosterPlan.objects.filter(series=loading).exists():
        raise Refused("There is no booster plan yet. A provider reviews the response and signs one.")
    now = clock.now()
    Series.objects.filter(patient=loading.patient, kind=Series.Kind.MAINTENANCE, state__in=OPEN).update(
        state=Series.State.COMPLETED, ended_at=now
    )
    return Series.objects.create(
        patient=loading.patient,
        site=loading.site,
        kind=Series.Kind.MAINTENANCE,
        goals=loading.goals,
        follows=loading,
        opened_at=now,
        opened_by=by,
    )


@transaction.atomic
def complete(*, series_id: UUID, by: User) -> Series:
    """End a loading series whose last planned infusion was discharged. Raises Refused while any is left."""
    series = locked(series_id)
    require(by, Action.DISCHARGE, at=series.site)
    require_running(series, "Completed")
    if not _all_discharged(series):
        raise Refused("Infusions of this series are still to come, or the last one is not discharged.")
    series.state, series.ended_at = Series.State.COMPLETED, clock.now()
    series.save(update_fields=["state", "ended_at"])
    _ask_for_review(series)
    for follow in after_complete:
        follow(series, by)
    return series


def _ask_for_review(series: Series) -> None:
    """Put the review of the response on the provider's list."""
    series_tasks.ask(
        series,
        "review_due",
        "Review the response of {}",
        due_at=clock.now() + REVIEW_WITHIN,
        link=reverse("infusions:review", args=[series.pk]),
    )


def complete_when_done(*, series_id: UUID, by: User) -> bool:
    """Called at each discharge: ends the series if that was its last planned infusion."""
    series = Series.objects.get(pk=series_id)
    if series.kind != Series.Kind.LOADING or series.state not in RUNNING or not _all_discharged(series):
        return False
    complete(series_id=series_id, by=by)
    return True


def _all_discharged(series: Series) -> bool:
    discharged = series.infusions.filter(state=Infusion.State.DISCHARGED).count()
    return discharged == series.planned_count


@transaction.atomic
def stop(*, series_id: UUID, reason: str, by: User, anew: bool = False) -> Series:
    """End a series early: what is still to come is cancelled by the clinic, and every room does its part (J4).

    `anew`: another series follows at once, so that therapy and questionnaires go on with that one. Raises Invalid,
    Refused, NotPermitted.
    """
    lock_visits(series_id)
    series = locked(series_id)
    require(by, Action.REVIEW_RESPONSE, at=series.site)
    if series.state not in OPEN:
        require_running(series, "Stopped")
    if not reason.strip():
        raise Invalid({"reason": "Write why the series stops."})
    _call_off(series, reason, by)
    _end_weekly(series, "The series was stopped.", by)
    series.state, series.ended_at, series.ended_reason = Series.State.STOPPED, clock.now(), reason.strip()
    series.save(update_fields=["state", "ended_at", "ended_reason"])
    questionnaires.after(series.patient)
    ledger.void(subject_kind="series", subject_id=series.pk, why="The series was stopped.")
    if not anew:
        for follow in after_stop:
            follow(series, by)
    return series


@transaction.atomic
def suspend(*, series_id: UUID, reason: str, by: User) -> Series:
    """Let a series wait: what is booked is called off by the clinic, its numbers stay free, and therapy goes on.

    `reason` is read by everybody who sees the visits. Raises NotPermitted, IllegalTransition, Refused.
    """
    lock_visits(series_id)
    series = locked(series_id)
    require(by, Action.REVIEW_RESPONSE, at=series.site)
    require_running(series, "Suspended")
    _call_off(series, reason, by)
    series.state = Series.State.SUSPENDED
    series.save(update_fields=["state"])
    return series


@transaction.atomic
def resume(*, series_id: UUID, by: User) -> Series:
    """Go on with a suspended series, once a new evaluation says eligible. Raises NotPermitted, Refused."""
    series = locked(series_id)
    require(by, Action.REVIEW_RESPONSE, at=series.site)
    if series.state != Series.State.SUSPENDED:
        raise Refused("This series is not suspended.")
    _require_eligible(series.patient, series.site)
    series.state = Series.State.ACTIVE
    series.save(update_fields=["state"])
    _end_weekly(series, "The series goes on.", by)
    return series


def _end_weekly(series: Series, outcome: str, by: User) -> None:
    """The questionnaires of the weeks still to come are no longer asked for by these tasks."""
    open_ones = FollowUp.objects.filter(
        subject_kind="series", subject_id=series.pk, state=FollowUp.State.OPEN, kind__startswith=WEEKLY
    )
    series_tasks.end(series, open_ones.values_list("kind", flat=True), outcome, by)


def lock_visits(series_id: UUID, *, infusion_id: UUID | None = None) -> None:
    """Lock what is to come of the patient of a series, before the series itself: the sessions are called off with it.

    Whoever cancels or moves one visit locks in this order too: else each would wait for the other. The visit of one
    infusion is locked among them, also when it is over.
    """
    theirs = Q(patient__series=series_id, status__in=Appointment.ALIVE)
    if infusion_id is not None:
        theirs |= Q(infusion=infusion_id)
    visits = Appointment.objects.filter(pk__in=Appointment.objects.filter(theirs).values("pk"))
    list(visits.select_for_update().order_by("pk").values_list("pk"))


def _call_off(series: Series, reason: str, by: User) -> None:
    """Cancel every visit of the series that is still to come, on the clinic's part."""
    if series.infusions.filter(state__in=Infusion.IN_HOUSE).exists():
        raise Refused("An infusion of this series is going on. Discharge the patient first.")
    for infusion in series.infusions.filter(state=Infusion.State.SCHEDULED):
        changes.cancel(appointment_id=infusion.appointment_id, party="clinic", reason=reason.strip(), by=by)


def require_running(series: Series, wanted: str) -> None:
    if series.state not in RUNNING:
        raise IllegalTransition("This series", current=series.get_state_display(), wanted=wanted, allowed=[])


def locked(series_id: UUID) -> Series:
    """The series with its row locked until the transaction ends. Raises NotFound.

    Rows that point to it may still be written: a score that is kept under its patient's lock must not wait here for
    somebody who waits for that patient. The order is visits, series, patient.
    """
    series = (
        Series.objects.select_for_update(of=("self",), no_key=True)
        .select_related("site", "patient")
        .filter(pk=series_id)
        .first()
    )
    if series is None:
        raise NotFound
    return series


def resting(patients: set[UUID]) -> set[UUID]:
    """Whose series is suspended: they are not asked to come earlier."""
    found = Series.objects.filter(patient__in=patients, state=Series.State.SUSPENDED)
    return set(found.values_list("patient_id", flat=True))
