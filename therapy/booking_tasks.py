"""Sessions that a series needs and nobody has booked: preparation, midpoint, integration (protocol 5, 7.2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from django.db.models import Prefetch, Q
from django.urls import reverse

from clinic import clock, settings_versions
from clinic.models import ProtocolSettings, Site, User
from infusions.models import Infusion, Series
from patients.models import Patient
from reminders.asking import Ask, Watch
from therapy.models import TherapySession
from visits.models import Appointment
from visits.rules import midpoint_between

Kind, State = TherapySession.Kind, TherapySession.State
TASKS = {kind: f"{kind}_unbooked" for kind in TherapySession.ONCE}
LOST = (State.MISSED, State.MOVED)
RUNNING = (Series.State.PLANNED, Series.State.ACTIVE)


@dataclass(frozen=True)
class _Course:
    """A loading series with its infusions in order and the sessions that stand."""

    series: Series
    settings: ProtocolSettings
    infusions: list[Infusion]
    stands: frozenset[str]

    @property
    def given(self) -> int:
        return sum(each.state in Infusion.GIVEN for each in self.infusions)

    def due(self, kind: str) -> datetime | None:
        """By when the session has to be booked; None while it is not wanted."""
        if kind in self.stands or not self.infusions:
            return None
        return {Kind.PREPARATION: self._preparation, Kind.MIDPOINT: self._midpoint}.get(Kind(kind), self._integration)()

    def _preparation(self) -> datetime | None:
        return None if self.given or not self._runs else self.infusions[0].appointment.starts_at - timedelta(days=1)

    def _midpoint(self) -> datetime | None:
        """Until the infusion before which it has to be; afterwards it is no midpoint any more."""
        _, before = midpoint_between(self.series.planned_count or len(self.infusions))
        if not self._runs or self.given >= before - 1 or len(self.infusions) < before:
            return None
        return self.infusions[before - 1].appointment.starts_at - timedelta(days=1)

    def _integration(self) -> datetime | None:
        """While the series runs, and within the grace after its last infusion."""
        last = self.infusions[-1].appointment.starts_at
        settings = self.settings
        if self._runs:
            return last
        if self.series.state != Series.State.COMPLETED:
            return None
        grace = last + timedelta(days=settings.integration_grace_days)
        return last + timedelta(hours=settings.integration_hours) if clock.now() <= grace else None

    @property
    def _runs(self) -> bool:
        return self.series.state in RUNNING


def _courses(site: Site, patient: Patient | None) -> Iterator[_Course]:
    settings = settings_versions.current(site)
    since = clock.now() - timedelta(days=2 * settings.integration_grace_days)
    rows = Series.objects.filter(site=site, kind=Series.Kind.LOADING).exclude(
        state=Series.State.COMPLETED, ended_at__lt=since
    )
    rows = rows.filter(state__in=[*RUNNING, Series.State.COMPLETED])
    if patient is not None:
        rows = rows.filter(patient=patient)
    numbered = Infusion.objects.filter(number__isnull=False).select_related("appointment").order_by("number")
    standing = TherapySession.objects.exclude(state__in=LOST).exclude(
        state=State.PLANNED, appointment__status__in=[Appointment.Status.CANCELLED, Appointment.Status.NO_SHOW]
    )
    found = list(
        rows.select_related("patient", "site").prefetch_related(
            Prefetch("infusions", numbered, to_attr="numbered"),
            Prefetch("therapy_sessions", standing, to_attr="standing"),
        )
    )
    booked = _booked_alone(found)
    for series in found:
        stands = {each.kind for each in cast(list[TherapySession], series.standing)} | booked.get(series.pk, set())
        yield _Course(series, settings, cast(list[Infusion], series.numbered), frozenset(stands))


def _booked_alone(found: Sequence[Series]) -> dict[UUID, set[str]]:
    """Visits of these kinds that were booked by themselves while a series ran: somebody has seen to it."""
    visits = Appointment.objects.filter(
        patient__in={series.patient_id for series in found},
        kind__in=Appointment.THERAPY,
        status__in=[*Appointment.ALIVE, Appointment.Status.DONE],
        therapy_session__isnull=True,
    ).values_list("patient_id", "kind", "starts_at")
    kept: dict[UUID, set[str]] = {}
    for patient, kind, starts_at in visits:
        for series in found:
            if series.patient_id == patient and starts_at >= series.opened_at:
                kept.setdefault(series.pk, set()).add(kind)
    return kept


def _asks(site: Site, patient: Patient | None) -> Iterator[Ask]:
    for course in _courses(site, patient):
        for kind, task in TASKS.items():
            due = course.due(kind)
            if due is not None:
                series = course.series
                yield Ask(
                    ("series", series.pk),
                    f"Book the {Kind(kind).label.lower()} session of {series.patient.name}",
                    due,
                    _where(course, kind),
                    series.patient,
                    kind=task,
                )


def _where(course: _Course, kind: str) -> str:
    """A running series is mended as a whole; after it the visit is booked by itself."""
    if course.series.state in RUNNING:
        return reverse("journey:repair-series", args=[course.series.pk])
    return f"{reverse('visits:book', args=[course.series.patient_id])}?kind={kind}"


WATCH = Watch(tuple(TASKS.values()), "The session is booked, or no longer due.", _asks)


def follow_visit(*, appointment_id: UUID, by: User) -> None:
    """A session, or an infusion that its window hangs on, was called off, missed, moved or brought back."""
    of_session = TherapySession.objects.filter(appointment=appointment_id).values("series")
    of_infusion = Infusion.objects.filter(appointment=appointment_id).values("series")
    found = Series.objects.filter(Q(pk__in=of_session) | Q(pk__in=of_infusion), kind=Series.Kind.LOADING)
    series = found.select_related("site", "patient").first()
    if series is not None:
        WATCH.look(series.site, patient=series.patient, by=by)
