"""The insurance clerk's pages: the queue, one check, one patient's plans. Nothing clinical stands on them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import acting_user
from clinic.policy import Action, can
from insurance import (
    accepted,
    authorizations,
    benefit_words,
    benefits,
    coverage,
    estimate_lists,
    forms,
    lapses,
    money_words,
    panel,
    papers,
    superbills,
    verification,
)
from insurance.asking import Page, ask
from insurance.models import Authorization, Coverage, SelfPay, Verification
from insurance.queue_views import check_or_404, record
from insurance.shown import dress
from insurance.spans import timeline, told
from patients import cards
from patients.access import patient_or_404
from patients.models import Patient

SHOWN_CHECKS = 20
SHOWN_CARDS = 20


@require_http_methods(["GET", "POST"])
def verification_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One check: what the payer said, who asked, the other leg beside it. A POST writes down an answer."""
    check = check_or_404(request, pk)
    form = forms.ResultForm(request.POST or None, check=check)
    if request.method == "POST" and form.is_valid() and record(check, form, acting_user(request)):
        messages.success(request, "Written down.")
        return redirect("insurance:verification", pk=pk)
    context = panel.read(check, by=acting_user(request)) | {
        "form": form,
        "paper_form": forms.PaperForm(),
        "benefit_lines": benefit_words.lines(benefits.of(check).rows),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "insurance/verification.html", context, status=status)


@require_POST
def expire(request: HttpRequest, pk: UUID) -> HttpResponse:
    check = check_or_404(request, pk)
    verification.expire(verification_id=check.pk, by=acting_user(request))
    messages.success(request, "This answer no longer holds.")
    return redirect("insurance:verification", pk=pk)


@require_GET
def patient_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who pays for this patient: plans with their gaps, self-pay, every check."""
    patient = patient_or_404(request, pk, what="coverage")
    site = patient.site
    plans = list(Coverage.objects.filter(patient=patient).select_related("payer", "entered_in_error_by"))
    agreements = list(SelfPay.objects.filter(patient=patient).select_related("agreed_by"))
    checks = Verification.objects.filter(patient=patient).select_related("coverage__payer", "owner", "checked_by")
    today = site.today()
    approved, days = authorizations.on_file(patient), authorizations.infusion_days(patient)
    taken = accepted.chips(site, [plan for plan in plans if plan.holds_on(today) and not plan.entered_in_error_at])
    page = Paginator(timeline(plans, agreements), 20).get_page(request.GET.get("page"))
    context = {
        "patient": patient,
        "page_obj": page,
        "told": told(plans, agreements, today),
        "answers": [(leg.label, money_words.answer(patient, today, leg)) for leg in Verification.Leg],
        "accepted": [(plan, *chip) for plan in plans if (chip := taken.get(plan.pk))],
        "lapse": lapses.of(patient),
        "papers": papers.on_file(patient)[:SHOWN_CHECKS],
        "in_error": [plan for plan in plans if plan.entered_in_error_at][:20],
        "checks": [dress(check, site) for check in checks.order_by("-opened_at", "-id")[:SHOWN_CHECKS]],
        "current": next((row for row in agreements if row.holds_on(today) and row.agreed_at), None),
        "may_verify": can(acting_user(request), Action.VERIFY_BENEFITS, site),
        "today": today,
        **_cards(patient),
        "estimates": estimate_lists.of_patient(patient),
        "bills": superbills.months(patient) if can(acting_user(request), Action.CODE_VISITS, site) else None,
        "authorizations": list(zip(approved, authorizations.units_left(approved, days), strict=True)),
    }
    return render(request, "insurance/patient.html", context)


def _cards(patient: Patient) -> dict[str, Any]:
    """The photos of the card: those in use by side, and the earlier ones."""
    photos = list(cards.on_file(patient)[:SHOWN_CARDS])
    present = {card.side: card for card in photos if card.replaced_at is None}
    return {
        "cards": [(side, present.get(side)) for side in cards.Side],
        "card_shown": bool(present),
        "earlier_cards": [card for card in photos if card.replaced_at],
    }


@require_http_methods(["GET", "POST"])
def open_check(request: HttpRequest, pk: UUID) -> HttpResponse:
    patient = patient_or_404(request, pk, what="coverage")

    def act(said: dict[str, Any]) -> str:
        plan = said["coverage"]
        verification.open_check(
            patient_id=pk,
            leg=said["leg"],
            due_on=said["due_on"],
            coverage_id=plan.pk if plan else None,
            by=acting_user(request),
        )
        return "The check is on the queue."

    text = "Medical pays infusions, behavioral pays therapy."
    page = Page(patient, "Check the benefits", "Put it on the queue", text)
    again = {name: request.GET[name] for name in ("leg", "coverage") if name in request.GET}
    return ask(request, page, forms.OpenForm(request.POST or None, initial=again, patient=patient), act)


@require_http_methods(["GET", "POST"])
def self_pay(request: HttpRequest, pk: UUID) -> HttpResponse:
    patient = patient_or_404(request, pk, what="coverage")

    def act(said: dict[str, Any]) -> str:
        agreed = verification.agree_self_pay(patient_id=pk, by=acting_user(request), **said)
        due = f"{agreed.gfe_due:%a} {agreed.gfe_due.day} {agreed.gfe_due:%b}" if agreed.gfe_due else "soon"
        return f"Self-pay from today. Give the cost estimate by {due}."

    form = forms.SelfPayForm(request.POST or None, initial={"service_on": request.GET.get("service_on")})
    text = "From today the patient pays. A cost estimate is due, and nobody sends a claim."
    page = Page(patient, "Agree on self-pay", "The patient agrees", text)
    return ask(request, page, form, act)


@require_http_methods(["GET", "POST"])
def self_pay_end(request: HttpRequest, pk: UUID) -> HttpResponse:
    patient = patient_or_404(request, pk, what="coverage")

    def act(said: dict[str, Any]) -> str:
        verification.end_self_pay(patient_id=pk, by=acting_user(request), **said)
        return "Self-pay ends."

    form = forms.EndSelfPayForm(request.POST or None, initial={"until": patient.site.today()})
    text = "From the next day on a plan has to pay, and its benefits have to be verified."
    return ask(request, Page(patient, "End self-pay", "End it", text), form, act)


@require_POST
def estimate_given(request: HttpRequest, pk: UUID) -> HttpResponse:
    agreed = SelfPay.objects.filter(pk=pk, patient__site__in=acting_user(request).site_ids).first()
    if agreed is None:
        raise Http404
    patient_or_404(request, agreed.patient_id, what="coverage")
    verification.estimate_given(self_pay_id=pk, by=acting_user(request))
    messages.success(request, "Noted: the estimate is given.")
    return redirect("insurance:patient", pk=agreed.patient_id)


@require_http_methods(["GET", "POST"])
def coverage_add(request: HttpRequest, pk: UUID) -> HttpResponse:
    patient = patient_or_404(request, pk, what="coverage")

    def act(said: dict[str, Any]) -> str:
        made = coverage.add_coverage(patient_id=pk, by=acting_user(request), **said)
        return f"{made.payer} is on file. Its benefits are to be verified."

    text = "As it stands on the card. Its benefits are verified afterwards."
    return ask(request, Page(patient, "Add coverage", "Add it", text), forms.CoverageForm(request.POST or None), act)


def _plan_or_404(request: HttpRequest, pk: UUID) -> Coverage:
    found = Coverage.objects.filter(pk=pk, patient__site__in=acting_user(request).site_ids)
    plan = found.select_related("patient__site", "payer").first()
    if plan is None:
        raise Http404
    patient_or_404(request, plan.patient_id, what="coverage")
    return plan


@require_http_methods(["GET", "POST"])
def coverage_end(request: HttpRequest, pk: UUID) -> HttpResponse:
    plan = _plan_or_404(request, pk)

    def act(said: dict[str, Any]) -> str:
        coverage.end_coverage(coverage_id=pk, by=acting_user(request), **said)
        return "The last day is written."

    form = forms.EndForm(request.POST or None, initial={"ends_on": plan.ends_on})
    text = "Visits after this day can’t be billed to it. Nothing is cancelled, and nobody is told by this."
    return ask(request, Page(plan.patient, f"{plan.payer}: last day", "Save the day", text), form, act)


@require_http_methods(["GET", "POST"])
def coverage_error(request: HttpRequest, pk: UUID) -> HttpResponse:
    plan = _plan_or_404(request, pk)

    def act(said: dict[str, Any]) -> str:
        coverage.mark_in_error(coverage_id=pk, by=acting_user(request), **said)
        return "Taken back. It stays on file, marked as an error."

    text = "For a plan that was never this patient’s. It no longer counts, and stays on file with your reason."
    page = Page(plan.patient, f"Take back {plan.payer}", "Take it back", text, stop=True)
    return ask(request, page, forms.ErrorForm(request.POST or None), act)


@require_http_methods(["GET", "POST"])
def authorization_add(request: HttpRequest, pk: UUID) -> HttpResponse:
    patient = patient_or_404(request, pk, what="coverage")

    def act(said: dict[str, Any]) -> str:
        plan, units = said.pop("coverage"), said.pop("infusions")
        made = authorizations.record(coverage_id=plan.pk, units=units, by=acting_user(request), **said)
        return f"{made} is on file: {made.units} infusions."

    text = "The planner counts these infusions, and says when a series needs more or falls outside the dates."
    page = Page(patient, "Record an authorization", "Record the authorization", text)
    return ask(request, page, forms.AuthorizationForm(request.POST or None, patient=patient), act)


def _authorization_or_404(request: HttpRequest, pk: UUID) -> tuple[Authorization, Patient]:
    rows = Authorization.objects.select_related("coverage")
    one = rows.filter(pk=pk, coverage__patient__site_id__in=acting_user(request).site_ids).first()
    if one is None:
        raise Http404
    return one, patient_or_404(request, one.coverage.patient_id, what="coverage")


@require_http_methods(["GET", "POST"])
def authorization_paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """File the letter, form or fax that belongs to an authorization."""
    one, patient = _authorization_or_404(request, pk)

    def act(said: dict[str, Any]) -> str:
        upload = said["paper"].read(papers.LARGEST + 1)
        papers.keep(
            patient_id=patient.pk, authorization_id=pk, title=said["title"], upload=upload, by=acting_user(request)
        )
        return f"Filed with {one}."

    text = "Whoever may see coverage can open it. A photo is made anew without the notes of the camera."
    page = Page(patient, f"File a paper with {one}", "File it", text)
    return ask(request, page, forms.PaperForm(request.POST or None, request.FILES or None), act)


@require_http_methods(["GET", "POST"])
def authorization_error(request: HttpRequest, pk: UUID) -> HttpResponse:
    one, patient = _authorization_or_404(request, pk)

    def act(said: dict[str, Any]) -> str:
        authorizations.mark_in_error(authorization_id=pk, by=acting_user(request), **said)
        return "Taken back. It stays on file, marked as an error."

    text = "For an authorization that the payer never gave. It no longer counts, and stays on file with your reason."
    page = Page(patient, f"Take back {one}", "Take it back", text, stop=True)
    return ask(request, page, forms.ErrorForm(request.POST or None), act)
