"""A key that the sender makes up, so that a request which is sent again is done once.

The key is kept in the transaction of the effect: of two requests at the same moment the second waits for the first, and
after a crash there is either both or neither. A refusal leaves nothing behind, so the same key may be tried again.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import cast

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac
from rest_framework.exceptions import ParseError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from clinic import clock, crypto
from clinic.errors import Invalid
from clinic.models import ApiToken, KeptAnswer

HEADER = "Idempotency-Key"
KEPT_FOR = timedelta(days=2)
HEADERS = ("Location", "ETag")


def once(request: Request, act: Callable[[], Response]) -> Response:
    """Do it, unless this token's key has done it: then answer as it was answered. Raises Invalid for another body."""
    key = request.headers.get(HEADER)
    if key is None:
        with transaction.atomic():
            return act()
    if not (0 < len(key) <= 200 and key.isascii() and key.isprintable()):
        raise ParseError("An idempotency key has 1 to 200 visible characters.")
    sent = f"{request.method} {request.get_full_path()}\n".encode() + request._request.body
    digest = salted_hmac("kept answer", sent, algorithm="sha256").hexdigest()  # keyed: a body may hold a password
    with transaction.atomic():
        kept = _claimed(request, key, digest)
        if isinstance(kept, Response):
            return kept
        response = act()
        kept.status, kept.answer = response.status_code, _sealed(kept, response)
        kept.save(update_fields=["status", "answer"])
        return response


def _claimed(request: Request, key: str, digest: str) -> KeptAnswer | Response:
    """The key, now ours; or the answer it had. An insert waits for another's transaction with the same key."""
    token = cast("ApiToken", request.auth)
    try:
        with transaction.atomic():
            return KeptAnswer.objects.create(token=token, key=key, digest=digest)
    except IntegrityError:
        kept = KeptAnswer.objects.get(token=token, key=key)
    if kept.digest != digest:
        raise Invalid("This idempotency key was sent before with another request. Take a new key for a new request.")
    said = json.loads(crypto.decrypt(kept.answer, context=f"kept_answer.{kept.pk}"))
    return Response(said["data"], status=kept.status, headers={**said["headers"], "Idempotent-Replay": "true"})


def _sealed(kept: KeptAnswer, response: Response) -> str:
    """The answer names patients, so it is kept encrypted."""
    headers = {name: response.headers[name] for name in HEADERS if name in response.headers}
    data = JSONRenderer().render(response.data).decode()
    text = json.dumps({"headers": headers, "data": json.loads(data or "null")})
    return crypto.encrypt(text, context=f"kept_answer.{kept.pk}")


def forget() -> int:
    """Old answers are of no use: nobody sends a request again after two days."""
    return KeptAnswer.objects.filter(at__lt=clock.now() - KEPT_FOR).delete()[0]
