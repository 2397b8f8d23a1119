"""Sessions that a series needs and nobody has booked: preparation, midpoint, integration (protocol 5, 7.2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.urls import reverse

from clinic import settings_versions
from clinic.models import Site
from infusions.models import Series
from patients.models import Patient
from reminders.asking import Ask, Watch
from therapy import of_visit, windows
from therapy.models import TherapySession
from therapy.windows import Window
from visits.followers import Change
from visits.models import Appointment

Kind = TherapySession.Kind
TASKS = {kind: f"{kind}_unbooked" for kind in TherapySession.ONCE}
DAY = timedelta(days=1)


def unbooked(site: Site, patient: Patient | None = None) -> Iterator[Window]:
    """The windows of loading series whose session is wanted, and not booked by anybody."""
    rows = windows.series_to_mind(site, settings_versions.current(site))
    return still_lacking(windows.of_series(rows.filter(patient=patient) if patient else rows))


def still_lacking(found: Sequence[Window]) -> Iterator[Window]:
    """Those of these windows whose session is wanted, and not booked by anybody."""
    lacking = [window for window in found if window.wanted and not window.booked and not window.is_over]
    alone = _booked_alone([window.series for window in lacking])
    return (window for window in lacking if window.kind not in alone.get(window.series.pk, ()))


def _booked_alone(found: Sequence[Series]) -> dict[UUID, set[str]]:
    """Visits of these kinds that were booked by themselves while a series ran: somebody has seen to it."""
    if not found:
        return {}
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
    return _asks_for(unbooked(site, patient))


def _asks_for(lacking: Iterable[Window]) -> Iterator[Ask]:
    for window in lacking:
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


def follow_visit(change: Change) -> None:
    """A session, or an infusion that its window hangs on, was called off, missed, moved or brought back."""
    series, ground = of_visit.series(change), of_visit.ground(change)
    if series is None or ground is None or series.kind != Series.Kind.LOADING:
        return
    minded = windows.is_to_mind(series, change.settings)
    found = [window for window in windows.of_ground(ground) if minded or window.series.pk != series.pk]
    WATCH.settle(_asks_for(still_lacking(found)), series.site, patient=series.patient, by=change.by)
