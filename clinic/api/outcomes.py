"""Refusals under /fhir/ in the words of FHIR: an OperationOutcome in place of a problem."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse

from clinic.api.problems import MEDIA_TYPE

FHIR = "/fhir/"
TYPE = "application/fhir+json"
CODES = {400: "invalid", 401: "login", 403: "forbidden", 404: "not-found", 405: "not-supported", 406: "not-supported",
         409: "conflict", 413: "too-long", 422: "processing", 429: "throttled"}  # fmt: skip


def outcome(status: int, words: str, *, at: str = "") -> dict[str, Any]:
    """What was wrong, in a sentence; `at` names the parameter or element."""
    issue: dict[str, Any] = {"severity": "error", "code": CODES.get(status, "exception"), "diagnostics": words}
    if at:
        issue["expression"] = [at]
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def instead(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The same answer; under FHIR’s addresses with an outcome for a body where it was a problem."""
    if not request.path_info.startswith(FHIR) or not response.headers.get("Content-Type", "").startswith(MEDIA_TYPE):
        return response
    told = json.loads(response.content)
    response.content = json.dumps(outcome(response.status_code, told["detail"])).encode()
    response["Content-Type"] = TYPE
    return response
