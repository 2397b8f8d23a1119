"""The first infusion of a life takes the whole of a nurse, also when it became the first because another was lost.

When that loss is undone, what it took is given back with it.
"""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from clinic.errors import Refused
from clinic.models import ProtocolSettings, User
from infusions import of_visit
from infusions.models import Infusion, Series
from infusions.of_visit import Place
from infusions.series import RUNNING
from visits import changes, undoing
from visits.changes import Moving, as_wanted
from visits.followers import Change
from visits.models import Appointment, StatusEvent
from visits.rules import Timing

WAITING = (Appointment.Status.BOOKED, Appointment.Status.CONFIRMED)
REASON = "The first infusion ever by now: the whole of a nurse."


def waiting(series: Series) -> Appointment | None:
    """The next infusion of a running series, while nothing was ever given to this patient."""
    if _was_given(series.patient_id):
        return None
    found = Appointment.objects.filter(infusion__series=series, infusion__number__isnull=False)
    return found.filter(status__in=WAITING).select_related("site", "patient").order_by("starts_at").first()


def _was_given(patient_id: UUID) -> bool:
    return Infusion.objects.filter(series__patient=patient_id, state__in=Infusion.GIVEN).exists()


def follow_visit(change: Change) -> None:
    """After an infusion was lost: the one that is first by now keeps its hour, and takes the whole of a nurse.

    Where no nurse is free for that, or somebody is changing it at this moment, it stays as it is: the repair of the
    series warns of it.
    """
    place = of_visit.place(change)
    if place is None or place.series.kind != Series.Kind.LOADING:
        return
    if change.visit.is_alive:
        _give_back(place, change.by)
    elif place.infusion.number is None and place.series.state in RUNNING:
        _take_whole(place, change)


def _take_whole(place: Place, change: Change) -> None:
    visit = _first(place)
    if visit is None or _is_whole(visit, change.settings) or not _lock_at_once(visit):
        return
    whole = Moving(visit.pk, visit.starts_at, version=visit.version, first_ever=True)
    with suppress(Refused):
        changes.move_all(moves=[whole], reason=REASON, by=change.by)


def _first(place: Place) -> Appointment | None:
    """What `waiting` answers, of a series that was read already."""
    booked = [one.appointment for one in place.numbered if one.appointment.status in WAITING]
    given = any(one.state in Infusion.GIVEN for one in place.infusions)
    if not booked or given or _was_given(place.series.patient_id):
        return None
    first = min(booked, key=lambda visit: visit.starts_at)
    first.site, first.patient = place.series.site, place.series.patient
    return first


def _give_back(place: Place, by: User) -> None:
    """Once this visit is the first again, the ones that took a whole nurse in its stead have their lane as before."""
    changed = StatusEvent.objects.filter(reason=REASON, undone_at__isnull=True)
    others = [one.appointment for one in place.infusions if one.pk != place.infusion.pk and one.appointment.is_alive]
    took = set(changed.filter(appointment__in=others).values_list("appointment", flat=True)) if others else set()
    if not took or _first(place) != place.infusion.appointment:
        return
    for visit in others:
        change = undoing.last_change(visit) if visit.pk in took else None
        if change is not None and change.reason == REASON and _lock_at_once(visit):
            with suppress(Refused):
                undoing.undo_all(events=[change], by=by)


def _lock_at_once(visit: Appointment) -> bool:
    """Lock its row without waiting: rows of visits are locked already here, and the order of their ids is not kept."""
    rows = Appointment.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=visit.pk)
    return rows.first() is not None


def _is_whole(visit: Appointment, settings: ProtocolSettings) -> bool:
    return as_wanted(visit, visit.starts_at, None, None, Timing.of(settings)).first_ever
