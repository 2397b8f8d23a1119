"""Session limits: an idle logoff that keeps what was being typed, and an absolute end.

The page locks itself at the idle limit (static/js/idle.js) and asks `clinic:unlock` for the password; what was typed
stays in the page. The server keeps the same clocks, so that nothing depends on the page: a request that comes after
the limit is answered 401 (unsafe or htmx) or sent to sign in (a page). Polls that carry `X-Background` are answered
but never extend the idle clock.

A session may go to the hallway: then it opens the hallway's own page and nothing else, for as long as it lives, until
the person proves again who they are. In the same way a tablet is handed to a patient: it opens that patient's own
pages (`/p/here/…`, patients/views/linked.py) and nothing else.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import get_user
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from clinic import clock

STARTED, SEEN, LOCKED = "evenkeel_started", "evenkeel_seen", "evenkeel_locked"
IDLE = "evenkeel_idle_minutes"
PROVED, PROVED_BY_PIN = "evenkeel_proved", "evenkeel_proved_by_pin"  # looked at by clinic/reauth.py
TWO_STEP = "evenkeel_two_step"  # the person has a second factor (clinic/accounts.py)
HALLWAY, HALLWAY_PAGE = "evenkeel_hallway", "journey:hallway"
HANDED, HANDED_PAGES = "evenkeel_handed_over", "/p/here/"
_ALLOWED_WHILE_LOCKED = {"clinic:unlock", "clinic:switch-in", "account_logout"}


def limits(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        request.user = get_user(
            request
        )  # known from here on: a page asks it hundreds of things, each by way of a proxy
        if not request.user.is_authenticated:
            return get_response(request)
        now = clock.now()
        session = request.session
        started = _moment(session.setdefault(STARTED, now.isoformat()))
        seen = _moment(session.setdefault(SEEN, now.isoformat()))
        if now - started > timedelta(hours=settings.ABSOLUTE_SESSION_HOURS):
            logout(request)
            return forgotten(sign_in_again(request))
        if is_in_hallway(request) or is_handed_over(request):
            if not _is_left_open(request):
                return sign_in_again(request)
        elif session.get(LOCKED) or now - seen > timedelta(minutes=idle_minutes(request)):
            session[LOCKED] = True
            if not _is_one_of(request, _ALLOWED_WHILE_LOCKED):
                return sign_in_again(request)
        elif "X-Background" not in request.headers and now - seen > timedelta(seconds=20):
            # Twenty seconds of grain, so that a busy page doesn't write the session at each request.
            session[SEEN] = now.isoformat()
            UserSession.objects.create_from_request(request)
        return get_response(request)

    return middleware


def forgotten(response: HttpResponse) -> HttpResponse:
    """The session is over: what the browser keeps of its pages goes. Rows that wait for the network are sealed and
    stay (ADR 10), as does what says that this is a tablet of the clinic."""
    response["Clear-Site-Data"] = '"cache"'
    return response


def idle_minutes(request: HttpRequest) -> int:
    """After how many minutes this session locks: sooner on a tablet of the clinic (clinic/tablets.py)."""
    usual: int = settings.IDLE_LOGOFF_MINUTES
    return min(int(request.session.get(IDLE, usual)), usual)


def away(request: HttpRequest) -> timedelta:
    """For how long nobody touched a page of this session."""
    return clock.now() - _moment(request.session.get(SEEN) or clock.now().isoformat())


def go_to_hallway(request: HttpRequest) -> None:
    """From now on this session shows the hallway's page alone."""
    request.session[HALLWAY] = True


def is_in_hallway(request: HttpRequest) -> bool:
    return bool(request.session.get(HALLWAY))


def hand_over(request: HttpRequest) -> None:
    """From now on this session shows a patient's own pages alone."""
    request.session[HANDED] = True


def is_handed_over(request: HttpRequest) -> bool:
    return request.user.is_authenticated and bool(request.session.get(HANDED))


def is_covered(request: HttpRequest) -> bool:
    """Whether the pages of staff are shut until the person proves again who they are."""
    return bool(request.session.get(LOCKED)) or is_in_hallway(request) or is_handed_over(request)


def began(request: HttpRequest) -> None:
    """A whole sign-in is over."""
    request.session[STARTED] = clock.now().isoformat()
    unlocked(request)


def unlocked(request: HttpRequest, *, by_pin: bool = False) -> None:
    """The person proved again who they are: the idle clock starts anew, the hallway or the patient is left."""
    request.session[PROVED_BY_PIN if by_pin else PROVED] = clock.now().isoformat()
    request.session.pop(HALLWAY, None)
    request.session.pop(HANDED, None)
    request.session[LOCKED] = False
    request.session[SEEN] = clock.now().isoformat()


def _moment(value: str) -> datetime:
    return datetime.fromisoformat(value)


def _is_one_of(request: HttpRequest, names: set[str]) -> bool:
    return _page_of(request) in names


def _is_left_open(request: HttpRequest) -> bool:
    """Whether the page is the hallway's, or the patient's who holds the tablet, or opens the rest again."""
    if _is_one_of(request, {HALLWAY_PAGE} if is_in_hallway(request) else set()):
        return True
    if is_handed_over(request) and request.path_info.startswith(HANDED_PAGES) and _page_of(request):
        return True
    return _is_one_of(request, _ALLOWED_WHILE_LOCKED)


def _page_of(request: HttpRequest) -> str:
    """The name of the page that is asked for; nothing where there is none."""
    from django.urls import Resolver404, resolve

    try:
        return resolve(request.path_info).view_name
    except Resolver404:
        return ""


def sign_in_again(request: HttpRequest) -> HttpResponse:
    """A page is sent to sign in and comes back; a save is answered 401, so that the page keeps what was typed."""
    if request.method in {"GET", "HEAD"} and not request.headers.get("HX-Request"):
        if request.user.is_authenticated:
            return render(request, "frame/locked.html", status=401)
        return redirect_to_login(request.get_full_path())
    response = render(request, "frame/locked.html", status=401)
    response["X-Evenkeel-Locked"] = "1"
    return response
