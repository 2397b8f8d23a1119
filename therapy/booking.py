"""Booking a session: tied to its series or booster as it is booked, and asked for a reason outside its window."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from clinic.errors import Invalid, NotFound
from clinic.models import Room, User
from infusions import series as infusion_series
from infusions.models import Infusion, Series
from patients.models import Patient
from therapy import booking_tasks, sessions, window_tasks, windows
from therapy import courses as tied
from therapy.models import TherapySession
from therapy.windows import Place
from visits import booking
from visits.courses import NeedsReason
from visits.models import Appointment
from visits.places import Wanted

Kind = TherapySession.Kind
MINUTE = timedelta(minutes=1)


@transaction.atomic
def book(
    *, place: Place, starts_at: datetime, by: User, therapist: User | None = None, room: Room | None = None,
    reason: str = "",
) -> TherapySession:  # fmt: skip
    """Book a session with its visit, its holds and its place in the series.

    Raises NeedsReason outside its window or after an infusion of the same day while `reason` is empty; Invalid when
    the series has this session already; and what `visits.booking.book` raises.
    """
    series = place.series
    if series.site_id not in by.site_ids:
        raise NotFound
    wanted = Wanted(place.kind, starts_at, room, therapist)
    visit = booking.book_all(patient=series.patient, site=series.site, wanted=[wanted], by=by)[0]
    return tie(visit, place, by=by, reason=reason)


@transaction.atomic
def tie(visit: Appointment, place: Place, *, by: User, reason: str = "") -> TherapySession:
    """Give a visit that was just booked its place. Raises NeedsReason, Invalid."""
    series = infusion_series.locked(place.series.pk)
    minutes = (visit.ends_at - visit.starts_at) // MINUTE
    concerns = windows.concerns(windows.course_of(place), place, visit.starts_at, minutes)
    if concerns and not reason.strip():
        raise NeedsReason(concerns)
    held = visit.holds.filter(active=True, staff__isnull=False).select_related("staff").first()
    therapist = visit.group.therapist if visit.group else held.staff if held else None
    if therapist is None:
        raise Invalid("A session needs a therapist.")
    session = sessions.plan_session(
        series=series, kind=place.kind, appointment=visit, therapist=therapist, infusion=place.infusion, by=by,
        why={concern.code[1]: reason.strip() for concern in concerns},
    )  # fmt: skip
    window_tasks.refresh(series, tied.of_series([series]), by=by)
    booking_tasks.WATCH.look(series.site, patient=series.patient, by=by)
    return session


def after_booking(visit: Appointment, by: User, reason: str) -> None:
    """A session that was booked as a visit finds its series by itself; one that has none stands alone."""
    if visit.kind in Appointment.THERAPY and (place := place_of(visit)):
        tie(visit, place, by=by, reason=reason)


def place_of(visit: Appointment) -> Place | None:
    """The place that lacks this visit: in the newest series, else at the booster in whose window it is."""
    open_places = places(visit.patient, visit.kind)
    if len(open_places) <= 1:
        return open_places[0] if open_places else None
    return min(open_places, key=lambda place: abs(_ideal(place, visit.starts_at) - visit.starts_at))


def _ideal(place: Place, otherwise: datetime) -> datetime:
    window = windows.of_place(place)
    return window.ideal if window else otherwise


def places(patient: Patient, kind: str = "") -> list[Place]:
    """Every session that may be booked for a patient now, of one kind or of all."""
    newest = Series.objects.filter(patient=patient, kind=Series.Kind.LOADING).order_by("-opened_at").first()
    if newest is None:
        return []
    both = Series.objects.filter(Q(pk=newest.pk) | Q(follows=newest))
    series = sorted(both.select_related("site", "patient__site"), key=lambda one: one.kind)
    lacking = [one for one in windows.of_series(series) if not one.booked and _may(one)]
    found = [one.place for one in lacking]
    found.append(Place(series[-1], Kind.FURTHER))
    return [place for place in found if not kind or place.kind == kind]


def _may(window: windows.Window) -> bool:
    """What a loading series may still get, late or not; of boosters what follows them, or precedes the next."""
    if window.infusion is None:
        runs = window.series.state in windows.RUNNING
        return runs if window.kind == Kind.MIDPOINT else window.wanted
    return window.kind == Kind.INTEGRATION or window.infusion.state == Infusion.State.SCHEDULED
