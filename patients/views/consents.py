"""Consents: the exact text, who signed it, who saw that."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import acting_user
from clinic.errors import Invalid
from clinic.policy import Action, can
from patients import consents
from patients.access import patient_or_404
from patients.forms.clinical import ConsentForm
from patients.models import Consent, Patient

Kind = Consent.Kind


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, pk: UUID) -> HttpResponse:
    patient = patient_or_404(request, pk, what="consent")
    asked = request.POST if request.method == "POST" else request.GET
    kind = Kind.TREATMENT
    if asked.get("kind") in Kind.values:
        kind = Kind(asked["kind"])
    form = ConsentForm(request.POST or None, site=patient.site)
    if request.method == "POST" and form.is_valid():
        try:
            consent = consents.record(
                patient_id=patient.pk,
                kind=kind,
                signer_name=form.cleaned_data["signer_name"],
                observed_at=form.observed_at,
                by=acting_user(request),
            )
            return redirect("patients:consent", consent.pk)
        except Invalid as error:
            form.refuse(
                Invalid({"day" if name == "observed_at" else name: text for name, text in error.fields.items()})
            )
    text = consents.text_of(kind, patient.language)
    context = {
        "patient": patient,
        "site": patient.site,
        "form": form,
        "kind": kind,
        "text": text,
        "blocks": consents.blocks(text.text),
        "tabs": _tabs(patient, kind),
        "standing": consents.in_force(patient, kind, patient.site.today()),
        "days": consents.valid_days(patient.site),
    }
    return render(
        request,
        "patients/consent_new.html",
        context,
        status=422 if form.errors else 200,
    )


@require_GET
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    consent = (
        Consent.objects.select_related("patient__site", "witness")
        .filter(pk=pk, patient__site__in=acting_user(request).site_ids)
        .first()
    )
    if consent is None:
        raise Http404
    patient = patient_or_404(request, consent.patient_id, what="consent")
    text = consents.signed_text(consent)
    in_force = consents.in_force(patient, consent.kind, patient.site.today())
    context = {
        "patient": patient,
        "site": patient.site,
        "consent": consent,
        "blocks": consents.blocks(text.text) if text else None,
        "standing": in_force == consent,
        "may_record": can(request.user, Action.RECORD_CONSENT, patient.site),
    }
    return render(request, "patients/consent.html", context)


@require_POST
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    consents.withdraw(consent_id=pk, by=acting_user(request))
    return redirect("patients:consent", pk)


def _tabs(patient: Patient, chosen: str) -> list[tuple[str, str, bool]]:
    here = reverse("patients:consent-new", args=[patient.pk])
    return [(label, f"{here}?kind={value}", value == chosen) for value, label in Kind.choices]
