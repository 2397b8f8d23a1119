"""The frame's own pages: health, unlock, choice of site."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic import health, reauth, sessions, tablets
from clinic.access import SITE_KEY, acting_user, sites_of
from clinic.errors import DomainError, NotFound


@require_GET
def health_live(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is looked at."""
    return JsonResponse({"status": "live"})


@require_GET
def health_ready(request: HttpRequest) -> HttpResponse:
    """Whether every part of the house works; where one does not, it is named. For an alarm: a page is still served."""
    parts = health.parts()
    ready = all(says == health.OK for says in parts.values())
    return JsonResponse({"status": "ready" if ready else "not ready", "parts": parts}, status=200 if ready else 503)


@require_POST
def switch_site(request: HttpRequest) -> HttpResponse:
    wanted = request.POST.get("site", "")
    if not any(str(site.pk) == wanted for site in sites_of(acting_user(request))):
        raise NotFound
    request.session[SITE_KEY] = wanted
    return redirect(_back(request))


@require_http_methods(["GET", "POST"])
def unlock(request: HttpRequest) -> HttpResponse:
    """The person at an idle page proves again who they are. Answers 204, or 422 with a sentence.

    A GET asks only whether the session still lives, and whose it is, so that nothing typed is sent into a dead one.
    """
    if request.method == "GET":
        return _pulse(request)
    if not request.user.is_authenticated:
        return JsonResponse({"sentence": "This session has ended. Sign in again."}, status=401)
    if request.POST.get("pin"):
        return _with_pin(request, None)
    try:  # only wrong passwords count: the tablets of a clinic share one address, and lock every two minutes
        reauth.unlock(request, password=request.POST.get("password", ""), code=request.POST.get("code", ""))
    except reauth.TooMany as error:
        return JsonResponse({"sentence": error.sentence}, status=429)
    except DomainError as error:
        return JsonResponse({"sentence": error.sentence}, status=422)
    if request.headers.get("HX-Request") or request.headers.get("X-Requested-With"):
        return HttpResponse(status=204)
    return redirect(_back(request))


@require_http_methods(["GET", "POST"])
def prove(request: HttpRequest) -> HttpResponse:
    """Where a page that was asked for sends the proof it wants; it leads back there. By itself it leads home."""
    if request.method == "GET":
        return redirect("/")
    given = {name: request.POST.get(name, "") for name in reauth.FIELDS}
    try:
        reauth.prove(request, password=given[reauth.PASSWORD], code=given[reauth.CODE], pin=given[reauth.PIN])
    except DomainError as wrong:
        return reauth.asked_again(request, wrong=wrong.sentence)
    return redirect(_back(request))


@require_POST
def switch_in(request: HttpRequest) -> HttpResponse:
    """A colleague opens the locked tablet with her own PIN, and is the one signed in from then on."""
    try:
        person = UUID(request.POST.get("person", ""))
    except ValueError:
        return JsonResponse({"sentence": "Choose who you are."}, status=422)
    return _with_pin(request, person)


def _with_pin(request: HttpRequest, person: UUID | None) -> HttpResponse:
    try:
        tablets.open_with_pin(request, pin=request.POST.get("pin", ""), person_id=person)
    except DomainError as refused:
        return JsonResponse({"sentence": refused.sentence}, status=422)
    if request.headers.get("X-Requested-With"):
        return HttpResponse(status=204, headers={"X-Evenkeel-User": str(request.user.pk)})
    return redirect(_back(request))


def _pulse(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated or sessions.is_covered(request):
        return HttpResponse(status=401)
    return HttpResponse(status=204, headers={"X-Evenkeel-User": str(request.user.pk)})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "errors/csrf.html", status=403)


def _back(request: HttpRequest) -> str:
    """Where the person came from, if that is one of our own pages."""
    target = request.POST.get("next") or request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if safe else "/"
