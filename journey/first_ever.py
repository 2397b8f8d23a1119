"""The first infusion of a life takes the whole of a nurse, also when it became the first because another was lost.

When that loss is undone, what it took is given back with it.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from clinic import settings_versions
from clinic.errors import Refused
from clinic.models import User
from infusions.models import Infusion, Series
from infusions.series import RUNNING
from visits import changes, undoing
from visits.changes import Moving, as_wanted
from visits.models import Appointment
from visits.rules import Timing

REASON = "The first infusion ever by now: the whole of a nurse."


def waiting(series: Series) -> Appointment | None:
    """The next infusion of a running series, while nothing was ever given to this patient."""
    if Infusion.objects.filter(series__patient=series.patient_id, state__in=Infusion.GIVEN).exists():
        return None
    found = Appointment.objects.filter(infusion__series=series, infusion__number__isnull=False)
    booked = found.filter(status__in=[Appointment.Status.BOOKED, Appointment.Status.CONFIRMED])
    return booked.select_related("site", "patient").order_by("starts_at").first()


@transaction.atomic
def follow_visit(*, appointment_id: UUID, by: User) -> None:
    """After an infusion was lost: the one that is first by now keeps its hour, and takes the whole of a nurse.

    Where no nurse is free for that, or somebody is changing it at this moment, it stays as it is: the repair of the
    series warns of it.
    """
    _give_back(appointment_id, by)
    lost = Appointment.objects.filter(pk=appointment_id, infusion__number__isnull=True).exclude(
        status__in=Appointment.ALIVE
    )
    for series in Series.objects.filter(
        infusions__appointment__in=lost, kind=Series.Kind.LOADING, state__in=RUNNING
    ).select_related("site"):
        visit = waiting(series)
        if visit is None or _is_whole(visit) or not _lock_at_once(visit):
            continue
        whole = Moving(visit.pk, visit.starts_at, version=visit.version, first_ever=True)
        try:
            changes.move_all(moves=[whole], reason=REASON, by=by)
        except Refused:
            continue


def _give_back(appointment_id: UUID, by: User) -> None:
    """Once this visit is the first again, the ones that took a whole nurse in its stead have their lane as before."""
    series = Series.objects.filter(infusions__appointment=appointment_id, kind=Series.Kind.LOADING).first()
    first = waiting(series) if series else None
    if first is None or first.pk != appointment_id:
        return
    others = Appointment.objects.filter(infusion__series=series, status__in=Appointment.ALIVE).exclude(pk=first.pk)
    for visit in others.filter(status_events__reason=REASON, status_events__undone_at__isnull=True).distinct():
        change = undoing.last_change(visit)
        if change is None or change.reason != REASON or not _lock_at_once(visit):
            continue
        try:
            undoing.undo_all(events=[change], by=by)
        except Refused:
            continue


def _lock_at_once(visit: Appointment) -> bool:
    """Lock its row without waiting: rows of visits are locked already here, and the order of their ids is not kept."""
    rows = Appointment.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=visit.pk)
    return rows.first() is not None


def _is_whole(visit: Appointment) -> bool:
    timing = Timing.of(settings_versions.current(visit.site))
    return as_wanted(visit, visit.starts_at, None, None, timing).first_ever
