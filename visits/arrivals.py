"""People who stand at the desk without a visit today: what could be had soonest, booked and received in one step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from clinic import clock
from clinic.models import Site, User
from patients.models import Patient
from visits import booking, changes
from visits.matching import Search
from visits.models import Appointment, Opening, WaitlistEntry
from visits.waitlist import MOVABLE

# An infusion belongs to a series and its order: it is planned there, and here only one that is booked comes earlier.
ALONE = (Appointment.Kind.EVALUATION, *(kind for kind in Appointment.THERAPY if kind != Appointment.Kind.GROUP))
MOST_VISITS = 5


@dataclass(frozen=True)
class Soonest:
    """A visit that could be today: a new one of a kind, or one that is booked later; without a time, nothing fits."""

    kind: str
    label: str
    visit: Appointment | None
    starts_at: datetime | None


def today(*, patient: Patient, site: Site) -> list[Appointment]:
    """What the patient has booked today: then they are no walk-in."""
    begins, ends = site.day_bounds(site.today())
    return list(_booked(patient, site).filter(starts_at__gte=begins, starts_at__lt=ends))


def soonest(*, patient: Patient, site: Site) -> list[Soonest]:
    """For each visit that is booked later, and each kind that can be had alone, the first time left today.

    What can be had comes first; a new visit that can't be had is left out.
    """
    ends = site.day_bounds(site.today())[1]
    later = list(_booked(patient, site).filter(starts_at__gte=ends, group=None).prefetch_related("holds")[:MOST_VISITS])
    asked = [_wish(patient, site, visit.kind, visit) for visit in later]
    asked += [_wish(patient, site, kind, None) for kind in ALONE]
    left = Opening(site=site, starts_at=clock.now(), ends_at=ends, cause=Opening.Cause.REOPENED)
    search = Search(site, site.today(), site.today(), asked)
    found = {match.entry.pk: match.starts_at for match in search.matches(asked, left)}
    offers = [Soonest(one.kind, one.get_kind_display(), one.appointment, found.get(one.pk)) for one in asked]
    return sorted((one for one in offers if one.visit or one.starts_at), key=lambda one: one.starts_at is None)


def _booked(patient: Patient, site: Site) -> QuerySet[Appointment]:
    return Appointment.objects.filter(patient=patient, site=site, status__in=MOVABLE).order_by("starts_at")


def _wish(patient: Patient, site: Site, kind: str, visit: Appointment | None) -> WaitlistEntry:
    """Today, at any hour, at once: asked of the same search as a wish on the waiting list."""
    return WaitlistEntry(
        patient=patient, site=site, kind=kind, appointment=visit, until=site.today(), notice_hours=0, weekdays=[]
    )


@transaction.atomic
def walk_in(*, patient: Patient, site: Site, kind: str, starts_at: datetime, by: User) -> Appointment:
    """Book a visit today and receive the patient. Raises what booking and receiving raise; then nothing was booked."""
    made = booking.book(patient=patient, site=site, kind=kind, starts_at=starts_at, by=by)
    return changes.arrive(appointment_id=made.pk, by=by)


@transaction.atomic
def come_early(*, appointment_id: UUID, starts_at: datetime, by: User) -> Appointment:
    """Move a visit that is booked later to today and receive the patient. Raises what moving and receiving raise."""
    moved = changes.move(appointment_id=appointment_id, starts_at=starts_at, by=by)
    return changes.arrive(appointment_id=moved.pk, by=by)
