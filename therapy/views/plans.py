"""The integration plan as its therapist writes it, and what came back: ticks, the journal, notes of those close."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.forms import BaseFormSet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from clinic.access import acting_user, log_read
from clinic.errors import Invalid, Refused
from clinic.policy import Action, can
from infusions.models import Series
from patients import links
from patients.access import allow_here
from patients.models import PatientLink
from therapy import collateral, integration_plans, journals, plan_links
from therapy.models import CollateralConsent
from therapy.plan_forms import ConsentForm, Difference, PlanForm, StepForm, forms_of

SHOWN = 30


@require_GET
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    return page(request, series_or_404(request, pk))


def series_or_404(request: HttpRequest, pk: UUID) -> Series:
    """The series, once the read is written. Raises Http404 for a stranger, NotPermitted for a colleague."""
    rows = Series.objects.select_related("patient__site", "site")
    series = rows.filter(pk=pk, site__in=acting_user(request).site_ids).first()
    if series is None:
        raise Http404
    allow_here(request, series.site)
    log_read(request, patient_id=series.patient_id, what="integration plan")
    return series


def page(
    request: HttpRequest,
    series: Series,
    *,
    forms: tuple[PlanForm, BaseFormSet[StepForm]] | None = None,
    consent_form: ConsentForm | None = None,
    address: str = "",
    why: str = "",
    differs: Sequence[Difference] = (),
    status: int = 200,
) -> HttpResponse:
    """The plan as it was given, what came back of it, and its next version while that is written."""
    user = acting_user(request)
    given, draft = integration_plans.given(series.pk), integration_plans.draft_of(series.pk)
    number = given.number + 1 if given else 1
    plan_form, steps = forms or forms_of(draft or given, number=number)
    may_read = can(user, Action.READ_JOURNAL, series.site)
    links_of = PatientLink.objects.filter(
        patient=series.patient_id, purpose=integration_plans.PURPOSE, subject_id=series.pk, revoked_at=None
    )
    context: dict[str, Any] = {
        "series": series,
        "patient": series.patient,
        "site": series.site,
        "given": integration_plans.shown(given) if given else None,
        "older": integration_plans.versions(series.pk)[1:10] if given else [],
        "draft": draft,
        "form": plan_form,
        "steps": steps,
        "is_writing": bool(forms or draft or not given or "new" in request.GET),
        "may_write": can(user, Action.WRITE_THERAPY, series.site),
        "may_read": may_read,
        "link": links_of.first(),
        "not_by_letter": links.why_not_written(series.patient),
        "address": address,
        "why": why,
        "differs": differs,
    }
    if may_read:
        context |= {
            "entries": journals.of_series(series.pk)[:SHOWN],
            "notes": collateral.of_series(series)[:SHOWN],
            "consents": collateral.consents_of(series)[:SHOWN],
            "consent_form": consent_form or ConsentForm(),
        }
        context["unread"] = sum(row.read_at is None for row in (*context["entries"], *context["notes"]))
        context["news"] = f"{context['unread']} new"
    answer = render(request, "therapy/plan.html", context, status=status)
    if address:
        answer["Cache-Control"] = "no-store, private"
    return answer


@require_POST
def read(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was new on the page, and is named by it, was read."""
    series, user = series_or_404(request, pk), acting_user(request)
    try:
        seen = [UUID(value) for value in request.POST.getlist("seen")]
    except ValueError:
        seen = []
    journals.read(series_id=series.pk, seen=seen, by=user)
    collateral.read(series_id=series.pk, seen=seen, by=user)
    return redirect("therapy:plan", pk)


@require_POST
def link(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The patient's link once more: sent, or its address shown this once, or ended."""
    series, user = series_or_404(request, pk), acting_user(request)
    try:
        if "end" in request.POST:
            plan_links.end(series_id=pk, by=user)
            messages.success(request, "The link opens nothing any more.")
            return redirect("therapy:plan", pk)
        path = plan_links.renew(series_id=pk, by=user, send="send" in request.POST)
    except Refused as error:
        messages.error(request, error.sentence)
        return redirect("therapy:plan", pk)
    if "send" not in request.POST:
        return page(request, series, address=urljoin(settings.PUBLIC_URL, path))
    messages.success(request, f"{series.patient.name} gets a message with a new link; the former one has ended.")
    return redirect("therapy:plan", pk)


@require_POST
def agree(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The patient agrees that somebody close writes to us."""
    series = series_or_404(request, pk)
    form = ConsentForm(request.POST)
    if form.is_valid():
        try:
            consent = collateral.agree(series_id=pk, by=acting_user(request), **form.cleaned_data)
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, f"Recorded: {consent} may write to us. Now send the link.")
            return redirect("therapy:plan", pk)
    return page(request, series, consent_form=form, status=422)


@require_POST
def invite(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A link for that person: written to the patient to pass on, or its address to hand over, shown this once."""
    consent = _consent(pk)
    series = series_or_404(request, consent.series_id)
    try:
        path = collateral.invite(consent_id=pk, by=acting_user(request), send="send" in request.POST)
    except (Invalid, Refused) as error:
        messages.error(request, error.sentence)
        return redirect("therapy:plan", series.pk)
    if "send" not in request.POST:
        return page(request, series, address=urljoin(settings.PUBLIC_URL, path))
    messages.success(request, f"{series.patient.name} gets a message with the link to pass on to {consent.name}.")
    return redirect("therapy:plan", series.pk)


@require_POST
def revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    consent = _consent(pk)
    series = series_or_404(request, consent.series_id)
    collateral.revoke(consent_id=pk, by=acting_user(request))
    messages.success(request, f"{consent.name} can write nothing more: the link is dead.")
    return redirect("therapy:plan", series.pk)


def _consent(pk: UUID) -> CollateralConsent:
    consent = CollateralConsent.objects.filter(pk=pk).first()
    if consent is None:
        raise Http404
    return consent
