"""The chart of one patient."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clinic import clock, on_call
from clinic.access import acting_user, current_site
from clinic.models import Site
from journey import chart as charts
from journey import timeline
from journey.home import todos
from patients.access import patient_or_404


@require_GET
def chart(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The whole of one patient, as far as the reader may see it."""
    patient = patient_or_404(request, pk, what="chart")
    group = request.GET.get("show", "")
    read = charts.read(patient, by=acting_user(request), group=group)
    filters = [
        {"value": value, "label": label, "n": read.counts.get(value, 0), "on": value == group}
        for value, label in (("", "All"), *timeline.FILTERS)
        if not value or read.counts.get(value)
    ]
    return render(request, "journey/chart.html", {"chart": read, "patient": patient, "filters": filters})


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """One thing first, then the order of the clock."""
    user, site = acting_user(request), current_site(request)
    rows = todos(user, site)
    context = {
        "first": rows[0] if rows else None,
        "rest": rows[1:],
        "site": site,
        "part_of_day": _part_of_day(site),
        "rota": on_call.at(site, clock.now()),
    }
    return render(request, "journey/home.html", context)


def _part_of_day(site: Site) -> str:
    hour = site.local(clock.now()).hour
    return "morning" if hour < 12 else "afternoon" if hour < 18 else "evening"
