"""The page behind the link that a patient gets: a time came free; yes or no. No account, no name, nothing clinical.

Other refusals than those written for patients name people and rules; here they become one fixed sentence.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clinic import clock
from clinic.errors import DomainError, NotFound, Refused
from patients import throttle
from patients.views.linked import language_of, speak
from visits import offers, patient_words, waitlist
from visits.models import Offer

# A patient opens the link a few times; whoever tries links by chance is stopped long before one is found.
LIMIT = throttle.Limit("offer", for_each=60, for_all=5000)


@never_cache
@require_http_methods(["GET", "POST"])
def offer(request: HttpRequest, token: str) -> HttpResponse:
    """Show the time, or take the answer, in the patient's language. A second answer changes nothing."""
    if request.method == "GET" and speak(request, request.GET.get("lang")):
        return redirect(request.path)
    with translation.override(language_of(request, None)):
        return _answer(request, token)


def _answer(request: HttpRequest, token: str) -> HttpResponse:
    try:
        throttle.count(request, LIMIT, within="link", call="")
    except (throttle.TooMany, throttle.NotNow) as error:
        return render(request, "patients/linked/none.html", {"why": "busy"}, status=error.status)
    try:
        found = offers.find(token)
    except NotFound:
        return render(request, "patients/linked/none.html", {"why": "unknown"}, status=404)
    with translation.override(language_of(request, found.entry.patient)):
        return _told(request, found, token)


def _told(request: HttpRequest, found: Offer, token: str) -> HttpResponse:
    trouble: DomainError | None = None
    if request.method == "POST":
        answer = offers.accept if request.POST.get("answer") == "yes" else offers.decline
        try:
            answer(offer_id=found.pk)
        except DomainError as error:
            trouble = error if isinstance(error, offers.Told) else Refused(_(waitlist.CALL_US))
        found = offers.find(token)
    return _page(request, found, trouble)


def _page(request: HttpRequest, found: Offer, trouble: DomainError | None) -> HttpResponse:
    is_open = found.state == Offer.State.OPEN and clock.now() < found.expires_at
    site, visit = found.entry.site, found.entry.appointment
    context = {
        "offer": found,
        "site": site,
        "visit": visit,
        "day": patient_words.day(site, found.starts_at),
        "hour": patient_words.hour(site, found.starts_at),
        "instead_of": patient_words.when(site, visit.starts_at) if visit else "",
        "until": patient_words.when(site, found.expires_at),
        "is_open": is_open,
        "is_accepted": found.state == Offer.State.ACCEPTED,
        "is_declined": found.state == Offer.State.DECLINED,
        "trouble": trouble,
    }
    return render(request, "visits/offer.html", context, status=trouble.status if trouble else 200)
