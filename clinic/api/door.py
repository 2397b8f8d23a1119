"""The door of the API: who asks, by token alone, and whether the table of `clinic.api.routes` lets them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from clinic.api import outcomes, problems
from clinic.api.routes import API, FHIR
from clinic.api.tokens import Tokens
from clinic.policy import Action, Door, can

log = logging.getLogger("evenkeel.api")

PLACES = ("/api/", "/fhir/")
ROOT = "api/v1/"


def is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith(PLACES)


def strokes(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: what is sent to an address without its last stroke is refused in words.

    Sent on to the right address, as pages are, most clients would come back with a GET: nothing is done, and the
    answer is 200.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if path.startswith("/api/") and not path.endswith("/") and request.method not in ("GET", "HEAD", "OPTIONS"):
            return problems.answer(404, title="Not found", detail=f"Addresses end with a slash. Send it to {path}/.")
        return get_response(request)

    return middleware


def token(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: under the API's addresses a person is whom the token names; a session of a browser is nobody."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return outcomes.instead(request, answer(request)) if is_api(request) else get_response(request)

    def answer(request: HttpRequest) -> HttpResponse:
        request.user, request.auth = AnonymousUser(), None  # type: ignore[attr-defined]
        try:
            found = Tokens().authenticate(request)
        except AuthenticationFailed as refused:
            return problems.answer(401, title="Not signed in", detail=str(refused.detail))
        except UnicodeDecodeError:
            return problems.answer(401, title="Not signed in", detail="Invalid token.")
        if found:
            request.user, request.auth = found  # type: ignore[attr-defined]
        return problems.instead(request, get_response(request))

    return middleware


class Carried(BaseAuthentication):
    """What the middleware found, for the framework's own request."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        asked = request._request
        return (asked.user, asked.auth) if asked.auth else None  # type: ignore[attr-defined]

    def authenticate_header(self, request: Request) -> str:
        return "Token"


def name_of(method: str, route: str) -> str:
    """How the table calls a route: “POST appointments/{id}/move/”."""
    address = route.removeprefix(ROOT).replace("<uuid:pk>", "{id}").replace("<uuid:row>", "{row}")
    return f"{'GET' if method == 'HEAD' else method} {address}"


def rule_of(request: HttpRequest, match: ResolverMatch) -> Action | Door | None:
    if "fhir" in match.namespaces:
        return FHIR.get(name_of(request.method or "", match.url_name or ""))
    return API.get(name_of(request.method or "", match.route))


def refusal(request: HttpRequest, rule: Action | Door | None, view: Any) -> HttpResponse | None:
    """The problem that keeps this request out, or None. What the table does not name stays shut."""
    if rule is Door.PUBLIC:
        return None
    if not request.user.is_authenticated:
        return problems.answer(401, title="Not signed in", detail="Send a token: “Authorization: Token …”.")
    if rule is Door.SIGNED_IN or (isinstance(rule, Action) and can(request.user, rule)):
        return None
    handled = getattr(getattr(view, "cls", None), (request.method or "").lower(), None)
    if rule is None and handled is None and hasattr(view, "cls"):
        return None  # the framework answers 405
    if rule is None:
        log.error("%s %s is not in the table of the API", request.method, request.resolver_match)
    doing = rule.value if isinstance(rule, Action) else "do this"
    return problems.answer(403, title="Not yours to do", detail=f"The role of this token does not let it {doing}.")
