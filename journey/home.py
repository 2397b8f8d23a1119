"""What this person has to do now: one thing first, then the order of the clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from textwrap import shorten

from django.db.models import F
from django.urls import reverse

from clinic import clock, settings_versions
from clinic.access import may_open
from clinic.models import Site, User
from clinic.policy import Role
from infusions.models import Infusion, Order, Series
from insurance.models import Verification
from patients.models import Evaluation, Inquiry, SafetyAlert
from reminders import kinds, task_lists
from reminders.models import FollowUp
from therapy import cards
from therapy.models import TherapySession
from visits.models import Appointment

WORDS = 90  # characters of an intention card; the page of the infusion has all of it
LIMIT = 20  # rows of one kind; the lists behind the navigation show the rest


@dataclass(frozen=True)
class Todo:
    """One line of the list: when, for whom, what, and the one button that does it."""

    at: datetime
    title: str
    sub: str
    href: str
    button: str
    tone: str = "none"
    urgent: bool = False
    waits: bool = False  # `at` is when it came in, not when it is due

    @property
    def mark(self) -> str:
        """The icon that goes with the tone."""
        return "clock" if self.tone == "act" else self.tone


def todos(user: User, site: Site) -> list[Todo]:
    """Everything that waits for this user at this site: what is urgent first, then by the clock."""
    rows: list[Todo] = []
    for role, sources in SOURCES.items():
        if role in user.roles_at(site):
            for source in sources:
                rows += source(user, site)
    seen = {row.href for row in rows}
    rows += [row for row in _tasks(user, site) if row.href not in seen]  # what stands there already is said once
    unique = {(row.href, row.title): row for row in rows}
    return sorted(unique.values(), key=lambda row: (not row.urgent, row.at))


def _today(site: Site) -> tuple[datetime, datetime]:
    return site.day_bounds(site.today())


def _arrivals(user: User, site: Site) -> Iterator[Todo]:
    """People who are due and not here yet."""
    start, end = _today(site)
    now, grace = clock.now(), settings_versions.current(site).late_grace_minutes
    waiting = (
        Appointment.objects.filter(
            site=site, starts_at__gte=start, starts_at__lt=end, status__in=["booked", "confirmed"]
        )
        .select_related("patient")
        .order_by("starts_at")[:LIMIT]
    )
    for visit in waiting:
        minutes = int((now - visit.starts_at).total_seconds() // 60)
        late = minutes > grace
        yield Todo(
            at=visit.starts_at,
            title=f"{visit.patient.name} arrives",
            sub=f"{visit.get_kind_display()}, {minutes} min late" if late else visit.get_kind_display(),
            href=f"{reverse('journey:arrivals')}#row-{visit.pk}",
            button="Check in",
            tone="warn" if late else "none",
            urgent=minutes >= -15,
        )


def _inquiries(user: User, site: Site) -> Iterator[Todo]:
    for inquiry in Inquiry.objects.filter(site=site, state=Inquiry.State.NEW).order_by("received_at")[:LIMIT]:
        yield Todo(
            at=inquiry.received_at,
            title=f"Call {inquiry}",
            sub=f"Asked for an appointment ({inquiry.get_source_display().lower()})",
            href=reverse("patients:inquiry", args=[inquiry.pk]),
            button="Open",
            tone="info",
            waits=True,
        )


def _infusions(user: User, site: Site) -> Iterator[Todo]:
    """Today's infusions: those in the house first, each with the words that its therapist shared for the chair."""
    start, end = _today(site)
    rows = list(
        Infusion.objects.filter(
            appointment__site=site, appointment__starts_at__gte=start, appointment__starts_at__lt=end
        )
        .exclude(state__in=["discharged", "not_given", "no_show", "cancelled"])
        .select_related("appointment", "series__patient")
        .order_by("appointment__starts_at")[:LIMIT]
    )
    shared = cards.for_infusions(rows)
    for infusion in rows:
        here = infusion.state in Infusion.IN_HOUSE
        card = shared.get(infusion.pk)
        words = f" · “{shorten(card.words, WORDS, placeholder='…')}”" if card else ""
        yield Todo(
            at=infusion.appointment.starts_at,
            title=infusion.series.patient.name,
            sub=f"{infusion}, {infusion.get_state_display().lower()}{words}",
            href=reverse("infusions:infusion", args=[infusion.pk]),
            button="Open infusion",
            tone="act" if here else "none",
            urgent=infusion.state in Infusion.RUNNING,
        )


def _alerts(user: User, site: Site) -> Iterator[Todo]:
    alerts = (
        SafetyAlert.objects.filter(patient__site=site, closed_at__isnull=True)
        .select_related("patient")
        .order_by("acknowledge_by")[:LIMIT]
    )
    for alert in alerts:
        yield Todo(
            at=alert.acknowledge_by,
            title=f"{alert.patient.name}: safety alert",
            sub="Acknowledged" if alert.acknowledged_at else "Nobody has answered yet",
            href=reverse("patients:alert", args=[alert.pk]),
            button="Open",
            tone="stop",
            urgent=True,
        )


def _evaluations(user: User, site: Site) -> Iterator[Todo]:
    drafts = (
        Evaluation.objects.filter(patient__site=site, signed_at__isnull=True)
        .select_related("patient")
        .order_by("observed_at")[:LIMIT]
    )
    for evaluation in drafts:
        yield Todo(
            at=evaluation.observed_at,
            title=f"Evaluation of {evaluation.patient.name}",
            sub=evaluation.get_state_display(),
            href=reverse("patients:evaluation", args=[evaluation.pk]),
            button="Read and sign",
        )


def _orders(user: User, site: Site) -> Iterator[Todo]:
    """Infusions of the next two days whose series has no order, or whose order waits for a second signature."""
    soon = (
        Infusion.objects.filter(
            appointment__site=site,
            state=Infusion.State.SCHEDULED,
            appointment__starts_at__gte=_today(site)[0],
            appointment__starts_at__lt=clock.now() + timedelta(days=2),
        )
        .exclude(series__orders__isnull=False)
        .select_related("series__patient", "appointment")
        .order_by("appointment__starts_at")[:LIMIT]
    )
    for infusion in soon:
        yield Todo(
            at=infusion.appointment.starts_at,
            title=f"Order for {infusion.series.patient.name}",
            sub=f"{infusion} has no order yet",
            href=reverse("infusions:orders", args=[infusion.series_id]),
            button="Write the order",
            tone="warn",
        )
    second = (
        Order.objects.filter(
            series__site=site, needs_second=True, second_signed_at__isnull=True, superseded_by__isnull=True
        )
        .exclude(signed_by=user)
        .select_related("series__patient")
        .order_by("signed_at")[:LIMIT]
    )
    for order in second:
        yield Todo(
            at=order.signed_at,
            title=f"Second signature for {order.series.patient.name}",
            sub="The dose is above the soft ceiling",
            href=reverse("infusions:orders", args=[order.series_id]),
            button="Read and sign",
            tone="warn",
        )


def _reviews(user: User, site: Site) -> Iterator[Todo]:
    """Series that ended without the provider's review."""
    due = (
        Series.objects.filter(site=site, kind=Series.Kind.LOADING, state=Series.State.COMPLETED)
        .exclude(reviews__signed_at__gte=F("ended_at"))
        .select_related("patient")
        .order_by("ended_at")[:LIMIT]
    )
    for series in due:
        yield Todo(
            at=series.ended_at or series.opened_at,
            title=f"Review the response of {series.patient.name}",
            sub="The series is complete",
            href=reverse("infusions:review", args=[series.pk]),
            button="Review",
            tone="info",
        )


def _sessions(user: User, site: Site) -> Iterator[Todo]:
    """My sessions of today, and my notes that are not signed."""
    start, end = _today(site)
    mine = (
        TherapySession.objects.filter(
            therapist=user,
            series__site=site,
            appointment__starts_at__lt=end,
            state__in=["planned", "held", "documented"],
        )
        .exclude(appointment__status__in=["cancelled", "no_show"])
        .select_related("patient", "appointment")
        .order_by("appointment__starts_at")[:LIMIT]
    )
    for session in mine:
        assert session.appointment
        past = session.appointment.starts_at < start
        yield Todo(
            at=session.appointment.starts_at,
            title=session.patient.name,
            sub=f"{session}, note not signed" if past else str(session),
            href=reverse("therapy:session", args=[session.pk]),
            button="Write and sign" if past else "Open",
            tone="warn" if past else "none",
        )


def _verifications(user: User, site: Site) -> Iterator[Todo]:
    waiting = (
        Verification.objects.filter(patient__site=site, state__in=["not_started", "in_progress", "needs_info", "error"])
        .select_related("patient", "coverage__payer")
        .order_by("due_on", "opened_at")[:LIMIT]
    )
    for check in waiting:
        due = site.day_bounds(check.due_on)[0] if check.due_on else check.opened_at
        payer = check.coverage.payer.name if check.coverage else "no coverage on file"
        yield Todo(
            at=due,
            title=f"Verify benefits of {check.patient.name}",
            sub=f"{check.get_leg_display()}, {payer}: {check.get_state_display().lower()}",
            href=reverse("insurance:verification", args=[check.pk]),
            button="Open",
            tone="stop" if check.state == "error" else "none",
        )


def _tasks(user: User, site: Site) -> Iterator[Todo]:
    now = clock.now()
    soon = task_lists.for_user(user, site).filter(due_at__lt=now + timedelta(days=2))
    for task in task_lists.pressing_first(soon)[:LIMIT]:
        grave = task_lists.is_grave(task)
        yield Todo(
            at=task.due_at,
            title=task.title,
            sub=_pressing(task, now),
            href=task.link if may_open(user, task.link, site) else reverse("reminders:task", args=[task.pk]),
            button="Open",
            tone="stop" if grave else "warn" if task.due_at < now else "none",
            urgent=grave,
        )


def _pressing(task: FollowUp, now: datetime) -> str:
    label = kinds.of(task.kind).label
    if task.escalated_at or task.due_at < now:
        return f"{'Escalated' if task.escalated_at else 'Late'}: {label}"
    return label


Source = Callable[[User, Site], Iterator[Todo]]
SOURCES: dict[Role, tuple[Source, ...]] = {
    Role.FRONT_DESK: (_arrivals, _inquiries),
    Role.NURSE: (_infusions, _alerts),
    Role.PROVIDER: (_alerts, _evaluations, _orders, _reviews),
    Role.THERAPIST: (_sessions, _alerts),
    Role.INSURANCE_ADMIN: (_verifications,),
    Role.CLINIC_ADMIN: (),
}
