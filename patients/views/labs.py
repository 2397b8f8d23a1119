"""Results of the work-up: written on a page of their own, marked where they were never true."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from clinic.access import acting_user
from clinic.errors import Invalid
from patients import labs
from patients.access import patient_or_404
from patients.forms.evaluation import LabForm
from patients.models import LabResult, Patient

SHOWN = 50


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every result of the patient, and one more to write."""
    patient = patient_or_404(request, pk, what="laboratory")
    form = LabForm(request.POST or None, site=patient.site, initial={"test": request.GET.get("test", "")})
    if request.method == "POST" and form.is_valid() and _kept(request, patient, form):
        return redirect(_onward(request, patient))
    context = {
        "patient": patient,
        "form": form,
        "next_url": _onward(request, patient),
        "results": patient.lab_results.select_related("entered_by", "entered_in_error_by")[:SHOWN],
    }
    return render(request, "patients/labs.html", context, status=422 if form.errors else 200)


def _kept(request: HttpRequest, patient: Patient, form: LabForm) -> bool:
    typed = {name: form.cleaned_data[name] for name in ("test", "finding", "detail", "source")}
    try:
        result = labs.record(patient_id=patient.pk, observed_at=form.observed_at, by=acting_user(request), **typed)
    except Invalid as error:
        form.refuse(error)
        return False
    messages.success(request, f"{result.get_test_display()} written down.")
    return True


def _onward(request: HttpRequest, patient: Patient) -> str:
    asked = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return asked if asked and safe else reverse("patients:lab-new", args=[patient.pk])


@require_POST
def in_error(request: HttpRequest, pk: UUID) -> HttpResponse:
    result = LabResult.objects.filter(pk=pk, patient__site__in=acting_user(request).site_ids).first()
    if result is None:
        raise Http404
    patient = patient_or_404(request, result.patient_id, what="laboratory")
    try:
        labs.mark_in_error(result_id=pk, reason=request.POST.get("reason", ""), by=acting_user(request))
    except Invalid as error:
        messages.error(request, str(error.fields["reason"]))
    return redirect("patients:lab-new", patient.pk)
