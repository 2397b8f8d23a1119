"""The page behind the link that a patient gets: a time came free; yes or no. No account, no name, nothing clinical.

Other refusals than those written for patients name people and rules; here they become one fixed sentence.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clinic import clock
from clinic.errors import DomainError, NotFound, Refused
from patients import throttle
from visits import offers, waitlist
from visits.models import Offer

# A patient opens the link a few times; whoever tries links by chance is stopped long before one is found.
LIMIT = throttle.Limit("offer", for_each=60, for_all=5000)


@never_cache
@require_http_methods(["GET", "POST"])
def offer(request: HttpRequest, token: str) -> HttpResponse:
    """Show the time, or take the answer. A second answer changes nothing."""
    try:
        throttle.count(request, LIMIT, within="link", call="")
    except (throttle.TooMany, throttle.NotNow) as error:
        return render(request, "visits/offer_none.html", {"trouble": error}, status=error.status)
    try:
        found = offers.find(token)
    except NotFound as error:
        return render(request, "visits/offer_none.html", {"trouble": error}, status=404)
    trouble: DomainError | None = None
    if request.method == "POST":
        answer = offers.accept if request.POST.get("answer") == "yes" else offers.decline
        try:
            answer(offer_id=found.pk)
        except DomainError as error:
            trouble = error if isinstance(error, offers.Told) else Refused(waitlist.CALL_US)
        found = offers.find(token)
    return _page(request, found, trouble)


def _page(request: HttpRequest, found: Offer, trouble: DomainError | None) -> HttpResponse:
    is_open = found.state == Offer.State.OPEN and clock.now() < found.expires_at
    context = {
        "offer": found,
        "site": found.entry.site,
        "visit": found.entry.appointment,
        "is_open": is_open,
        "is_accepted": found.state == Offer.State.ACCEPTED,
        "is_declined": found.state == Offer.State.DECLINED,
        "trouble": trouble,
    }
    return render(request, "visits/offer.html", context, status=trouble.status if trouble else 200)
