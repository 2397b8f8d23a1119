"""The schedule, week by week: day by day, by room, or by person."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clinic.access import current_site
from clinic.counting import beginning
from visits.forms import day_or_none
from visits.week import DAYS, by_person, by_room, monday, part, week

GRIDS = {"rooms": by_room, "people": by_person}
DAYS_AT_ONCE, LINES_AT_ONCE = 200, 300  # visits in one answer; what a very full week holds beyond comes right after


@require_GET
def schedule(request: HttpRequest) -> HttpResponse:
    """A week of the current site: a list of every room or of one, or a grid of rooms or of people; from a part on."""
    site = current_site(request)
    day = day_or_none(site, request.GET.get("week", "")) or site.today()
    view, since = request.GET.get("view", ""), beginning(request.GET.get("since", ""))
    context: dict[str, object] = {"today": site.today(), "this_week": monday(site.today())}
    if view in GRIDS:
        shown = week(site, monday(day))
        lines, rest = part(GRIDS[view](shown), since, LINES_AT_ONCE)
        context |= {"week": shown, "view": view, "lines": lines, "rest": rest}
    else:
        chosen, since = _uuid(request.GET.get("room", "")), since if since < DAYS else 0
        shown = week(site, monday(day), room=chosen, since=since)
        days, rest = part(shown.days, since, DAYS_AT_ONCE)
        context |= {"week": shown, "view": "", "chosen": chosen, "days": days, "rest": rest}
    context["since"] = since
    if since and request.headers.get("HX-Request"):
        return render(request, "visits/_week_lines.html" if view in GRIDS else "visits/_days.html", context)
    return render(request, "visits/schedule.html", context)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
