"""Booking a session where it belongs: free times around its window, one click each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from clinic.access import acting_user
from clinic.errors import DomainError, Invalid, Refused
from clinic.models import User
from clinic.policy import Action, Role, can
from patients.access import patient_or_404
from patients.models import Patient
from therapy import booking, windows
from therapy.booking_forms import SessionTimeForm
from therapy.models import TherapySession
from therapy.windows import Place, Window
from visits import clashes
from visits.courses import NeedsReason
from visits.forms import day_or_none
from visits.slots import FreeSlot, next_free

DAYS, SLOTS_A_DAY = 7, 6
BEFORE = timedelta(days=2)  # so long before the best day the list begins


@dataclass(frozen=True)
class Offer:
    """One free time, and what it would break."""

    slot: FreeSlot
    sentence: str


@dataclass(frozen=True)
class OfferedDay:
    day: date
    offers: list[Offer]

    @property
    def told(self) -> list[str]:
        """What is against its marked times, each once."""
        return list(dict.fromkeys(offer.sentence for offer in self.offers if offer.sentence))


@require_http_methods(["GET", "POST"])
def book(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Choose which session, see when it may be, and book a time with one click."""
    patient = patient_or_404(request, pk, what="booking of a session")
    places = booking.places(patient)
    place = _chosen(request, places)
    if request.method == "POST":
        return _book(request, patient, places, place)
    return _page(request, patient, places, place)


def _book(request: HttpRequest, patient: Patient, places: Sequence[Place], place: Place | None) -> HttpResponse:
    form = SessionTimeForm(request.POST, site=patient.site)
    if place is None or not form.is_valid():
        gone = Invalid("This was no free time of a session that may be booked. Choose one from the list.")
        return _page(request, patient, places, place, trouble=gone)
    try:
        made = booking.book(place=place, by=acting_user(request), **form.cleaned_data)
    except NeedsReason as error:
        form.fields["reason"].required = True
        form.fields["reason"].widget.attrs["data-focus"] = ""
        return _page(request, patient, places, place, trouble=error, asked=form)
    except (Refused, Invalid) as error:
        return _page(request, patient, places, place, trouble=error)
    assert made.appointment
    when = clashes.when(patient.site, made.appointment.starts_at)
    messages.success(request, f"Booked: {place.label}, {when}, with {made.therapist.full_name}.")
    if can(acting_user(request), Action.SEE_THERAPY, patient.site):
        return redirect("therapy:session", pk=made.pk)
    return redirect("visits:appointment", pk=made.appointment_id)


def _chosen(request: HttpRequest, places: Sequence[Place]) -> Place | None:
    """The place that was asked for by its key, or by its kind; else the first that is lacking."""
    asked = request.POST.get("place") or request.GET.get("place", "")
    if asked:
        return next((place for place in places if place.key == asked), None)
    kind, series = request.GET.get("kind"), request.GET.get("series", "")
    fitting = [place for place in places if kind in (None, place.kind) and series in ("", str(place.series.pk))]
    return next(iter(fitting or places), None)


def _page(
    request: HttpRequest,
    patient: Patient,
    places: Sequence[Place],
    place: Place | None,
    *,
    trouble: DomainError | None = None,
    asked: SessionTimeForm | None = None,
) -> HttpResponse:
    window = windows.of_place(place) if place else None
    therapist = _therapist(request, place) if place else None
    first = _first_day(request, patient, window)
    context = {
        "patient": patient,
        "site": patient.site,
        "places": places,
        "place": place,
        "window": window,
        "therapist": therapist,
        "anyone": request.GET.get("with") == "anyone",
        "days": _offers(patient, place, therapist, first) if place else [],
        "earlier": (first - timedelta(days=DAYS)).isoformat() if first > patient.site.today() else "",
        "later": (first + timedelta(days=DAYS)).isoformat(),
        "trouble": trouble,
        "asked": asked,
    }
    return render(request, "therapy/book.html", context, status=trouble.status if trouble else 200)


def _therapist(request: HttpRequest, place: Place) -> User | None:
    """With whom: oneself, else whoever held the last session of this treatment; None for anyone."""
    user, site = acting_user(request), place.series.site
    if request.GET.get("with") == "anyone":
        return None
    if Role.THERAPIST in user.roles_at(site):
        return user
    last = TherapySession.objects.filter(patient=place.series.patient_id).select_related("therapist").order_by("-id")
    found = last.first()
    there = found is not None and found.therapist.is_active and Role.THERAPIST in found.therapist.roles_at(site)
    return found.therapist if found and there else None


def _first_day(request: HttpRequest, patient: Patient, window: Window | None) -> date:
    today = patient.site.today()
    if (wished := day_or_none(patient.site, request.GET.get("from", ""))) is not None:
        return max(wished, today)
    return max(today, window.opens.date(), (window.ideal - BEFORE).date()) if window else today


def _offers(patient: Patient, place: Place, therapist: User | None, first: date) -> list[OfferedDay]:
    site, course = patient.site, windows.course_of(place)
    free = next_free(site=site, kind=place.kind, first=first, days=DAYS, patient=patient, staff=therapist)

    def local_day(slot: FreeSlot) -> date:
        return site.local(slot.starts_at).date()

    def offer(slot: FreeSlot) -> Offer:
        minutes = (slot.ends_at - slot.starts_at) // timedelta(minutes=1)
        return Offer(slot, " ".join(one.sentence for one in windows.concerns(course, place, slot.starts_at, minutes)))

    return [
        OfferedDay(day, [offer(slot) for slot in _spread(list(slots))]) for day, slots in groupby(free, key=local_day)
    ]


def _spread(slots: list[FreeSlot]) -> list[FreeSlot]:
    """Some times over the whole day, not only its first hour."""
    step = max(1, -(-len(slots) // SLOTS_A_DAY))
    return slots[::step]
