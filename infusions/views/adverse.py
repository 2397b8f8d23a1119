"""Adverse events: the report beside the chair, the list of the medical director, the review."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic import clock
from clinic.access import acting_user, current_site, log_read, log_reads
from clinic.errors import Invalid
from clinic.ids import uuid7
from clinic.policy import Action, can, require
from infusions import adverse
from infusions.forms.adverse import JudgeForm, ReportForm
from infusions.models import AdverseEvent
from infusions.views.answering import infusion_or_404
from patients.access import allow_here

EVENTS_A_PAGE = 25
SHOWN = (("open", "Not reviewed"), ("serious", "Serious"), ("all", "All"))


@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """The reports of the site, the open ones first of all."""
    site = current_site(request)
    require(acting_user(request), Action.SEE_INFUSION, at=site)
    show, kind, grade = (request.GET.get(name, "") for name in ("show", "kind", "grade"))
    show = show if show in dict(SHOWN) else "open"
    rows = adverse.listed(site, show=show, kind=kind, grade=grade)
    page = Paginator(rows, EVENTS_A_PAGE).get_page(request.GET.get("page"))
    log_reads(request, patient_ids=(row.patient_id for row in page), what="adverse events, list")
    context = {
        "site": site,
        "page_obj": page,
        "filters": [{"value": value, "label": label, "on": value == show} for value, label in SHOWN],
        "kinds": [{"value": value, "label": label, "on": value == kind} for value, label in AdverseEvent.Kind.choices],
        "kind": kind,
        "grade": grade,
        "grades": AdverseEvent.Grade.choices,
        "show": show,
        "waiting": adverse.waiting().filter(site=site).count(),
    }
    return render(request, "infusions/adverse_list.html", context)


@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A page of its own beside the chair."""
    infusion = infusion_or_404(request, pk)
    site = infusion.appointment.site
    log_read(request, patient_id=infusion.series.patient_id, what="adverse event, report")
    initial = {"at": site.local(clock.now()).time().replace(second=0, microsecond=0), "client_key": uuid7()}
    form = ReportForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = adverse.report(
                patient=infusion.series.patient, infusion=infusion, by=acting_user(request), **form.values(site)
            )
        except Invalid as error:
            form.refuse(error)
        else:
            words = " A provider reviews it before the next infusion." if adverse.needs_review(made) else ""
            messages.success(request, f"{made.get_kind_display()} written.{words}")
            return redirect("infusions:infusion", pk)
    context = {"infusion": infusion, "patient": infusion.series.patient, "site": site, "form": form}
    return render(request, "infusions/adverse_report.html", context, status=422 if form.errors else 200)


@require_GET
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _page(request, _event_or_404(request, pk))


@require_POST
def review(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Sign the judgement."""
    event = _event_or_404(request, pk)
    form = JudgeForm(request.POST)
    if form.is_valid():
        try:
            adverse.review(event_id=pk, by=acting_user(request), **form.cleaned_data)
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, "Reviewed and signed.")
            return redirect("infusions:adverse-event", pk)
    return _page(request, event, form=form, status=422)


def _page(
    request: HttpRequest, event: AdverseEvent, *, form: JudgeForm | None = None, status: int = 200
) -> HttpResponse:
    may = event.reviewed_at is None and can(acting_user(request), Action.REVIEW_ADVERSE, event.site)
    context = {
        "event": event,
        "patient": event.patient,
        "site": event.site,
        "form": (form or JudgeForm(initial={"outcome": event.outcome})) if may else None,
        "needs_review": adverse.needs_review(event),
    }
    return render(request, "infusions/adverse_event.html", context, status=status)


def _event_or_404(request: HttpRequest, pk: UUID) -> AdverseEvent:
    event = (
        AdverseEvent.objects.select_related(
            "patient__site", "site", "infusion__series", "infusion__appointment", "entered_by", "reviewed_by"
        )
        .filter(pk=pk, site_id__in=acting_user(request).site_ids)
        .first()
    )
    if event is None:
        raise Http404
    allow_here(request, event.site)
    log_read(request, patient_id=event.patient_id, what="adverse event")
    return event
