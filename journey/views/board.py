"""The day as the whole clinic sees it: a board to look at and to work on, a list to read and print, a hallway view."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from clinic import sessions
from clinic.access import acting_user, current_site
from clinic.models import Site, User
from clinic.policy import Action, can
from journey import board as boards
from visits.board import BoardDay

FARTHEST_DAYS = 3660


@dataclass(frozen=True)
class Shown:
    """Which day is shown, and how. Every link of the page keeps the rest of it."""

    on: date
    as_list: bool = False
    only: str = ""

    @property
    def address(self) -> str:
        query = {"day": self.on.isoformat(), "view": "list" if self.as_list else "", "only": self.only}
        return reverse("journey:today", query={name: value for name, value in query.items() if value})


@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """The board of a day, today unless another is asked for; `view=list` gives the same as a table."""
    site = current_site(request)
    only = request.GET.get("only", "")
    shown = Shown(
        on=day_of(request.GET.get("day", ""), site.today()),
        as_list=request.GET.get("view") == "list",
        only=only if only in boards.GROUPS else "",
    )
    template = "journey/_board.html" if request.headers.get("HX-Request") else "journey/today.html"
    return render(request, template, page(acting_user(request), site, shown))


def page(user: User, site: Site, shown: Shown) -> dict[str, object]:
    """What the page of a day shows."""
    board = boards.read(site, shown.on, by=user, only=shown.only)
    step = timedelta(days=1)
    return {
        "board": board,
        "site": site,
        "holds_groups": board.day.settings.group_sessions,
        "on": shown.on,
        "is_today": shown.on == site.today(),
        "as_list": shown.as_list,
        "before": shown.on - step,
        "after": shown.on + step,
        "tiles": [(tile, replace(shown, only="" if tile.is_on else tile.key).address) for tile in board.tiles],
        "empty": None if board.cards or board.groups else _empty(board.day, user),
        "links": {
            "here": shown.address,
            "before": replace(shown, on=shown.on - step).address,
            "after": replace(shown, on=shown.on + step).address,
            "today": replace(shown, on=site.today()).address,
            "board": replace(shown, as_list=False).address,
            "list": replace(shown, as_list=True).address,
        },
    }


def _empty(day: BoardDay, user: User) -> dict[str, str]:
    """A day without visits, and the one next thing."""
    if day.is_open and not day.closed_because:
        return {
            "title": "No visits on this day",
            "text": "Visits appear here as soon as they are booked: open a patient’s chart, then book from there.",
            "href": reverse("patients:list"),
            "label": "Find the patient",
            "mark": "search",
        }
    if day.next_open is None:
        may_mend = can(user, Action.MANAGE_CLINIC, day.site)
        return {
            "title": "This site has no opening hours yet",
            "text": "Nobody can be booked until the clinic admin has set them.",
            "href": reverse("clinic:hours") if may_mend else "",
            "label": "Set the opening hours",
            "mark": "clock",
        }
    return {
        "title": f"Closed: {day.closed_because}" if day.closed_because else f"Not open on {day.day:%A}s",
        "text": "Nobody can be booked on this day.",
        "href": Shown(day.next_open).address,
        "label": f"Go to {day.next_open:%A}",
        "mark": "go",
    }


def day_of(text: str, otherwise: date) -> date:
    """The day that was asked for; `otherwise` for no day, and for one beyond the years of this clinic."""
    try:
        asked = date.fromisoformat(text)
    except ValueError:
        return otherwise
    return asked if abs((asked - otherwise).days) < FARTHEST_DAYS else otherwise


@require_http_methods(["GET", "POST"])
def hallway(request: HttpRequest) -> HttpResponse:
    """Today for a screen that everybody passes: initials alone. From the POST on this session opens nothing else,
    until the person proves who they are (clinic.sessions)."""
    if request.method == "POST":
        sessions.go_to_hallway(request)
        return redirect("journey:hallway")
    if not sessions.is_in_hallway(request):
        return redirect("journey:today")
    site = current_site(request)
    context = {
        "board": boards.read(site, site.today(), by=acting_user(request)),
        "site": site,
        "on": site.today(),
        "idle_minutes": 0,  # nothing here needs covering
    }
    template = "journey/_hallway_board.html" if request.headers.get("HX-Request") else "journey/hallway.html"
    return render(request, template, context)
