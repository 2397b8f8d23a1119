"""The key under which a browser seals what has not reached the server yet (docs/adr, “Rows that wait are sealed”).

It is the person's own, the same in every session, and handed only to a live session of that person; the browser keeps
it in memory alone. So what waits outlives a reload and a lapsed session, and nobody reads it without signing in.
"""

from __future__ import annotations

import base64

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from clinic import crypto
from clinic.access import acting_user

PAGE_USER = "X-Evenkeel-User"


@require_GET
def keep_key(request: HttpRequest) -> HttpResponse:
    """Newest first: the first seals, each of them may open what an older one sealed."""
    person = acting_user(request).pk
    keys = [base64.b64encode(key).decode() for key in crypto.derived(f"waiting rows of {person}")]
    return JsonResponse({"user": str(person), "keys": keys})


def is_of_another(request: HttpRequest) -> bool:
    """Whether the page that sends this was opened by somebody else than who is signed in in this browser now."""
    return request.headers.get(PAGE_USER, str(request.user.pk)) != str(request.user.pk)
