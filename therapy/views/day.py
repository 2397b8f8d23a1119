"""The therapist's day: today with each patient's story, what has to be booked, signed and answered, what comes."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clinic import settings_versions
from clinic.access import acting_user, current_site, log_reads
from therapy import day
from therapy.models import TherapySession


@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """My day, in a constant number of queries; what it tells of a patient counts as a read of the chart."""
    user, site = acting_user(request), current_site(request)
    found = day.read(user, site)
    log_reads(request, patient_ids=[talk.session.patient_id for talk in found.today], what="my day")
    coming = day.sessions(user, site).filter(
        state=TherapySession.State.PLANNED, appointment__starts_at__gte=site.day_bounds(site.today())[1]
    )
    holds_groups = settings_versions.current(site).group_sessions
    context = {
        "day": found,
        "site": site,
        "holds_groups": holds_groups,
        "page_obj": Paginator(coming, 25).get_page(request.GET.get("page")),
    }
    return render(request, "therapy/mine.html", context)
