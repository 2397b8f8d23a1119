"""Somebody stands at the desk without a visit today."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from clinic.access import acting_user, current_site
from clinic.errors import DomainError, IllegalTransition, Invalid, Refused
from clinic.policy import Action, can
from patients import search
from patients.access import allow_here, patient_or_404
from patients.models import Patient
from visits import arrivals
from visits.access import appointment_or_404

MOST_FOUND = 10
ARRIVALS = "journey:arrivals"


@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """Whom is it? By name, phone, birth date or record number."""
    site, user = current_site(request), acting_user(request)
    allow_here(request, site)
    text = request.GET.get("q", "").strip()[:80]
    people = list(search.find(user=user, text=text, site=site, limit=MOST_FOUND)) if text else []
    context = {"people": people, "text": text, "site": site, "may_add": can(user, Action.EDIT_PATIENT, site)}
    return render(request, "visits/arrivals_find.html", context)


class TakeForm(forms.Form):
    """One of the times shown, as its button sends it."""

    kind = forms.ChoiceField(choices=[(kind, kind) for kind in arrivals.ALONE], required=False)
    visit = forms.UUIDField(required=False)
    starts_at = forms.DateTimeField()


@require_http_methods(["GET", "POST"])
def walk_in(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What this patient could have today, each booked and received with one click."""
    patient = patient_or_404(request, pk, what="walk-in")
    trouble: DomainError | None = None
    if request.method == "POST":
        try:
            _take(request, patient)
        except (Refused, IllegalTransition, Invalid) as error:
            trouble = error
        else:
            messages.success(request, f"{patient.name} is here.")
            return redirect(ARRIVALS)
    context = {
        "patient": patient,
        "site": patient.site,
        "today": arrivals.today(patient=patient, site=patient.site),
        "offers": arrivals.soonest(patient=patient, site=patient.site),
        "trouble": trouble,
    }
    return render(request, "visits/arrivals_walk_in.html", context, status=trouble.status if trouble else 200)


def _take(request: HttpRequest, patient: Patient) -> None:
    form, by = TakeForm(request.POST), acting_user(request)
    if not form.is_valid() or not (form.cleaned_data["kind"] or form.cleaned_data["visit"]):
        raise Invalid("This was no time from the list. Choose one below.")
    starts_at = form.cleaned_data["starts_at"]
    if visit := form.cleaned_data["visit"]:
        found = appointment_or_404(request, visit)
        if found.patient_id != patient.pk:
            raise Invalid("This visit is another patient’s. Choose one below.")
        arrivals.come_early(appointment_id=found.pk, starts_at=starts_at, by=by)
        return
    arrivals.walk_in(patient=patient, site=patient.site, kind=form.cleaned_data["kind"], starts_at=starts_at, by=by)
