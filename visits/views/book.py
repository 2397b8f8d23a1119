"""Booking a single visit."""

from __future__ import annotations

from datetime import time, timedelta
from itertools import groupby
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from clinic import settings_versions
from clinic.access import READS, acting_user, log_read, reads
from clinic.errors import DomainError, Invalid, Refused
from clinic.models import Site
from clinic.policy import Action, can
from insurance import accepted, money_words, runway
from patients.access import knowing, patient_or_404, unread_patient_or_404
from patients.models import Patient
from visits import booking, clashes, lengths, runways
from visits.courses import NeedsReason
from visits.forms import BookForm, OverbookForm, WishForm
from visits.models import Appointment
from visits.rules import INFUSIONS, Timing
from visits.slots import nearest_first, next_free

DAYS_OFFERED, SLOTS_A_DAY = 7, 6
READ_AS = "booking"
TO_BOOK = knowing(is_first=booking.would_be_first_ever(), has_leave=runway.is_known())


@require_http_methods(["GET", "POST"])
def book(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Free slots for a wish, each booked with one click."""
    if request.method == "POST" and "overbook_reason" not in request.POST:
        return _book(request, pk)
    patient = patient_or_404(request, pk, what=READ_AS, how=TO_BOOK)
    if request.method == "GET":
        return _page(request, patient)
    overbook = OverbookForm(request.POST)
    if trouble := _overbook(request, patient, overbook):
        return _page(request, patient, trouble, overbook=overbook)
    return redirect("journey:chart", pk=patient.pk)


def _book(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One of the free slots."""
    patient = unread_patient_or_404(request, pk, how=TO_BOOK)
    picked = BookForm(request.POST)
    if not picked.is_valid():
        log_read(request, patient_id=patient.pk, what=READ_AS)
        return _page(request, patient, Invalid("This was no free slot. Choose one from the list."))
    try:
        made = _take(request, patient, picked)
    except (Refused, Invalid) as error:
        return _page(request, patient, error, asked_why=picked if isinstance(error, NeedsReason) else None)
    messages.success(request, f"Booked: {clashes.when(made.site, made.starts_at)}.")
    _warn(request, made)
    return redirect("visits:appointment", pk=made.pk)


def _take(request: HttpRequest, patient: Patient, picked: BookForm) -> Appointment:
    """Book it, and write the read with it: one commit. What comes to nothing is read all the same."""
    typed, read = picked.cleaned_data, reads(request, patient_ids=[patient.pk], what=READ_AS)
    try:
        return booking.book(
            patient=patient,
            site=patient.site,
            first_ever=_is_first(patient, typed["kind"]),
            by=acting_user(request),
            along=[(READS, read)],
            **typed,
        )
    except Exception:  # whatever it was, somebody has looked at the patient
        READS.write(read)
        raise


def _page(
    request: HttpRequest,
    patient: Patient,
    trouble: DomainError | None = None,
    *,
    asked_why: BookForm | None = None,
    overbook: OverbookForm | None = None,
) -> HttpResponse:
    """The free slots for what was asked for, and what kept one of them from being booked."""
    site = patient.site
    may_overbook = can(acting_user(request), Action.OVERBOOK, site)
    usual = lengths.usual(patient, Timing.of(settings_versions.current(site)))
    form = WishForm(_wish(request, site, usual))
    days = _offers(patient, form.cleaned_data) if form.is_valid() else []
    context = {
        "patient": patient,
        "form": form,
        "days": days,
        "trouble": trouble,
        "asked_why": asked_why,
        "overbook": (overbook or OverbookForm(initial=_taken_hour(request))) if may_overbook else None,
        "asked": form.is_valid(),
        "usual": usual,
        "plans": accepted.of_patient(patient),
        "eligible": money_words.answer(patient, patient.site.today()),
    }
    status = trouble.status if trouble else 200 if form.is_valid() else 422
    return render(request, "visits/book.html", context, status=status)


def _overbook(request: HttpRequest, patient: Patient, form: OverbookForm) -> DomainError | None:
    """Book an hour that is taken, by somebody who may and says why; what kept it from being booked, or None."""
    if not form.is_valid():
        return Invalid("Nothing was overbooked. Look at the marked fields.")
    typed, site = form.cleaned_data, patient.site
    try:
        made = booking.book(
            patient=patient,
            site=site,
            kind=typed["kind"],
            starts_at=site.moment(typed["day"], typed["at"]),
            first_ever=_is_first(patient, typed["kind"]),
            overbook_reason=typed["overbook_reason"],
            by=acting_user(request),
        )
    except DomainError as error:
        return error
    messages.success(request, f"Booked: {clashes.when(site, made.starts_at)}. It stands in the report of overbookings.")
    _warn(request, made)
    return None


def _warn(request, made):
    """A visit that the payer's leave does not reach is booked all the same, and that is said."""
    if made.patient.has_leave and (said := runways.warning(made)):
        messages.warning(request, said)


def _taken_hour(request: HttpRequest) -> dict[str, str]:
    """The hour that was asked for, to be overbooked."""
    usual = Appointment.Kind.EVALUATION.value
    return {"kind": request.GET.get("kind", usual), "day": request.GET.get("day", ""), "at": request.GET.get("at", "")}


def _wish(request: HttpRequest, site: Site, usual: lengths.Length) -> dict[str, str]:
    """What was asked for; tomorrow at nine for somebody who has just come here, an infusion as long as usual."""
    tomorrow = site.today() + timedelta(days=1)
    wish = {"kind": Appointment.Kind.EVALUATION.value, "day": tomorrow.isoformat(), "at": "09:00"}
    if request.GET.get("kind") in INFUSIONS:
        wish |= {"minutes": str(usual.drug), "recovery": str(usual.recovery)}
    return {name: request.GET.get(name, value) for name, value in wish.items()}


def _offers(patient, wish):
    """Free slots of a week by day, those nearest to the hour first chosen, then shown in order."""
    site = patient.site
    free = next_free(
        site=site,
        kind=wish["kind"],
        first=wish["day"],
        days=DAYS_OFFERED,
        patient=patient,
        first_ever=_is_first(patient, wish["kind"]),
        minutes=wish["minutes"],
        recovery=wish["recovery"],
    )
    offers = []
    for day, slots in groupby(free, key=lambda slot: site.local(slot.starts_at).date()):
        near = nearest_first(list(slots), site, wish["at"] or time(9))
        shown = sorted(near[:SLOTS_A_DAY], key=lambda slot: slot.starts_at)
        offers.append({"day": day, "slots": shown, "more": max(len(near) - SLOTS_A_DAY, 0)})
    reach = runways.before_booking(patient, wish["kind"], [offer["slots"][0].starts_at for offer in offers])
    return [offer | {"runway": one} for offer, one in zip(offers, reach, strict=True)]


def _is_first(patient, kind: str) -> bool:
    return kind in INFUSIONS and patient.is_first
