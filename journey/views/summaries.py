"""The summary for the referring clinician: what it will say, the signature, and the paper."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from clinic.access import acting_user
from clinic.documents.answer import attachment
from clinic.errors import Invalid
from clinic.forms import CalmForm
from clinic.policy import Action, can
from journey.models import Summary
from journey.outcomes import letter, summaries
from patients.access import patient_or_404
from patients.models import Patient

BEFORE = 10


class SummaryForm(CalmForm, forms.Form):
    required_sentences = summaries.ASK

    recipient = forms.CharField(label="For", max_length=160, help_text="The clinician who referred the patient.")
    reason = forms.CharField(label="Why treatment began", max_length=400, widget=forms.Textarea(attrs={"rows": "2"}))
    plan = forms.CharField(label="What happens next", max_length=600, widget=forms.Textarea(attrs={"rows": "3"}))


@require_GET
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The facts as they stand, and what was signed before."""
    return _page(request, patient_or_404(request, pk, what="summary"))


@require_POST
def sign(request: HttpRequest, pk: UUID) -> HttpResponse:
    patient = patient_or_404(request, pk, what="summary")
    form = SummaryForm(request.POST)
    if form.is_valid():
        try:
            summaries.sign(patient_id=pk, by=acting_user(request), **form.cleaned_data)
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, "The summary is signed. Download it below.")
            return redirect("journey:summary", pk)
    return _page(request, patient, form=form, status=422)


@require_GET
def pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The paper as it was signed; its name tells nothing about the patient."""
    row = Summary.objects.filter(pk=pk, patient__site__in=acting_user(request).site_ids).first()
    if row is None:
        raise Http404
    patient = patient_or_404(request, row.patient_id, what="summary, PDF")
    name = f"summary-{patient.site.local(row.signed_at):%Y-%m-%d}.pdf"
    return attachment(bytes(row.pdf), name, "application/pdf")


def _page(
    request: HttpRequest, patient: Patient, *, form: SummaryForm | None = None, status: int = 200
) -> HttpResponse:
    facts = letter.read(patient)
    first = {"recipient": facts.recipient, "reason": facts.reason, "plan": facts.plan}
    context = {
        "patient": patient,
        "site": patient.site,
        "letter": facts,
        "form": form or SummaryForm(initial=first),
        "signed": patient.summaries.select_related("signed_by").defer("pdf")[:BEFORE],
        "may_sign": can(acting_user(request), Action.SIGN_SUMMARY, patient.site),
    }
    return render(request, "journey/summary.html", context, status=status)
