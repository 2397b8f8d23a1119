"""The chart of one patient."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clinic import clock, on_call
from clinic.access import acting_user, current_site
from clinic.models import Site
from journey import chart as charts
from journey import happened
from journey.home import todos
from patients.access import patient_or_404


@require_GET
def chart(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The whole of one patient, as far as the reader may see it."""
    patient = patient_or_404(request, pk, what="chart")
    read = charts.read(patient, by=acting_user(request))
    context = {"chart": read, "patient": patient, "show": request.GET.get("show", "")}
    return render(request, "journey/chart.html", context)


@require_GET
def chart_timeline(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the chart shows below the fold, once somebody is there to read it."""
    patient = patient_or_404(request, pk, what="chart, timeline")
    read = happened.read(patient, by=acting_user(request), group=request.GET.get("show", ""))
    return render(request, "journey/_timeline.html", {"timeline": read, "patient": patient})


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
