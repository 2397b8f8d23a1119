"""Every refusal of the API as a problem (RFC 9457): the sentence of the page, and what a program needs of it."""

from __future__ import annotations

import json
import logging
import re
from http import HTTPStatus
from typing import Any

from django.db import DataError, IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions
from rest_framework.response import Response

from clinic.errors import DomainError, IllegalTransition, Invalid, NotFound, NotReady, SameMoment
from clinic.reauth import PASSWORD, ProofNeeded

log = logging.getLogger("evenkeel.api")

MEDIA_TYPE = "application/problem+json"
EXTRA = ("current", "wanted", "allowed")


def problem(status: int, *, title: str, detail: str, kind: str = "", **more: Any) -> dict[str, Any]:
    """The body: type, title, status and detail, then what this kind of problem adds."""
    name = re.sub(r"(?<!^)(?=[A-Z])", "-", kind).lower() or HTTPStatus(status).phrase.lower().replace(" ", "-")
    return {"type": f"urn:evenkeel:problem:{name}", "title": title, "status": status, "detail": detail, **more}


def answer(status: int, *, title: str, detail: str, **more: Any) -> HttpResponse:
    """The same as a response of its own, for what stands in front of the views."""
    return _sent(problem(status, title=title, detail=detail, **more))


def _sent(body: dict[str, Any]) -> HttpResponse:
    response = HttpResponse(json.dumps(body), status=body["status"], content_type=MEDIA_TYPE)
    if body["status"] == 401:
        response["WWW-Authenticate"] = "Token"
    return response


def refused(error: DomainError) -> HttpResponse:
    """What a verb refuses, for a door that is none of the framework's: of the same type and with the same fields."""
    return _sent(_refusal(error))


def handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """What the framework asks for every exception of a view; None for a fault of ours, which is a 500."""
    headers: dict[str, str] = {}
    if isinstance(error, Http404):
        error = NotFound()
    if refused := SameMoment.of(error):
        log.warning("%s met another at the same moment", context["request"].path, exc_info=error)
        error = refused
    if isinstance(error, DomainError):
        body = _refusal(error)
    elif isinstance(error, exceptions.ValidationError):
        body = _invalid(error.detail)
    elif isinstance(error, exceptions.APIException):
        body = problem(error.status_code, title=HTTPStatus(error.status_code).phrase, detail=str(error.detail))
        if wait := getattr(error, "wait", None):
            headers["Retry-After"] = str(int(wait) + 1)
        if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
            headers["WWW-Authenticate"] = "Token"
    elif isinstance(error, DataError | IntegrityError):
        log.warning("the database refused what %s was sent", context["request"].path, exc_info=error)
        body = _last_witness(error)
    else:
        return None
    return Response(body, status=body["status"], headers=headers, content_type=MEDIA_TYPE)


def _refusal(error: DomainError) -> dict[str, Any]:
    more: dict[str, Any] = {}
    if isinstance(error, Invalid):
        more["errors"] = error.fields
    if isinstance(error, ProofNeeded):
        more["errors"] = {PASSWORD: error.wrong or "Send the password of the token’s person with it."}
    if isinstance(error, NotReady):
        more["unmet"] = list(error.unmet)
    if isinstance(error, IllegalTransition):
        more |= {name: getattr(error, name) for name in EXTRA}
    if candidates := getattr(error, "candidates", None):
        more["candidates"] = [str(one.pk) for one in candidates]
    return problem(error.status, title=error.title, detail=error.sentence, kind=type(error).__name__, **more)


def _invalid(detail: Any) -> dict[str, Any]:
    fields = dict(_sentences(detail))
    said = " ".join(f"{name}: {words}" if name else words for name, words in fields.items())
    return problem(422, title=Invalid.title, detail=said, kind="Invalid", errors=fields)


def _sentences(detail: Any, name: str = "") -> Any:
    """(field, sentence) of what a serializer found, however deep it lies."""
    if isinstance(detail, dict):
        for key, value in detail.items():
            part = "" if key == "non_field_errors" else str(key)
            yield from _sentences(value, ".".join(filter(None, (name, part))))
    elif isinstance(detail, list) and any(isinstance(one, dict | list) for one in detail):
        for position, value in enumerate(detail):
            yield from _sentences(value, f"{name}.{position}" if name else str(position))
    elif isinstance(detail, list):
        yield name, " ".join(str(one) for one in detail)
    else:
        yield name, str(detail)


def _last_witness(error: Exception) -> dict[str, Any]:
    if isinstance(error, DataError):
        detail = "A value is too long or too large for its place."
        return problem(422, title=Invalid.title, detail=detail, kind="Invalid", errors={"": detail})
    return problem(
        409,
        title=DomainError.title,
        detail="This contradicts what is recorded. Read it again, and look.",
        kind="Refused",
    )


def instead(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A page that came out of the API's part of the house (no such address, a fault) becomes a problem."""
    if response.status_code < 400 or not response.headers.get("Content-Type", "").startswith("text/html"):
        return response
    words = HTTPStatus(response.status_code)
    if words is HTTPStatus.NOT_FOUND:
        told = "There is nothing at this address. /api/v1/schema/ and /fhir/R4/metadata say what there is."
        return answer(404, title=NotFound.title, detail=told)
    return answer(response.status_code, title=words.phrase, detail=words.description or words.phrase)
