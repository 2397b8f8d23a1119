"""The key under which a browser seals what has not reached the server yet (docs/adr/0010).

It is the person's own, the same in every session, and handed only to a live session of that person; the browser keeps
it in memory alone. So what waits outlives a reload and a lapsed session, and nobody reads it without signing in.
"""

from __future__ import annotations

import base64
import re
from hashlib import blake2b

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_GET

from clinic import crypto
from clinic.access import acting_user
from clinic.models import User

PAGE_USER = "X-Evenkeel-User"
MOST_OWNERS = 50
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SHEETS = (
    "vendor/bootstrap/bootstrap.min.css", "css/tokens.css", "css/base.css", "css/controls.css", "css/surfaces.css",
    "css/frame.css", "brand.svg",
)  # fmt: skip
_SCRIPTS = ("js/theme.js", "js/offline.js", "js/store.js")


@require_GET
def keep_key(request: HttpRequest) -> HttpResponse:
    """Newest first: the first seals, each of them may open what an older one sealed.

    `?owners=` asks which of these people's accounts have ended: what they left in this browser nobody opens any more.
    """
    person = acting_user(request).pk
    keys = [base64.b64encode(key).decode() for key in crypto.derived(f"waiting rows of {person}")]
    return JsonResponse({"user": str(person), "keys": keys, "gone": _gone(request.GET.get("owners", ""))})


def _gone(asked: str) -> list[str]:
    owners = [owner for owner in asked.split(",")[:MOST_OWNERS] if _UUID.fullmatch(owner)]
    here = {str(pk) for pk in User.objects.filter(pk__in=owners, is_active=True).values_list("pk", flat=True)}
    return [owner for owner in owners if owner not in here]


def is_of_another(request: HttpRequest) -> bool:
    """Whether the page that sends this was opened by somebody else than who is signed in in this browser now."""
    return request.headers.get(PAGE_USER, str(request.user.pk)) != str(request.user.pk)


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker: with the network gone it shows one page that says so. It keeps no page of a patient."""
    files = [*map(static, (*_SHEETS, *_SCRIPTS)), *(f"{settings.STATIC_URL}{name}" for name in _SCRIPTS)]
    kept = sorted({reverse("offline"), *files})
    context = {"kept": kept, "version": blake2b("".join(kept).encode(), digest_size=6).hexdigest()}
    text = render_to_string("frame/worker.js", context)
    return HttpResponse(text, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})


@require_GET
def offline(request: HttpRequest) -> HttpResponse:
    """Drawn without anybody in it, whoever asks, because browsers keep it."""
    return HttpResponse(render_to_string("frame/offline.html"), headers={"Cache-Control": "no-cache"})
