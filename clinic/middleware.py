"""What every request passes through."""

import logging
import re
from collections.abc import Callable
from typing import Any

import pghistory
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.http import http_date

from clinic import tracing
from clinic.access import address_of
from clinic.api import door
from clinic.crypto import Undecryptable
from clinic.errors import DomainError, SameMoment
from clinic.ids import uuid7
from clinic.policy import Action, Door, can
from clinic.routes import ROUTES
from clinic.sessions import forgotten, sign_in_again

log = logging.getLogger("evenkeel.request")

Answer = Callable[[HttpRequest], HttpResponse]
_SAFE_ID = re.compile(r"^[A-Za-z0-9._-]{8,40}$")


def request_id(get_response: Answer) -> Answer:
    """Give every request an id that stands in its log line, its history rows and its answer."""

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request.request_id = given if _SAFE_ID.match(given) else str(uuid7())  # type: ignore[attr-defined]
        with tracing.request(request.request_id):  # type: ignore[attr-defined]
            response = get_response(request)
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        return response

    return middleware


def language(get_response: Answer) -> Answer:
    """Say in which language the house writes: while nobody has, Django finds so anew at every word, number and date.

    A page behind a patient's link speaks theirs, for as long as it is drawn.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        translation.activate(settings.LANGUAGE_CODE)
        return get_response(request)

    return middleware


def private_pages(get_response: Answer) -> Answer:
    """Nothing that a signed-in person saw stays in a cache."""

    def middleware(request: HttpRequest) -> HttpResponse:
        began_signed_in = request.user.is_authenticated
        response = get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store, private"
            response.headers.setdefault("Expires", http_date())
        return forgotten(response) if began_signed_in and not request.user.is_authenticated else response

    return middleware


def history_context(get_response: Answer) -> Answer:
    """Name the actor and the request in every history row that the request causes."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method in {"GET", "HEAD", "OPTIONS"}:
            return get_response(request)
        user = str(request.user.pk) if request.user.is_authenticated else None
        token = getattr(request, "auth", None)
        source = {"source": "api", "token": str(token.pk)} if token else {"source": "web"}
        where = address_of(request)
        with pghistory.context(user=user, request=request.request_id, address=where, **source):  # type: ignore[attr-defined]
            return get_response(request)

    return middleware


class policy:  # noqa: N801 - named as the rest of the list in settings
    """Open a route only to those whom the policy table names; a route it does not name stays shut."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Any,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        match = request.resolver_match
        if door.is_api(request) and match:
            return door.refusal(request, door.rule_of(request, match), view)
        rule = ROUTES.get(match.view_name) if match else None
        if rule is Door.PUBLIC:
            return None
        if not request.user.is_authenticated:
            if request.headers.get("HX-Request"):  # a sign-in page swapped into another would lose what was typed
                return sign_in_again(request)
            return redirect_to_login(request.get_full_path())
        if rule is Door.SIGNED_IN or (isinstance(rule, Action) and can(request.user, rule)):
            return None
        if rule is None:
            log.error(
                "route %s is not in the policy table",
                match.view_name if match else request.path,
            )
        return render(request, "403.html", status=403)


class domain_errors:  # noqa: N801 - as above
    """A refusal that no view caught becomes a calm page with its status."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if refused := SameMoment.of(exception):
            log.warning("%s met another at the same moment", request.path, exc_info=exception)
            exception = refused
        if not isinstance(exception, DomainError | Undecryptable):
            return None
        if exception.status == 404:
            return render(request, "404.html", status=404)
        template = "frame/refused_part.html" if request.headers.get("HX-Request") else "frame/refused.html"
        return render(request, template, {"error": exception}, status=exception.status)
