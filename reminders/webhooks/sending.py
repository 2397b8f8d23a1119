"""One call to another system: what it says, how it is signed, and what came back."""

from __future__ import annotations

import hmac
import json
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from django.conf import settings
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from clinic import clock
from clinic.errors import Invalid
from reminders.models import WebhookDelivery
from reminders.webhooks import secrets
from reminders.webhooks.addresses import Target, target

TIMEOUT = (5, 10)  # seconds to connect, and to wait for an answer; well within a lease
KEPT = 200
COLLECTIONS = {
    "appointment": "appointments",
    "infusion": "infusions",
    "verification": "verifications",
    "patient": "patients",
}
"""Where the API answers for what an event is about."""


class NotTaken(Exception):
    """The other system did not say that it has the event. `silent`: it did not say anything."""

    def __init__(self, why: str, *, silent: bool = False) -> None:
        self.why, self.silent = why[:KEPT], silent
        super().__init__(self.why)


def body(delivery: WebhookDelivery) -> bytes:
    """What is sent: ids, and where the API tells more to whoever may know it. The same at each try."""
    site = delivery.webhook.site
    said = {
        "id": str(delivery.event_id),
        "kind": delivery.kind,
        "occurred_at": delivery.occurred_at.isoformat(),
        "site": {"id": str(site.pk), "code": site.code},
        "about": {what: {"id": pk, "url": _in_api(what, pk)} for what, pk in delivery.about.items()},
    }
    return json.dumps(said, separators=(",", ":")).encode()


def _in_api(what: str, pk: str) -> str:
    return str(urljoin(settings.PUBLIC_URL, reverse(f"api:{COLLECTIONS[what]}-record", args=[pk])))


@sensitive_variables()
def signed(delivery: WebhookDelivery, said: bytes) -> dict[str, str]:
    """The headers: HMAC-SHA256 over the moment, a point and the body, once with each secret that holds now."""
    moment = int(clock.now().timestamp())
    over = f"{moment}.".encode() + said
    keys = secrets.signing(delivery.webhook)
    signatures = [f"v1={hmac.digest(secret, over, 'sha256').hex()}" for secret in keys.values()]
    return {
        "Content-Type": "application/json",
        "User-Agent": "Evenkeel-Webhooks/1",
        "Evenkeel-Event-Id": str(delivery.event_id),
        "Evenkeel-Event-Kind": delivery.kind,
        "Evenkeel-Key-Id": ",".join(keys),
        "Evenkeel-Signature": ",".join([f"t={moment}", *signatures]),
    }


def send(delivery: WebhookDelivery) -> str:
    """Tell it now; answers what the other system said. Raises NotTaken."""
    said = body(delivery)
    try:
        there = target(delivery.webhook.address)
        with requests.Session() as line:
            return _post(line, there, said, signed(delivery, said))
    except Invalid as refused:
        raise NotTaken(refused.sentence) from refused
    except requests.RequestException as trouble:
        raise NotTaken(f"No answer: {type(trouble).__name__}.", silent=True) from trouble


def _post(line: requests.Session, there: Target, said: bytes, headers: dict[str, str]) -> str:
    line.trust_env = False  # no proxy and no password that lies about on this machine
    line.mount("https://", Pinned(there.ip))
    line.mount("http://", Pinned(there.ip))
    headers["Host"] = urlsplit(there.url).netloc
    answer = line.post(there.url, data=said, headers=headers, timeout=TIMEOUT, allow_redirects=False, stream=True)
    words = f"{answer.status_code} {_beginning(answer)}".strip()[:KEPT]
    if answer.is_redirect:
        raise NotTaken(f"{answer.status_code}: it points elsewhere, and that is not followed.")
    if not 200 <= answer.status_code < 300:
        raise NotTaken(words)
    return words


def _beginning(answer: requests.Response) -> str:
    """What came with the first bytes, on one line and without what a database or a page would not take."""
    try:
        first = answer.raw.read1(KEPT)
    except (HTTPError, OSError):
        return ""
    return " ".join("".join(one if one.isprintable() else " " for one in first.decode(errors="replace")).split())


class Pinned(HTTPAdapter):
    """Calls one number, whatever a name says by now. The certificate has to be that of the name all the same."""

    def __init__(self, ip: str) -> None:
        self.ip = ip
        super().__init__()

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        host, pool = super().build_connection_pool_key_attributes(request, verify, cert)
        if host["scheme"] == "https":
            pool |= {"server_hostname": host["host"], "assert_hostname": host["host"]}
        return host | {"host": self.ip}, pool
