"""The paper for a day when nothing else works."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from clinic.access import acting_user, current_site, log_reads
from clinic.documents.answer import attachment
from clinic.models import Site
from clinic.policy import Action, require
from infusions import flowsheets


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """What the morning's pack holds; a POST makes it anew, with the changes since."""
    site = _site(request)
    today = site.today()
    if request.method == "POST":
        flowsheets.make(site=site, on=today)
        return redirect("infusions:flowsheets")
    sheets = flowsheets.sheets_of(site, today)
    log_reads(request, patient_ids=flowsheets.named(sheets), what="flowsheets of the day")
    context = {"site": site, "today": today, "sheets": sheets, "pack": flowsheets.of_day(site, today)}
    return render(request, "infusions/flowsheets.html", context)


@require_GET
def pdf(request: HttpRequest) -> HttpResponse:
    """Today's flowsheets as they are now, or with `?made=morning` as they were made in the morning."""
    site = _site(request)
    pack = flowsheets.kept(site, site.today()) if request.GET.get("made") == "morning" else None
    if pack is None:
        content, sheets = flowsheets.pdf(site, site.today())
        pack = content, flowsheets.named(sheets)
    content, patients = pack
    log_reads(request, patient_ids=patients, what="flowsheets of the day, PDF")
    return attachment(content, f"flowsheets-{site.code}-{site.today():%Y-%m-%d}.pdf", "application/pdf")


def _site(request: HttpRequest) -> Site:
    site = current_site(request)
    require(acting_user(request), Action.RUN_INFUSION, at=site)
    return site
