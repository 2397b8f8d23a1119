"""The booked course behind a cost estimate, and the tasks that an estimate opens and closes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from functools import partial
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from clinic import clock
from clinic.models import Site, User
from clinic.policy import Role
from clinic.wording import listed
from infusions.models import Infusion, Series
from insurance import estimate_watch, estimates, tasks
from insurance.estimate_ground import Ground
from insurance.estimate_items import HALF_WEEK, Visits
from insurance.estimate_words import money, share
from insurance.estimates import Course
from insurance.models import Estimate
from patients.models import Patient
from reminders import followups
from reminders.models import FollowUp
from therapy.models import TherapySession
from visits.followers import Change
from visits.models import Appointment
from visits.planner import Proposal

DUE, AGAIN, EXCEEDED = "estimate_due", "estimate_again", "estimate_exceeded"
SUBJECT = "estimate"
EVENING = time(17)
RUNNING = (Series.State.PLANNED, Series.State.ACTIVE, Series.State.SUSPENDED)
GONE = (TherapySession.State.MISSED, TherapySession.State.MOVED)
NOT_GIVEN = (Infusion.State.CANCELLED, Infusion.State.NO_SHOW, Infusion.State.NOT_GIVEN)


def course(patient: Patient, series_id: UUID | None) -> Course | None:
    """A patient's loading series: this one, or the newest that runs or was stopped."""
    rows = Series.objects.filter(patient=patient, kind=Series.Kind.LOADING).select_related("site")
    told = rows.filter(state__in=(*RUNNING, Series.State.STOPPED))
    found = (rows.filter(pk=series_id) if series_id else told).first()
    if found is None:
        return None
    days = _infusion_days(found)
    stopped = found.state == Series.State.STOPPED
    if not stopped:
        days = _filled(days, found.planned_count or 0)
    return Course(found.pk, found.planned_count or 0, _visits(found, days), stopped)


def _infusion_days(series: Series) -> list[date]:
    held = series.infusions.exclude(state__in=NOT_GIVEN).select_related("appointment")
    return sorted(series.site.local(each.appointment.starts_at).date() for each in held if each.appointment)


def _filled(days: list[date], count: int) -> list[date]:
    """What is planned and not booked, or to be booked again, follows by half weeks."""
    if not days:
        return days
    last, lacking = days[-1], count - len(days)
    return [*days, *(last + timedelta(days=round(HALF_WEEK * step)) for step in range(1, lacking + 1))]


def _visits(series: Series, days: list[date]) -> Visits:
    site = series.site
    sessions = TherapySession.objects.filter(series=series, appointment__isnull=False).exclude(state__in=GONE)
    held = [each.appointment for each in sessions.select_related("appointment") if each.appointment]
    talks = sorted(site.local(visit.starts_at).date() for visit in held)
    coming = Appointment.objects.filter(
        patient=series.patient_id, kind=Appointment.Kind.EVALUATION, starts_at__gte=clock.now(),
        status__in=(Appointment.Status.BOOKED, Appointment.Status.CONFIRMED),
    ).first()  # fmt: skip
    return Visits(site.local(coming.starts_at).date() if coming else None, tuple(days), tuple(talks))


def of_proposal(proposal: Proposal, site: Site) -> Visits:
    """The days of a plan that is only proposed."""
    talks = (proposal.preparation, proposal.midpoint, proposal.integration)
    infusions, sessions = (
        tuple(site.local(slot.starts_at).date() for slot in slots) for slots in (proposal.infusions, talks)
    )
    return Visits(None, infusions, sessions)


def costs(patient: Patient, proposals: Sequence[Proposal]) -> list[str]:
    """What the patient pays for each proposal, in a line; nothing where the site has no prices yet."""
    ground = Ground.of(patient)
    if not ground.has_prices:
        return [""] * len(proposals)
    return [_cost(ground, of_proposal(proposal, patient.site)) for proposal in proposals]


def _cost(ground: Ground, visits: Visits) -> str:
    answer = ground.count(visits)
    alone = money(answer.self_pay.total)
    if answer.plan is None:
        return f"{alone}, paying alone."
    plan = f"{share(answer.plan.share_from, answer.plan.share_to)} with {listed(ground.payers)}"
    return f"{alone}, paying alone." if ground.is_alone(visits) else f"{plan}; {alone} paying alone."


# Tasks


def ask_to_give(estimate: Estimate, by: User) -> None:
    """The legal clock of a good-faith estimate. What is asked for already is not asked for twice."""
    if estimate.due_on and not is_asked_for(estimate.patient_id):
        _open(estimate, f"Give {estimate.patient.name} the cost estimate", estimate.due_on)


def ask_anew(estimate: Estimate) -> None:
    """What the patient holds is no longer what is planned."""
    found = course(estimate.patient, estimate.series_id) if estimate.series_id else None
    if not is_asked_for(estimate.patient_id) and not (found and found.stopped):  # a stop asks by itself
        title = f"Give {estimate.patient.name} a new cost estimate: {estimate.outdated_why}"
        _open(estimate, title, estimates.due_again(estimate))


def is_asked_for(patient_id: UUID) -> bool:
    """Whether a task for an estimate is open."""
    return FollowUp.objects.filter(kind=DUE, patient=patient_id, state=FollowUp.State.OPEN).exists()


def _open(estimate: Estimate, title: str, due: date) -> None:
    followups.open_task(
        kind=DUE,
        site=estimate.site,
        patient=estimate.patient,
        title=title,
        subject_kind=SUBJECT,
        subject_id=estimate.pk,
        owner_role=Role.INSURANCE_ADMIN,
        due_at=estimate.site.moment(due, EVENING),
        link=reverse("insurance:costs", args=[estimate.patient_id]),
    )


def close_tasks(estimate: Estimate, by: User) -> None:
    """The estimate is in the patient's hands: whatever asked for one closes itself."""
    waiting = FollowUp.objects.filter(patient=estimate.patient_id, kind__in=(DUE, AGAIN), state=FollowUp.State.OPEN)
    for kind, subject_kind, subject_id in list(waiting.values_list("kind", "subject_kind", "subject_id")):
        followups.close_for(
            subject_kind=subject_kind, subject_id=subject_id, kind=kind, outcome="The estimate was given.", by=by
        )


def warn(estimate: Estimate, bill: Decimal) -> None:
    """Billed at least $400 more than estimated: the patient may dispute it, so the desk looks first."""
    followups.keep(
        followups.Key(EXCEEDED, SUBJECT, estimate.pk, str(bill)),
        True,
        site=estimate.site,
        patient=estimate.patient,
        title=f"Bills of {estimate.patient.name} run past the estimate: {money(bill)} of {money(estimate.total)}",
        owner_role=Role.INSURANCE_ADMIN,
        due_at=clock.now() + timedelta(days=1),
        link=reverse("insurance:estimate", args=[estimate.pk]),
    )


# What makes an estimate worth a new look


def follow_visit(change: Change) -> None:
    """A visit was moved, cancelled or missed."""
    patient = change.visit.patient
    if Estimate.objects.filter(patient=patient, outdated_at__isnull=True, given_at__isnull=False).exists():
        estimate_watch.look(patient)


def follow_patient(patient: Patient, by: User) -> None:
    """Who pays has changed."""
    estimate_watch.look(patient)


def follow_prices(site: Site) -> None:
    """A price has changed: a worker looks, since a site holds thousands of estimates and the page waits."""
    transaction.on_commit(partial(tasks.hand_over_prices, site.pk))
