"""A plan that ended: every visit it touches on one page, and that the patient was told."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from clinic.access import acting_user
from clinic.errors import Invalid
from clinic.policy import Action, can
from insurance import authorizations, lapses
from insurance.forms import ToldForm
from insurance.models import Lapse, SelfPay
from journey import plan_ends
from patients.access import patient_or_404


def _lapse_or_404(request: HttpRequest, pk: UUID) -> Lapse:
    rows = Lapse.objects.select_related("coverage__payer", "coverage__patient__site", "found_by", "told_by")
    lapse = rows.filter(pk=pk, coverage__patient__site__in=acting_user(request).site_ids).first()
    if lapse is None:
        raise Http404
    patient_or_404(request, lapse.coverage.patient_id, what="coverage")
    return lapse


def _page(request: HttpRequest, lapse: Lapse, form: ToldForm, status: int = 200) -> HttpResponse:
    user, patient = acting_user(request), lapse.coverage.patient
    touched = plan_ends.touched(lapse)
    approved = authorizations.on_file(patient)
    left = authorizations.units_left(approved, plan_ends.given(touched))
    ahead = [one for one in touched if not one.billable]
    context = {
        "lapse": lapse,
        "patient": patient,
        "site": patient.site,
        "billable": [one for one in touched if one.billable],
        "ahead": ahead,
        "unsettled": [one for one in ahead if not one.is_settled and one.visit.is_alive],
        "first_open": next((one for one in ahead if one.visit.is_alive), None),
        "pays": SelfPay.objects.filter(patient=patient, until__isnull=True, agreed_at__isnull=False).first(),
        "approved": [(one, one.units - free) for one, free in zip(approved, left, strict=True)],
        "form": form,
        "may_verify": can(user, Action.VERIFY_BENEFITS, patient.site),
        "may_keep": can(user, Action.OVERRIDE_GATE, patient.site),
    }
    return render(request, "journey/plan_end.html", context, status=status)


@require_GET
def lapse(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _page(request, _lapse_or_404(request, pk), ToldForm())


@require_POST
def told(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The patient knows."""
    found, form = _lapse_or_404(request, pk), ToldForm(request.POST)
    if form.is_valid():
        try:
            lapses.told(lapse_id=pk, by=acting_user(request), **form.cleaned_data)
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, f"Noted: {found.coverage.patient.name} knows.")
            return redirect("journey:plan-end", pk=pk)
    return _page(request, found, form, status=422)
