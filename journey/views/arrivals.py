"""The check-in list of the front desk."""

from __future__ import annotations

import json
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from clinic.access import acting_user, current_site
from clinic.counting import beginning
from clinic.errors import DomainError, IllegalTransition, Invalid, Refused
from journey import arrivals as lists
from patients.access import allow_here
from visits import steps
from visits.access import appointment_or_404

AT_ONCE = 80  # rows that come with the page; those of a very full day are asked for as soon as it stands
KEYS = frozenset({"arrive", "no-show", "undo"})


@require_GET
def arrivals(request: HttpRequest) -> HttpResponse:
    """Who is awaited today, who is here and where."""
    allow_here(request, current_site(request))
    return _list(request)


def _list(request: HttpRequest, trouble: DomainError | None = None) -> HttpResponse:
    site = current_site(request)
    found, by_htmx = lists.read(site, by=acting_user(request)), bool(request.headers.get("HX-Request"))
    since = beginning(request.GET.get("since", ""))
    until = since + AT_ONCE
    context = {
        "list": found,
        "rows": found.rows if by_htmx else found.rows[since:until],
        "rest": None if by_htmx or until >= len(found.rows) else until,
        "site": site,
        "trouble": trouble,
    }
    template = "journey/_arrivals.html" if by_htmx else "journey/arrivals.html"
    return render(request, template, context, status=trouble.status if trouble else 200)


@require_POST
def step(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Check in, mark as not come, or take that back: the list as it is now, and a word."""
    found, key = appointment_or_404(request, pk, what="check-in"), request.POST.get("step", "")
    if key not in KEYS:
        raise Http404
    try:
        said = steps.take(visit=found, key=key, by=acting_user(request), seen=request.GET.get("version"))
    except (Refused, IllegalTransition, Invalid) as error:
        return _list(request, error)
    if not request.headers.get("HX-Request"):
        messages.success(request, said)
        return redirect("journey:arrivals")
    answer = _list(request)
    answer["HX-Trigger"] = json.dumps({"toast": said})
    return answer
