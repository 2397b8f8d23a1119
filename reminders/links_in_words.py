"""The address that a message carries: the patient's own page, by a secret link, made at the moment of sending.

Each message has a link of its own, so that a newer one kills no older one's. A message that is tried again says the
same address (patients.links.standing_all), and the ledger never holds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings

from patients import links
from reminders.models import Message

PURPOSE = "visits"
"""The page on which all stands that is open for a patient: visits, ride, check-in, questionnaires."""

LASTS = {"checkin_24h": timedelta(days=4), "evening_note": timedelta(days=2), "series_summary": timedelta(days=30)}
"""How long an address works once its message may no longer be sent."""
USUALLY = timedelta(days=1)


def address(message: Message) -> str:
    """The whole address of the patient's page, as it stands in this message, which nobody else holds."""
    return addresses([message])[message.pk]


def addresses(messages: Sequence[Message]) -> dict[UUID, str]:
    """The same of many messages, in two statements."""
    wanted = [links.Wanted(message.patient_id, message.pk, _until(message)) for message in messages]
    paths = links.standing_all(purpose=PURPOSE, wanted=wanted)
    return {pk: urljoin(settings.PUBLIC_URL, path) for pk, path in paths.items()}


def _until(message: Message) -> datetime:
    return message.expires_at + LASTS.get(message.kind, USUALLY)
