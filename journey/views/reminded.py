"""Do reminders help: a table over a range of days, and the same as a file."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clinic.access import current_site
from clinic.documents.answer import attachment
from clinic.models import Site
from journey.reports import reminded
from journey.views.overbookings import RangeForm
from patients.access import allow_here

BACK = timedelta(days=90)


@require_GET
def report(request: HttpRequest) -> HttpResponse:
    """No-shows and confirmations at this site, by reminder."""
    site = current_site(request)
    allow_here(request, site)
    form = _form(request, site)
    valid = form.is_valid()
    found = reminded.lines(site, form.cleaned_data["first"], form.cleaned_data["last"]) if valid else []
    context = {"form": form, "lines": found, "site": site, "query": request.GET.urlencode()}
    return render(request, "journey/reminded.html", context, status=200 if valid else 422)


@require_GET
def as_file(request: HttpRequest) -> HttpResponse:
    site = current_site(request)
    allow_here(request, site)
    form = _form(request, site)
    if not form.is_valid():
        return render(request, "journey/reminded.html", {"form": form, "site": site}, status=422)
    first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    name = f"reminders-{first:%Y-%m-%d}-{last:%Y-%m-%d}.csv"
    return attachment(reminded.as_csv(reminded.lines(site, first, last)), name, "text/csv; charset=utf-8")


def _form(request: HttpRequest, site: Site) -> RangeForm:
    today = site.today()
    usual = {"first": (today - BACK).isoformat(), "last": today.isoformat()}
    return RangeForm({name: request.GET.get(name) or value for name, value in usual.items()})
