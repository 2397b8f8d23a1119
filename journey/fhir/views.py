"""The doors of /fhir/R4/. Each finds what the role may see, writes the read of every patient shown, and answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST
from rest_framework.request import Request

from clinic import clock
from clinic.access import acting_user, log_reads
from clinic.api.outcomes import TYPE, outcome
from clinic.api.throttles import ByToken
from clinic.errors import DomainError, NotFound
from clinic.policy import Action, can
from infusions import devices
from journey.fhir import answers, pages, search
from journey.fhir import posted as observations_of_devices
from journey.fhir.catalog import KINDS
from journey.fhir.parts import Json
from journey.fhir.tokens import BadParameter

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def fhir(view: View[P]) -> View[P]:
    """Every refusal as an OperationOutcome, with its status; XML is not spoken here."""

    @csrf_exempt  # a browser sends no token by itself
    @wraps(view)
    def answered(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if "xml" in request.GET.get("_format", ""):
            return told(outcome(406, "Only JSON is spoken here.", at="_format"), 406)
        throttle = ByToken()
        if not throttle.allow_request(cast(Request, request), None):  # it reads `auth` alone
            wait = str(int(throttle.wait() or 0) + 1)
            return told(outcome(429, f"Too many requests. Wait {wait} s."), 429, **{"Retry-After": wait})
        try:
            return view(request, *args, **kwargs)
        except BadParameter as bad:
            return told(outcome(400, bad.why, at=bad.name), 400)
        except DomainError as refused:
            return told(outcome(refused.status, refused.sentence), refused.status)

    return cast(View[P], answered)


def told(body: Json, status: int = 200, **headers: str) -> HttpResponse:
    """Kept by no cache: it is somebody’s record."""
    text = json.dumps(body, ensure_ascii=False)
    kept = {"Cache-Control": "no-store, private", **headers}
    return HttpResponse(text, status=status, content_type=f"{TYPE}; charset=utf-8", headers=kept)


def base_of(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("fhir:metadata")).removesuffix("/metadata")


@fhir
@require_GET
def metadata(request: HttpRequest) -> HttpResponse:
    return told(answers.capability(base_of(request), clock.now()))


@fhir
@require_GET
def listed(request: HttpRequest, kind: str) -> HttpResponse:
    """A page of a search."""
    return _page(request, kind, dict(request.GET.lists()))


@fhir
@require_POST
def searched(request: HttpRequest, kind: str) -> HttpResponse:
    """The same, asked in the body of a form: a name that is looked for stands in no address on its way."""
    if request.content_type != "application/x-www-form-urlencoded":
        return told(outcome(415, "Send the parameters as application/x-www-form-urlencoded."), 415)
    return _page(request, kind, dict(request.GET.lists()) | dict(request.POST.lists()))


def _page(request: HttpRequest, kind: str, query: dict[str, list[str]]) -> HttpResponse:
    of = KINDS[kind]
    asked = search.read(of, query)
    found = pages.search(acting_user(request), of, asked)
    log_reads(request, patient_ids=found.patients, what=f"FHIR {kind}")
    return told(answers.searchset(base_of(request), of, asked, found.resources, found.total))


@fhir
@require_POST
def posted(request: HttpRequest) -> HttpResponse:
    """A vital sign from a device: kept beside the chair, unconfirmed, and no resource before a nurse accepts it."""
    device = devices.known(request.headers.get("Authorization", ""))
    said_at, values = observations_of_devices.observation(request.body)
    row = devices.take(device=device, said_at=said_at, values=values)
    words = "Kept, unconfirmed. It becomes a vital sign when a nurse accepts it."
    if row.out_of_range:
        words = f"Kept, and marked: nobody can have this {', '.join(row.out_of_range)}."
    told_so = outcome(202, words)
    told_so["issue"][0] |= {"severity": "information", "code": "informational"}
    return told(told_so, 202)


def observations(request: HttpRequest, kind: str) -> HttpResponse:
    """The one type that can be posted too."""
    return posted(request) if request.method == "POST" else listed(request, kind)


observations.csrf_exempt = True  # type: ignore[attr-defined] # as `fhir` says of both


@fhir
@require_GET
def read(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """One resource; a stranger’s is not here."""
    found = pages.one(acting_user(request), KINDS[kind], key)
    if not found.resources:
        raise NotFound
    log_reads(request, patient_ids=found.patients, what=f"FHIR {kind}")
    return told(found.resources[0])


@fhir
@require_GET
def everything(request: HttpRequest, key: UUID) -> HttpResponse:
    """The record of a patient as one bundle, as far as the role may read it."""
    user = acting_user(request)
    patient = pages.visible(user, KINDS["Patient"], KINDS["Patient"].sources[0]).filter(pk=key).first()
    if patient is None or not can(user, Action.SEE_PATIENTS, patient.site):
        raise NotFound
    log_reads(request, patient_ids=[patient.pk], what="FHIR, whole record")
    found = pages.everything(user, patient.pk)
    return told(answers.bundle(base_of(request), "searchset", found.resources))
