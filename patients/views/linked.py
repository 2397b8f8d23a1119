"""The door of every page that a patient opens by a secret link: no account, no name, nothing clinical in the address.

`by_link` finds the link, asks the birth date once for each browser, and shows the page in the patient's language. What
was sent after the door had closed again is carried through it, encrypted in the page itself, and then done.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import wraps
from typing import Any

import pghistory
from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods

from clinic import clock, crypto, sessions
from clinic.access import acting_user
from clinic.errors import DomainError, NotFound
from clinic.policy import Action, can
from patients import links, throttle
from patients.models import Patient, PatientLink

View = Callable[..., HttpResponse]

IDLE_MINUTES = 30
GRAIN_SECONDS = 20
PROVEN, LANGUAGE, HANDED = "evenkeel_links", "evenkeel_link_language", "evenkeel_link_handed"
HERE = "here"  # stands in the address in place of a token on a tablet that was handed over
DOOR, HELD = "birth_year", "held"
MOST_HELD = 1_500_000  # characters; what is sent back with it must stay under Django's own limit

# Whoever tries addresses by chance is stopped long before one is found; a proven browser is not counted.
LIMIT = throttle.Limit("link", for_each=120, for_all=10_000)


def by_link(*purposes: str) -> Callable[[View], View]:
    """A view `(request, link, **kwargs)` for links of these purposes (of any, when none is named)."""

    def decorate(view: View) -> View:
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(view)
        def door(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
            link = _link(request, token)
            if link is not None and purposes and link.purpose not in purposes:
                link = None
            with translation.override(language_of(request, link.patient if link else None)):
                return _unseen(_answer(request, token, link, view, kwargs))

        return door

    return decorate


def hand_over(request: HttpRequest, link: PatientLink) -> HttpResponse:
    """Give this browser to the patient: it shows this link's pages alone until a member of staff proves who they are.

    Handed over by somebody who may read the chart, it asks no birth date: they know whom they hand it to. Others would
    open by it what they may not read, so the patient gives the birth date.
    """
    request.session[HANDED] = str(link.pk)
    request.session.pop(LANGUAGE, None)
    if can(acting_user(request), Action.SEE_CHART, link.patient.site):
        _prove(request, link)
    else:
        request.session.pop(PROVEN, None)
    sessions.hand_over(request)
    return redirect("linked:start", HERE)


def is_handed(request: HttpRequest) -> bool:
    return sessions.is_handed_over(request)


def _link(request: HttpRequest, token: str) -> PatientLink | None:
    if token != HERE:
        return links.find(token)
    return links.by_id(request.session.get(HANDED, "")) if is_handed(request) else None


def language_of(request: HttpRequest, patient: Patient | None) -> str:
    """What was chosen in this browser, else the patient's own language, else what the browser prefers."""
    ours = dict(settings.LANGUAGES)
    for wanted in (request.GET.get("lang"), request.session.get(LANGUAGE), patient and patient.language):
        if wanted in ours:
            return str(wanted)
    return translation.get_language_from_request(request)


def speak(request: HttpRequest, language: str | None) -> bool:
    """Remember the language in this browser, if it is one of ours."""
    if language not in dict(settings.LANGUAGES):
        return False
    request.session[LANGUAGE] = language
    return True


def _answer(
    request: HttpRequest, token: str, link: PatientLink | None, view: View, kwargs: dict[str, Any]
) -> HttpResponse:
    if request.method == "GET" and speak(request, request.GET.get("lang")):
        return redirect(request.path)
    request.link_token = token  # type: ignore[attr-defined]
    if link is not None and link.is_good and _is_proven(request, link):
        return _within(request, link, view, kwargs)
    try:
        throttle.count(request, LIMIT, within="link", call="")
    except DomainError as error:
        return _calm(request, link, "busy", error.status)
    if link is None:
        return _calm(request, None, "unknown", 404)
    if not link.is_good:
        return _calm(request, link, str(link.ended_by), 410)
    if request.method == "POST" and DOOR in request.POST:
        return _try(request, link, view, kwargs)
    held = _hold(request, link) if request.method == "POST" else ""
    return _ask(request, link, held, status=401 if request.method == "POST" else 200)


def _within(request: HttpRequest, link: PatientLink, view: View, kwargs: dict[str, Any]) -> HttpResponse:
    """The page itself; every row that it writes names the link in its history."""
    who: dict[str, Any] = {"user": None, "source": "link", "link": str(link.pk)}
    if is_handed(request):
        who["handed_by"] = str(acting_user(request).pk)
    try:
        with pghistory.context(**who):
            return view(request, link, **kwargs)
    except NotFound:
        return _calm(request, link, "unknown", 404)
    except DomainError as error:
        told = error.sentence if isinstance(error, links.Told) else ""
        return _calm(request, link, "refused", error.status, told=told)


# The birth date


def _try(request: HttpRequest, link: PatientLink, view: View, kwargs: dict[str, Any]) -> HttpResponse:
    held = request.POST.get(HELD, "")
    if speak(request, request.POST.get("lang")):
        with translation.override(request.POST["lang"]):
            return _ask(request, link, held)
    born = _typed_date(request.POST)
    if born is None:
        return _ask(request, link, held, trouble="date", status=422)
    if links.open_with(link_id=link.pk, born=born):
        request.session.cycle_key()
        _prove(request, link)
        return _go_on(request, link, held, view, kwargs)
    link.refresh_from_db(fields=["tries", "locked_at", "revoked_at", "expires_at"])
    if not link.is_good:
        return _calm(request, link, str(link.ended_by), 410)
    return _ask(request, link, held, trouble="wrong", status=422)


def _go_on(request: HttpRequest, link: PatientLink, held: str, view: View, kwargs: dict[str, Any]) -> HttpResponse:
    """To the page that was asked for; or do now what was sent while the door was shut."""
    if not held:
        return redirect(request.get_full_path())
    try:
        request.POST = QueryDict(crypto.decrypt(held, context=_context(request, link)))
    except (crypto.Undecryptable, ValueError):
        return redirect(request.get_full_path())
    return _within(request, link, view, kwargs)


def _hold(request: HttpRequest, link: PatientLink) -> str:
    """What was typed, so that only our own server can read it again, for this page of this link."""
    sent = request.POST.copy()
    sent.pop("csrfmiddlewaretoken", None)
    text = sent.urlencode()
    return crypto.encrypt(text, context=_context(request, link)) if 0 < len(text) < MOST_HELD else ""


def _context(request: HttpRequest, link: PatientLink) -> str:
    return f"held:{link.pk}:{request.path}"


def _typed_date(typed: QueryDict) -> date | None:
    try:
        return date(*(int(typed.get(f"birth_{part}", "")) for part in ("year", "month", "day")))
    except ValueError:
        return None


def _ask(request: HttpRequest, link: PatientLink, held: str, *, trouble: str = "", status: int = 200) -> HttpResponse:
    context = {
        "link": link,
        "site": link.patient.site,
        "held": held,
        "trouble": trouble,
        "is_others": link.purpose in links.held_by_others,
        "left": PatientLink.TRIES - link.tries,
        "typed": request.POST if DOOR in request.POST else {},
        "months": _months(),
    }
    return render(request, "patients/linked/door.html", context, status=status)


def _months() -> list[tuple[int, str]]:
    from django.utils.dates import MONTHS

    return [(number, str(name)) for number, name in MONTHS.items()]


def _calm(request: HttpRequest, link: PatientLink | None, why: str, status: int, *, told: str = "") -> HttpResponse:
    """A page that says what happened and whom to call; no name on it."""
    site = link.patient.site if link else None
    context = {"site": site, "why": why, "told": told, "link": None}
    return render(request, "patients/linked/none.html", context, status=status)


# What the browser remembers


def _prove(request: HttpRequest, link: PatientLink) -> None:
    proven = request.session.get(PROVEN, {})
    fresh = {pk: seen for pk, seen in proven.items() if not _is_over(seen)}
    request.session[PROVEN] = fresh | {str(link.pk): clock.now().isoformat()}


def _is_proven(request: HttpRequest, link: PatientLink) -> bool:
    """Whether this browser gave this link's birth date and was not idle since."""
    seen = request.session.get(PROVEN, {}).get(str(link.pk))
    if seen is None or _is_over(seen):
        return False
    if clock.now() - datetime.fromisoformat(seen) > timedelta(seconds=GRAIN_SECONDS):
        _prove(request, link)
    return True


def _is_over(seen: str) -> bool:
    return clock.now() - datetime.fromisoformat(seen) > timedelta(minutes=IDLE_MINUTES)


def _unseen(response: HttpResponse) -> HttpResponse:
    """Nothing of it stays in a cache or an index, and no other site learns the address.

    "same-origin" and not "no-referrer": with the latter browsers send `Origin: null` with our own forms, and the check
    against forged ones would refuse every answer.
    """
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Content-Language"] = translation.get_language() or "en"
    patch_vary_headers(response, ["Cookie"])
    return response


@by_link()
def start(request: HttpRequest, link: PatientLink) -> HttpResponse:
    """To the first page of whatever the link is for."""
    name = links.starts.get(link.purpose)
    if name is None:
        raise NotFound
    return redirect(name, request.link_token)  # type: ignore[attr-defined]
