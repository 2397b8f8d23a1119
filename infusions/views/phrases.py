"""The nurse's own phrases, managed inside the note's dialog."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from clinic.access import acting_user
from clinic.errors import DomainError
from infusions import phrases


@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    try:
        phrases.keep(text=request.POST.get("text", ""), by=acting_user(request))
    except DomainError as error:
        return _list(request, said=error.sentence)
    return _list(request)


@require_POST
def forget(request: HttpRequest, pk: UUID) -> HttpResponse:
    phrases.forget(phrase_id=pk, by=acting_user(request))
    return _list(request)


def _list(request: HttpRequest, said: str = "") -> HttpResponse:
    context = {"phrases": phrases.of(acting_user(request)), "first_phrases": phrases.FIRST, "said": said}
    return render(request, "infusions/chair/_phrases.html", context, status=422 if said else 200)
