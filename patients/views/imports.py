"""Importing patients: the upload, how far it is, and what became of each row."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from clinic.access import acting_user, current_site
from clinic.errors import Invalid
from patients import tasks
from patients.access import allow_here
from patients.forms.imports import ImportForm
from patients.imports import jobs, sheet
from patients.imports.rows import Outcome
from patients.models import ImportJob

UNDER_WAY = {ImportJob.State.WAITING, ImportJob.State.RUNNING}
MEANING = {"created": "ok", "updated": "info", "unchanged": "none", "skipped": "warn", "failed": "stop"}


@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Upload a file; below, the runs before."""
    site = current_site(request)
    allow_here(request, site)
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["upload"]
        try:
            job = jobs.ask(
                site=site,
                format=form.cleaned_data["format"],
                file_name=upload.name,
                content=upload.read(),
                dry_run=form.cleaned_data["dry_run"],
                by=acting_user(request),
                on_commit=tasks.hand_over,
            )
        except Invalid as error:
            form.refuse(error)
        else:
            return redirect("patients:import-job", pk=job.pk)
    runs = ImportJob.objects.filter(site=site).select_related("started_by").defer("content")
    page = Paginator(runs, 10).get_page(request.GET.get("page"))
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "page_obj": page, "columns": sorted(sheet.OPTIONAL)}
    return render(request, "patients/import.html", context, status=status)


def _job_or_404(request: HttpRequest, pk: UUID) -> ImportJob:
    jobs_here = ImportJob.objects.filter(site__in=acting_user(request).site_ids).defer("content")
    job = jobs_here.select_related("site", "started_by").filter(pk=pk).first()
    if job is None:
        raise Http404
    allow_here(request, job.site)
    return job


@require_GET
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One run: its progress, then its report, which may be narrowed to one end of the rows."""
    job = _job_or_404(request, pk)
    chosen = request.GET.get("show", "told")
    rows = job.rows.select_related("patient").order_by("file", "line", "id")
    told = rows.exclude(why="").count()
    if chosen == "told" and told:
        rows = rows.exclude(why="")
    elif chosen in Outcome.values:
        rows = rows.filter(outcome=chosen)
    else:
        chosen = "all"
    found = job.rows.order_by().values_list("file", "outcome").annotate(n=Count("pk"))
    counts: jobs.Counts = Counter({(file, outcome): number for file, outcome, number in found})
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    for row in page:
        row.meaning = MEANING[row.outcome]  # type: ignore[attr-defined]
    context = {
        "job": job,
        "under_way": job.state in UNDER_WAY,
        "page_obj": page,
        "summary": jobs.summary(counts),
        "filters": _filters(counts, chosen, told),
    }
    return render(request, "patients/import_job.html", context)


def _filters(counts: jobs.Counts, chosen: str, told: int) -> list[dict[str, object]]:
    """The choices above the report; what carries a reason comes first."""
    ends = [(end.value, end.label, sum(n for (_, one), n in counts.items() if one == end)) for end in Outcome]
    choices = [("told", "With a reason", told), ("all", "All", sum(counts.values())), *ends]
    return [
        {"value": value, "label": label, "n": number, "on": chosen == value}
        for value, label, number in choices
        if number
    ]


@require_GET
def progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The bar alone, asked for once a second; when the run has ended, the page is loaded anew with its report."""
    job = _job_or_404(request, pk)
    response = render(request, "patients/_import_progress.html", {"job": job, "under_way": job.state in UNDER_WAY})
    if job.state not in UNDER_WAY:
        response["HX-Refresh"] = "true"
    return response
