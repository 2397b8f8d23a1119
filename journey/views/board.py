"""The day as the whole clinic sees it: a board to look at, a list to read and print."""

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clinic.access import acting_user, current_site
from journey import board as boards

FARTHEST_DAYS = 3660


@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """The board of a day, today unless another is asked for; `view=list` gives the same as a table."""
    site = current_site(request)
    on = _day(request.GET.get("day", ""), site.today())
    board = boards.read(site, on, by=acting_user(request))
    context = {
        "board": board,
        "site": site,
        "on": on,
        "is_today": on == site.today(),
        "before": on - timedelta(days=1),
        "after": on + timedelta(days=1),
        "as_list": request.GET.get("view") == "list",
    }
    template = "journey/_board.html" if request.headers.get("HX-Request") else "journey/today.html"
    return render(request, template, context)


def _day(text: str, otherwise: date) -> date:
    """The day that was asked for; `otherwise` for no day, and for one beyond the years of this clinic."""
    try:
        asked = date.fromisoformat(text)
    except ValueError:
        return otherwise
    return asked if abs((asked - otherwise).days) < FARTHEST_DAYS else otherwise
