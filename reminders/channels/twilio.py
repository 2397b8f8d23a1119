"""Twilio, spoken to over HTTP (www.twilio.com/docs/messaging/api/message-resource), and the proof that it speaks to us.

Twilio takes no key against doubling. So our key stands in the address to which it reports: a report for a message of
which we did not know whether it was taken says that it was.
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Iterable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin
from uuid import UUID

import requests
from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.urls import reverse

from reminders.channels import faults
from reminders.channels.answers import NotKnown, Outcome, Refused
from reminders.channels.faults import Fault
from reminders.channels.lines import never_left
from reminders.channels.session import Session
from reminders.models import Delivery, Message, MessageAttempt, StaffPage

TIMEOUT = (5, 15)  # seconds to connect, and to wait for an answer; well within the lease of a message
LATELY = timedelta(minutes=2)  # their clock and ours

# What Twilio calls it (message status values), and what we keep of it.
STATUSES: dict[str, Delivery.Status] = {
    "accepted": Delivery.Status.QUEUED,
    "scheduled": Delivery.Status.QUEUED,
    "queued": Delivery.Status.QUEUED,
    "sending": Delivery.Status.QUEUED,
    "sent": Delivery.Status.SENT,
    "delivered": Delivery.Status.DELIVERED,
    "read": Delivery.Status.DELIVERED,
    "undelivered": Delivery.Status.FAILED,
    "failed": Delivery.Status.FAILED,
    "canceled": Delivery.Status.FAILED,
}
OUTCOMES: dict[str, Outcome] = {"queued": "sent", "sent": "sent", "delivered": "delivered", "failed": "failed"}


def send(key: UUID, text: str, to: str, session: Session) -> str:
    """Hand one text over. Answers Twilio's id; raises Refused, NotKnown."""
    sender = settings.TWILIO_FROM
    form = {
        "To": to,
        ("MessagingServiceSid" if sender.startswith("MG") else "From"): sender,
        "Body": text,
        "StatusCallback": urljoin(settings.PUBLIC_URL, reverse("reminders:text-status", args=[key])),
    }
    try:
        answer = session.http.post(_messages(), data=form, auth=_account(), timeout=TIMEOUT)
    except requests.RequestException as trouble:
        why = f"{type(trouble).__name__} with the provider of texts."
        raise (Refused(why, for_good=False) if never_left(trouble) else NotKnown(why)) from trouble
    said = _read(answer)
    if answer.ok and said.get("sid"):
        return str(said["sid"])
    if answer.ok or answer.status_code >= 500:
        raise NotKnown(f"The provider of texts answered {answer.status_code}.")
    raise _refused(answer.status_code, str(said.get("code") or ""))


def _refused(status: int, code: str) -> Refused:
    reason = faults.of_text(code)
    # Too many at once, an account that is not paid, a busy provider: a later try may be taken.
    passes = status == 429 or reason.fault in {Fault.AWAY, Fault.HOUSE}
    return Refused(f"{reason.says} ({code or status})", for_good=not passes, fault=reason.fault, code=code)


def _messages(sid: str = "") -> str:
    account = f"/2010-04-01/Accounts/{settings.TWILIO_ACCOUNT_SID}"
    return str(urljoin(settings.TWILIO_URL, f"{account}/Messages{f'/{sid}' if sid else ''}.json"))


def _account() -> tuple[str, str]:
    return settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN


def _read(answer: requests.Response) -> dict[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def lookup(key: UUID, provider_id: str) -> Outcome:
    """What Twilio knows of a message: by its own reports, by its id, or among what it lately sent to that number."""
    told = Delivery.objects.filter(key=key).order_by("-told_at").first()
    if told:
        return OUTCOMES[told.status]
    with Session() as session:
        try:
            if provider_id:
                answer = session.http.get(_messages(provider_id), auth=_account(), timeout=TIMEOUT)
                found = [_read(answer)] if answer.ok else []
            else:
                found = _nameless(key, session)
        except (requests.RequestException, LookupError):
            return "unknown"
    if not found:
        return "unknown" if provider_id else "failed"
    status = STATUSES.get(str(found[0].get("status")))
    return OUTCOMES[status] if status else "unknown"


def _nameless(key: UUID, session: Session) -> list[dict[str, Any]]:
    """What went to the number since the try began, and is no other message of ours. Raises LookupError."""
    attempt = MessageAttempt.objects.select_related("message__patient").filter(message=key).last()
    if attempt is None:
        raise LookupError
    query: dict[str, str | int] = {"To": attempt.message.patient.phone, "PageSize": 100}
    answer = session.http.get(_messages(), params=query, auth=_account(), timeout=TIMEOUT)
    rows = _read(answer).get("messages")
    if not answer.ok or not isinstance(rows, list):
        raise LookupError
    recent = [row for row in rows if _made(row) >= attempt.started_at - LATELY]
    ours = _known(row.get("sid") for row in recent)
    return [row for row in recent if str(row.get("direction", "")).startswith("outbound") and row["sid"] not in ours]


def _made(row: dict[str, Any]) -> datetime:
    try:
        return parsedate_to_datetime(str(row.get("date_created")))
    except ValueError as unreadable:
        raise LookupError from unreadable


def _known(sids: Iterable[str | None]) -> set[str]:
    """Those that belong to another row of ours already."""
    wanted = [sid for sid in sids if sid]
    known: set[str] = set()
    for rows in (Delivery.objects, Message.objects, StaffPage.objects):
        known |= set(rows.filter(provider_id__in=wanted).values_list("provider_id", flat=True))
    return known


def signature(url: str, form: QueryDict, token: str) -> str:
    """HMAC-SHA1 over the address and every field in order (www.twilio.com/docs/usage/security)."""
    said = url + "".join(name + value for name in sorted(form) for value in sorted(set(form.getlist(name))))
    return b64encode(hmac.digest(token.encode(), said.encode(), "sha1")).decode()


def is_from_them(request: HttpRequest) -> bool:
    """Whether the request bears their signature over the very address and fields; compared in constant time."""
    if settings.TEXTS_BY != "twilio" or not settings.TWILIO_AUTH_TOKEN:
        return False
    given = request.headers.get("X-Twilio-Signature", "")
    url = urljoin(settings.PUBLIC_URL, request.get_full_path())
    expected = signature(url, request.POST, settings.TWILIO_AUTH_TOKEN)
    return hmac.compare_digest(expected.encode(), given.encode(errors="replace"))
