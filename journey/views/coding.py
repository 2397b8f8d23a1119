"""Visits to code: the list, a visit with its suggestions, and the bills made of them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from clinic.access import acting_user, current_site, log_reads
from clinic.documents.answer import attachment
from clinic.errors import Invalid, Refused
from insurance import charges, code_tables, superbills
from insurance.coding_views import month_of
from insurance.models import CodedVisit
from journey import coding
from journey.coding_forms import CodingForm
from patients.access import allow_here
from visits.access import appointment_or_404
from visits.models import Appointment

WHICH = {"open": False, "coded": True}
FILTERS = (("open", "To code"), ("coded", "Coded"), ("all", "All"))


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The visits that took place: those still to code, the oldest first, or those that are coded."""
    site = current_site(request)
    allow_here(request, site)
    shown = request.GET.get("show", "open")
    page = Paginator(coding.done(site, coded=WHICH.get(shown)), 25).get_page(request.GET.get("page"))
    coded = {one.visit_id: one for one in superbills.coded().filter(visit_id__in=[visit.pk for visit in page])}
    listed = [
        (visit, coded.get(visit.pk), superbills.sums([coded[visit.pk]] if visit.pk in coded else [])) for visit in page
    ]
    context = {
        "page_obj": page,
        "listed": listed,
        "filters": [(value, label, value == shown) for value, label in FILTERS],
        "month": site.today().replace(day=1),
    }
    return render(request, "journey/coding/index.html", context)


@require_http_methods(["GET", "POST"])
def visit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One visit: what was accepted, or what the record suggests, to accept or change."""
    seen = appointment_or_404(request, pk, what="codes")
    if seen.status != Appointment.Status.DONE:
        messages.info(request, "This visit has not taken place. It can be coded afterwards.")
        return redirect("journey:coding")
    service = coding.service(seen)
    if found := charges.standing(pk):
        return _accepted(request, seen, found, service)
    rules = code_tables.on(service.service_on)
    prices = coding.prices(service)
    form = CodingForm(service, rules, prices, request.POST or None)
    if request.method == "POST" and form.is_valid() and _accept(request, service, form):
        return redirect("journey:coding-visit", pk)
    context = {
        "visit": seen,
        "service": service,
        "form": form,
        "codes": sorted(form.labels.items()),
        "plan": charges.payer_on(seen.patient, service.service_on),
        "unpriced": [told.code for told in service.suggestions if prices.get(told.code) is None],
    }
    return render(request, "journey/coding/visit.html", context, status=422 if request.method == "POST" else 200)


def _accept(request: HttpRequest, service: charges.Service, form: CodingForm) -> bool:
    said = form.visit.cleaned_data
    try:
        charges.accept(
            service=service,
            seen=said["seen"],
            lines=form.lines(),
            diagnosis_codes=said["diagnosis_codes"].replace(",", " ").split(),
            not_billed=said["not_billed"],
            by=acting_user(request),
        )
    except Invalid as error:
        form.visit.refuse(error)
        return False
    except Refused as error:
        form.visit.add_error(None, error.sentence)
        return False
    messages.success(request, "Accepted for the bill.")
    return True


def _accepted(request: HttpRequest, seen: Appointment, found: CodedVisit, service: charges.Service) -> HttpResponse:
    bill = superbills.coded().get(pk=found.pk)
    context = {
        "visit": seen,
        "coded": bill,
        "lines": found.lines.all(),
        "payments": bill.payments.all(),
        "sums": superbills.sums([bill]),
        "changed": found.suggested != service.digest,
        "service": service,
    }
    return render(request, "journey/coding/accepted.html", context)


@require_GET
def month_file(request: HttpRequest) -> HttpResponse:
    """All lines of a month at this site, for the billing system."""
    site = current_site(request)
    allow_here(request, site)
    first = month_of(request, site)
    found = superbills.of_month(first, site=site)
    log_reads(request, patient_ids=[one.patient_id for one in found], what="bills of a month")
    name = f"charges-{site.code}-{first:%Y-%m}.csv"
    return attachment(superbills.as_csv(found), name, "text/csv; charset=utf-8")
