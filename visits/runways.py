"""How far the payer's leave reaches for a visit: beside it wherever it is shown, and before one is booked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from insurance import runway
from insurance.runway import Runway
from patients.models import Patient
from visits.models import Appointment

COUNTS = (*Appointment.ALIVE, Appointment.Status.DONE)


def of_visits(visits: Iterable[Appointment]) -> dict[UUID, Runway]:
    """By visit, those with an authorization on file; in a constant number of queries, their sites being read."""
    asked = [visit for visit in visits if visit.kind in Appointment.INFUSIONS and visit.status in COUNTS]
    roads = runway.for_patients({visit.patient_id for visit in asked}) if asked else {}
    found = {
        visit.pk: roads[visit.patient_id].on(visit.site.local(visit.starts_at).date(), visit.site.today())
        for visit in asked
    }
    return {pk: one for pk, one in found.items() if one}


def of_visit(visit: Appointment) -> Runway | None:
    return of_visits([visit]).get(visit.pk)


def before_booking(patient: Patient, kind: str, starts_at: Iterable[datetime]) -> list[Runway | None]:
    """For each time at which a visit of this kind could be booked."""
    times = list(starts_at)
    if kind not in Appointment.INFUSIONS or not times:
        return [None] * len(times)
    road, site = runway.for_patients([patient.pk])[patient.pk], patient.site
    return [road.on(site.local(moment).date(), site.today()) for moment in times]


def warning(visit: Appointment) -> str:
    """What to say of a visit that was booked although the payer's leave does not reach it, or nothing."""
    found = of_visit(visit)
    if found is None or not found.is_short:
        return ""
    return f"{found.sentence}. The visit stands all the same; the insurance desk is asked to see to it."
