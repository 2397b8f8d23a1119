"""The therapist's day: what is today, what waits for a signature, what comes."""

from __future__ import annotations

from datetime import timedelta

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clinic import clock
from clinic.access import acting_user, current_site
from therapy.models import TherapySession


@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """My sessions: what is today, what waits for a signature, what comes."""
    user, site = acting_user(request), current_site(request)
    rows = (
        TherapySession.objects.filter(therapist=user, series__site=site)
        .select_related("patient", "appointment", "series__site")
        .order_by("appointment__starts_at", "id")
    )
    start, end = site.day_bounds(site.today())
    unsigned = rows.filter(state__in=[TherapySession.State.HELD, TherapySession.State.PLANNED])
    past = unsigned.filter(appointment__ends_at__lt=clock.now()).exclude(appointment__starts_at__gte=start)
    coming = rows.filter(state=TherapySession.State.PLANNED, appointment__starts_at__gte=end)
    context = {
        "today": rows.filter(appointment__starts_at__gte=start, appointment__starts_at__lt=end),
        "unsigned": past[:50],
        "page_obj": Paginator(coming, 25).get_page(request.GET.get("page")),
        "soon": clock.now() + timedelta(hours=1),
    }
    return render(request, "therapy/mine.html", context)
