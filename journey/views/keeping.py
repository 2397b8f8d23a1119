"""How long the records of a site are kept, which may be disposed of, and which are held."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clinic.access import current_site, log_reads
from clinic.documents.answer import attachment
from clinic.documents.spreadsheet import comma_separated
from journey import retention
from patients.access import allow_here

A_PAGE = 25
MOST_LINES = 10_000


@require_GET
def report(request: HttpRequest) -> HttpResponse:
    site = current_site(request)
    allow_here(request, site)
    page = Paginator(retention.past(site), A_PAGE).get_page(request.GET.get("page"))
    held = list(retention.held(site)[:100])
    shown = [patient.pk for patient in page] + [mark.patient_id for mark in held]
    log_reads(request, patient_ids=shown, what="records past their time")
    context = {"site": site, "kept": retention.kept(site), "page_obj": page, "held": held}
    context |= {"chart_years": retention.CHART_YEARS, "trail_years": retention.TRAIL_YEARS}
    return render(request, "journey/audit/retention.html", context)


@require_GET
def report_file(request: HttpRequest) -> HttpResponse:
    """The records that may be disposed of, as a file."""
    site = current_site(request)
    allow_here(request, site)
    found: list[Any] = list(retention.past(site)[:MOST_LINES])  # with last_seen, which no column is
    log_reads(request, patient_ids=[patient.pk for patient in found], what="records past their time, file")
    rows = [(one.mrn, one.legal_name, f"{site.local(one.last_seen):%Y-%m-%d}") for one in found]
    return attachment(comma_separated(("Number", "Name", "Last seen"), rows), "past-their-time.csv", "text/csv")
