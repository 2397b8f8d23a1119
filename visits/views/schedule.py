"""The schedule, week by week: day by day, by room, or by person."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clinic.access import current_site
from visits.forms import day_or_none
from visits.week import by_person, by_room, monday, week

GRIDS = {"rooms": by_room, "people": by_person}


@require_GET
def schedule(request: HttpRequest) -> HttpResponse:
    """A week of the current site: a list of every room or of one, or a grid of rooms or of people."""
    site = current_site(request)
    day = day_or_none(site, request.GET.get("week", "")) or site.today()
    view = request.GET.get("view", "")
    chosen = None if view in GRIDS else _uuid(request.GET.get("room", ""))
    shown = week(site, monday(day), room=chosen)
    context = {
        "week": shown,
        "today": site.today(),
        "this_week": monday(site.today()),
        "chosen": chosen,
        "view": view if view in GRIDS else "",
        "lines": GRIDS[view](shown) if view in GRIDS else [],
    }
    return render(request, "visits/schedule.html", context)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
