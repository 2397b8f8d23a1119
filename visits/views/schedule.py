"""The schedule, week by week."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clinic.access import current_site
from visits.forms import day_or_none
from visits.week import monday, week


@require_GET
def schedule(request: HttpRequest) -> HttpResponse:
    """A week of the current site, day by day, of every room or of one."""
    site = current_site(request)
    day = day_or_none(site, request.GET.get("week", "")) or site.today()
    chosen = _uuid(request.GET.get("room", ""))
    shown = week(site, monday(day), room=chosen)
    context = {
        "week": shown,
        "today": site.today(),
        "this_week": monday(site.today()),
        "chosen": chosen,
    }
    return render(request, "visits/schedule.html", context)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
