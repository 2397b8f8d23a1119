"""Consents: the exact text, who signed it and how, who saw that, and the paper of it."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import acting_user
from clinic.documents.answer import attachment
from clinic.errors import Invalid
from clinic.models import User
from clinic.policy import Action, can
from patients import consent_pdf, consents
from patients.access import patient_or_404
from patients.forms.clinical import ConsentForm
from patients.models import Consent, Patient
from patients.views import signing

Kind = Consent.Kind
LANGUAGES = dict(Patient._meta.get_field("language").flatchoices)


@require_GET
def index(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What is required and what is free, what holds, what is missing, and everything that was ever signed."""
    patient = patient_or_404(request, pk, what="consent")
    context = {
        "patient": patient,
        "site": patient.site,
        "kinds": [
            (kind, kind in consents.REQUIRED, consent)
            for kind, consent in consents.standing(patient, patient.site.today()).items()
        ],
        "signed": patient.consents.select_related("witness").defer("png", "strokes")[:50],
        "may_record": can(request.user, Action.RECORD_CONSENT, patient.site),
    }
    return render(request, "patients/consents.html", context)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A text to read and sign on this screen, or to say of it that it was signed on paper."""
    patient = patient_or_404(request, pk, what="consent")
    asked = request.POST if request.method == "POST" else request.GET
    kind = Kind(asked["kind"]) if asked.get("kind") in Kind.values else Kind.TREATMENT
    language = asked["language"] if asked.get("language") in LANGUAGES else patient.language
    on_paper = "paper" in request.POST
    paper_form = ConsentForm(request.POST if on_paper else None, site=patient.site)
    if on_paper:
        consent = _recorded(paper_form, patient, kind, language, acting_user(request))
    here = signing.take(request, patient=patient, kind=kind, language=language, by=acting_user(request), blank=on_paper)
    if signed := consent if on_paper else here.consent:
        return redirect("patients:consent", signed.pk)
    today = patient.site.today()
    context = {
        "patient": patient,
        "site": patient.site,
        "kind": kind,
        "required": kind in consents.REQUIRED,
        "signing": here,
        "paper": paper_form,
        "text": here.text,
        "blocks": here.blocks,
        "tabs": _tabs(patient, kind, language),
        "languages": _languages(patient, kind, language),
        "standing": consents.in_force(patient, kind, today),
        "days": consents.valid_days(patient.site),
    }
    status = 422 if paper_form.errors else here.status
    return render(request, "patients/consent_new.html", context, status=status)


def _recorded(form: ConsentForm, patient: Patient, kind: str, language: str, by: User) -> Consent | None:
    """The signature on paper as it was written down; none when the form has to say why not."""
    if not form.is_valid():
        return None
    try:
        return consents.record(
            patient_id=patient.pk,
            kind=kind,
            language=language,
            signer_name=form.cleaned_data["signer_name"],
            observed_at=form.observed_at,
            by=by,
        )
    except Invalid as error:
        form.refuse(Invalid({"day" if name == "observed_at" else name: text for name, text in error.fields.items()}))
        return None


def _address(patient: Patient, kind: str, language: str) -> str:
    return f"{reverse('patients:consent-new', args=[patient.pk])}?kind={kind}&language={language}"


def _tabs(patient: Patient, chosen: str, language: str) -> list[tuple[str, str, bool]]:
    return [(kind.label, _address(patient, kind, language), kind == chosen) for kind in Kind]


def _languages(patient: Patient, kind: str, chosen: str) -> list[tuple[str, str, bool]]:
    return [(label, _address(patient, kind, value), value == chosen) for value, label in LANGUAGES.items()]


def _consent_or_404(request: HttpRequest, pk: UUID) -> Consent:
    """The consent, once the read of its patient is written; a stranger's is not there."""
    found = Consent.objects.select_related("patient__site", "witness", "withdrawn_by")
    consent = found.filter(pk=pk, patient__site__in=acting_user(request).site_ids).first()
    if consent is None:
        raise Http404
    patient_or_404(request, consent.patient_id, what="consent")
    return consent


@require_GET
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    consent = _consent_or_404(request, pk)
    patient = consent.patient
    text = consents.signed_text(consent)
    in_force = consents.in_force(patient, consent.kind, patient.site.today())
    context = {
        "patient": patient,
        "site": patient.site,
        "consent": consent,
        "blocks": consents.blocks(text.text) if text else None,
        "standing": in_force == consent,
        "words": consent.contact_words.order_by("channel"),
        "may_record": can(request.user, Action.RECORD_CONSENT, patient.site),
    }
    return render(request, "patients/consent.html", context)


@require_GET
def picture(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The signature as it was drawn."""
    consent = _consent_or_404(request, pk)
    if consent.png is None:
        raise Http404
    headers = {"Cache-Control": "no-store, private", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(bytes(consent.png), content_type="image/png", headers=headers)


@require_GET
def paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    consent = _consent_or_404(request, pk)
    return attachment(consent_pdf.make(consent), f"consent-{consent.pk}.pdf", "application/pdf")


@require_POST
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    consents.withdraw(consent_id=pk, by=acting_user(request))
    return redirect("patients:consent", pk)
