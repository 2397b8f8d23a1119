"""One's own calendar link, and what is behind it."""

from __future__ import annotations

from urllib.parse import urljoin

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.http import require_http_methods, require_safe

from clinic.access import acting_user
from clinic.errors import NotFound
from patients import throttle
from visits import feeds

# Calendar programs ask a few times an hour; many of a clinic's staff ask from one address.
LIMIT = throttle.Limit("calendar", for_each=600, for_all=20_000)


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar, without a session: the secret in the address opens it."""
    try:
        throttle.count(request, LIMIT, within="feed", call="")
        found = feeds.read(token)
    except (throttle.TooMany, throttle.NotNow) as error:
        return HttpResponse("Too many requests.", status=error.status, content_type="text/plain")
    except NotFound:
        return HttpResponse("There is no calendar here.", status=404, content_type="text/plain")
    response = HttpResponse(found.body, content_type="text/calendar; charset=utf-8")
    response["ETag"] = found.etag
    response["Cache-Control"] = "private, no-cache"
    response["Referrer-Policy"] = "no-referrer"
    changed = int(found.changed_at.timestamp()) if found.changed_at else None
    if changed:
        response["Last-Modified"] = http_date(changed)
    return get_conditional_response(request, etag=found.etag, last_modified=changed, response=response) or response


@require_http_methods(["GET", "POST"])
def link(request: HttpRequest) -> HttpResponse:
    """Make, replace or end one's own calendar link. It is shown once, when it is made."""
    user, address = acting_user(request), ""
    if request.method == "POST":
        if request.POST.get("do") == "revoke":
            feeds.revoke(by=user)
            messages.success(request, "The link is ended. Calendars that use it get nothing more.")
            return redirect("visits:calendar")
        address = urljoin(settings.PUBLIC_URL, reverse("visits:feed", args=[feeds.issue(by=user)]))
    context = {"address": address, "standing": feeds.standing_link(user)}
    return render(request, "visits/calendar.html", context)
