"""The counts of the safe, and the ledger taken out for an inspection."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import acting_user, current_site, log_reads
from clinic.documents.answer import attachment
from clinic.errors import Invalid
from clinic.models import Site
from clinic.policy import Action, require
from infusions import counts, ledger_export, stock
from infusions.documents import ledger_pdf
from infusions.forms.ledger import CountAllForm, ExportForm
from infusions.forms.witness import WitnessForm
from infusions.models import StockCount
from patients.access import allow_here

COUNTS_A_PAGE = 25
MOST_VIALS = 200
"""On one page; after they are counted the page shows the next ones."""


@require_GET
def past(request: HttpRequest) -> HttpResponse:
    """The counts that were taken, and the form that takes the ledger out."""
    site = _site(request)
    today = site.today()
    context = {
        "site": site,
        "page_obj": Paginator(counts.past(site), COUNTS_A_PAGE).get_page(request.GET.get("page")),
        "today_count": counts.of_day(site, StockCount.Kind.DAILY, today),
        "biennial_due": counts.biennial_due_on(site),
        "export": ExportForm(initial={"first": today - timedelta(days=30), "last": today}),
    }
    return render(request, "infusions/counts.html", context)


@require_http_methods(["GET", "POST"])
def count(request: HttpRequest) -> HttpResponse:
    """Count everything that is open, before a witness: for the day, or `?kind=biennial`."""
    site = _site(request)
    kind = request.GET.get("kind") or StockCount.Kind.DAILY
    if kind not in StockCount.Kind.values:
        raise Http404
    vials = list(counts.to_count(site, kind)[:MOST_VIALS])
    form = CountAllForm(request.POST if request.method == "POST" else None, request=request, site=site, vials=vials)
    if request.method == "POST" and form.is_valid():
        try:
            taken = counts.take(
                site=site, kind=kind, found=form.found(), by=acting_user(request), witness=form.cleaned_data["witness"]
            )
        except Invalid as error:
            _mark(form, error)
        else:
            if taken.closed_at:
                messages.success(request, "Counted, and all agrees. The count is closed.")
            return redirect(f"{reverse('infusions:count')}?kind={kind}")
    return _page(request, site, kind, form)


def _mark(form: CountAllForm, error: Invalid) -> None:
    for field, text in error.fields.items():
        form.add_error(f"note_{field}" if f"note_{field}" in form.fields else field or None, text)


@require_POST
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Close a count whose differences were settled."""
    found = StockCount.objects.select_related("site").filter(pk=pk, site__in=acting_user(request).site_ids).first()
    if found is None:
        raise Http404
    allow_here(request, found.site)
    form = WitnessForm(request.POST, request=request, site=found.site)
    if not form.is_valid():
        vials = list(counts.to_count(found.site, found.kind)[:MOST_VIALS])
        whole = CountAllForm(None, request=request, site=found.site, vials=vials)
        return _page(request, found.site, found.kind, whole, closing=form)
    counts.close(count_id=pk, by=acting_user(request), witness=form.cleaned_data["witness"])
    messages.success(request, "The count is closed.")
    return redirect("infusions:counts")


def _page(
    request: HttpRequest, site: Site, kind: str, form: CountAllForm, *, closing: WitnessForm | None = None
) -> HttpResponse:
    taken = counts.of_day(site, kind, site.today())
    context = {
        "site": site,
        "kind": StockCount.Kind(kind),
        "form": form,
        "rows": form.rows(),
        "more": max(0, stock.open_vials(site).count() - MOST_VIALS),
        "taken": taken,
        "points": counts.open_points(taken) if taken and not taken.closed_at else [],
        "closing": closing or WitnessForm(request=request, site=site, auto_id="id_close_%s"),
    }
    bad = bool(form.errors) or closing is not None
    return render(request, "infusions/count.html", context, status=422 if bad else 200)


@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """The ledger of some days as a file; each patient it names has a line in the read log."""
    site = _site(request)
    if not request.GET:
        return redirect("infusions:counts")
    form = ExportForm(request.GET)
    if not form.is_valid():
        return _refused(request, site, form)
    first, last, on_paper = form.cleaned_data["first"], form.cleaned_data["last"], form.cleaned_data["on"] == "pdf"
    try:
        most = ledger_export.MOST_DAYS_ON_PAPER if on_paper else ledger_export.MOST_DAYS
        ledger_export.check(first, last, most=most)
    except Invalid as error:
        form.refuse(error)
        return _refused(request, site, form)
    lines = ledger_export.lines(site, first, last)
    log_reads(request, patient_ids=(line.patient_id for line in lines if line.patient_id), what="drug ledger, export")
    name = f"drug-ledger-{site.code}-{first:%Y-%m-%d}-{last:%Y-%m-%d}"
    if on_paper:
        return attachment(ledger_pdf.make(site, first, last, lines), f"{name}.pdf", "application/pdf")
    return attachment(ledger_export.as_csv(lines), f"{name}.csv", "text/csv; charset=utf-8")


def _refused(request: HttpRequest, site: Site, form: ExportForm) -> HttpResponse:
    context = {
        "site": site,
        "page_obj": Paginator(counts.past(site), COUNTS_A_PAGE).get_page(1),
        "today_count": counts.of_day(site, StockCount.Kind.DAILY, site.today()),
        "biennial_due": counts.biennial_due_on(site),
        "export": form,
    }
    return render(request, "infusions/counts.html", context, status=422)


def _site(request: HttpRequest) -> Site:
    site = current_site(request)
    require(acting_user(request), Action.KEEP_LEDGER, at=site)
    return site
