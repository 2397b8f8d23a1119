"""Referrals of a patient: the letters that were signed, and a new one with its preview."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import acting_user
from clinic.documents.answer import attachment
from clinic.errors import DomainError, Invalid
from patients.access import patient_or_404
from therapy import referrals
from therapy.models import Referral
from therapy.referral_forms import AnswerForm, ReferralForm

SHOWN = 50
PDF = "application/pdf"


@require_GET
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was shared with whom, when, by whom and on what ground."""
    patient = patient_or_404(request, pk, what="referrals")
    context = {
        "patient": patient,
        "site": patient.site,
        "letters": referrals.of_patient(patient)[:SHOWN],
        "hows": Referral.How.choices,
    }
    return render(request, "therapy/referrals.html", context)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Choose what is shared; “Preview” hands out the paper as it would be, “Sign” keeps it."""
    patient = patient_or_404(request, pk, what="referral, new")
    if request.method == "GET":
        task = referrals.asked_by(patient)
        first = {"kind": request.GET.get("kind", ""), "task": task and task.pk, "form_key": uuid4()}
        return _form(request, pk, ReferralForm(initial=first))
    form, user = ReferralForm(request.POST), acting_user(request)
    if not form.is_valid():
        return _form(request, pk, form, status=422)
    try:
        if "preview" in request.POST:
            answer = attachment(referrals.preview(patient=patient, typed=form.typed, by=user), "draft.pdf", PDF)
            answer["Content-Disposition"] = 'inline; filename="draft.pdf"'
            return answer
        referrals.sign(
            patient_id=pk,
            typed=form.typed,
            by=user,
            form_key=form.cleaned_data["form_key"],
            task_id=form.cleaned_data["task"],
        )
    except Invalid as error:
        form.refuse(error)
        return _form(request, pk, form, status=422)
    messages.success(request, "Signed. Download the letter, send it, then say here how it went.")
    return redirect("therapy:referrals", pk)


def _form(request: HttpRequest, pk: UUID, form: ReferralForm, status: int = 200) -> HttpResponse:
    patient = patient_or_404(request, pk, what="referral, new")
    clinicians = patient.contacts.filter(kind="clinician", is_active=True)[:6]
    context = {"patient": patient, "site": patient.site, "form": form, "clinicians": clinicians}
    return render(request, "therapy/referral_new.html", context, status=status)


@require_GET
def pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The paper as it was signed; its name tells nothing about the patient."""
    letter = _letter(request, pk)
    patient = patient_or_404(request, letter.patient_id, what="referral, PDF")
    return attachment(bytes(letter.pdf), f"referral-{patient.site.local(letter.signed_at):%Y-%m-%d}.pdf", PDF)


@require_POST
def step(request: HttpRequest, pk: UUID) -> HttpResponse:
    """It was sent, it was answered, or it is not sent."""
    letter, user = _letter(request, pk), acting_user(request)
    patient_or_404(request, letter.patient_id, what="referral")
    try:
        if "how" in request.POST:
            referrals.sent(referral_id=pk, how=request.POST["how"], by=user)
            messages.success(request, "Sent. You are asked in three weeks whether they answered.")
        elif "answer" in request.POST:
            form = AnswerForm(request.POST)
            if not form.is_valid():
                messages.error(request, str(form.errors["answer"][0]))
                return redirect("therapy:referrals", letter.patient_id)
            referrals.answered(referral_id=pk, answer=form.cleaned_data["answer"], by=user)
            messages.success(request, "The answer is kept.")
        else:
            referrals.withdraw(referral_id=pk, by=user)
            messages.success(request, "Not sent. The signed letter stays in the list.")
    except DomainError as error:
        messages.error(request, error.sentence)
    return redirect("therapy:referrals", letter.patient_id)


def _letter(request: HttpRequest, pk: UUID) -> Referral:
    letter = Referral.objects.filter(pk=pk, patient__site__in=acting_user(request).site_ids).first()
    if letter is None:
        raise Http404
    return letter
