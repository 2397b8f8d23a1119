"""The nurses' station: one page for a wall or a tablet, which asks every few seconds whether anything changed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clinic.access import acting_user, current_site
from clinic.policy import Action, require
from infusions import pulse, station


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The page; asked by its own script, the chairs alone, or 304 while nothing is new."""
    site, user = current_site(request), acting_user(request)
    require(user, Action.SEE_INFUSION, at=site)
    mine = request.GET.get("whose") == "mine"
    part = bool(request.headers.get("HX-Request"))
    tag = f'"{pulse.of_site(site)}-{"mine" if mine else "all"}"'
    if part and request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers={"ETag": tag, "Cache-Control": "no-store, private"})
    board = station.board(site, only=user if mine else None)
    context = {"board": board, "site": site, "mine": mine}
    template = "infusions/station/_seats.html" if part else "infusions/station.html"
    response = render(request, template, context | {"oob": part})
    response["ETag"] = tag
    return response
