"""Sessions that a series needs and nobody has booked: preparation, midpoint, integration (protocol 5, 7.2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from clinic import clock, settings_versions
from clinic.models import Site, User
from infusions.models import Infusion, Series
from patients.models import Patient
from reminders.asking import Ask, Watch
from therapy import windows
from therapy.models import TherapySession
from therapy.windows import Window
from visits.models import Appointment

Kind = TherapySession.Kind
TASKS = {kind: f"{kind}_unbooked" for kind in TherapySession.ONCE}
DAY = timedelta(days=1)


def unbooked(site: Site, patient: Patient | None = None) -> Iterator[Window]:
    """The windows of loading series whose session is wanted, and not booked by anybody."""
    since = clock.now() - 2 * settings_versions.current(site).integration_grace_days * DAY
    rows = Series.objects.filter(site=site, kind=Series.Kind.LOADING).exclude(state=Series.State.SUSPENDED)
    rows = rows.exclude(ended_at__lt=since).select_related("patient", "site")
    found = list(rows.filter(patient=patient) if patient else rows)
    alone = _booked_alone(found)
    for window in windows.of_series(found):
        lacking = window.wanted and not window.booked and not window.is_over
        if lacking and window.kind not in alone.get(window.series.pk, ()):
            yield window


def _booked_alone(found: Sequence[Series]) -> dict[UUID, set[str]]:
    """Visits of these kinds that were booked by themselves while a series ran: somebody has seen to it."""
    visits = Appointment.objects.filter(
        patient__in={series.patient_id for series in found},
        kind__in=TherapySession.ONCE,
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
    for window in unbooked(site, patient):
        if window.series.state == Series.State.STOPPED:
            continue  # the therapist was asked to offer it (stopping)
        series = window.series
        yield Ask(
            ("series", series.pk),
            f"Book the {window.label.lower()} of {series.patient.name}",
            _due(window),
            where(window),
            series.patient,
            kind=TASKS[window.kind],
        )


def _due(window: Window) -> datetime:
    """By when it has to be booked: a day ahead; the integration as the series ends, and then by its 72 hours."""
    if window.kind != Kind.INTEGRATION:
        return (window.closes or window.opens) - DAY
    ended = window.series.state not in windows.RUNNING
    return window.closes if ended and window.closes else window.opens


def where(window: Window) -> str:
    """The page that books it."""
    query = f"kind={window.kind}&series={window.series.pk}"
    return f"{reverse('therapy:book', args=[window.series.patient_id])}?{query}"


WATCH = Watch(tuple(TASKS.values()), "The session is booked, or no longer due.", _asks)


def follow_visit(*, appointment_id: UUID, by: User) -> None:
    """A session, or an infusion that its window hangs on, was called off, missed, moved or brought back."""
    of_session = TherapySession.objects.filter(appointment=appointment_id).values("series")
    of_infusion = Infusion.objects.filter(appointment=appointment_id).values("series")
    found = Series.objects.filter(Q(pk__in=of_session) | Q(pk__in=of_infusion), kind=Series.Kind.LOADING)
    series = found.select_related("site", "patient").first()
    if series is not None:
        WATCH.look(series.site, patient=series.patient, by=by)
