"""Patients who are reached by text, by email, or by both."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from clinic import clock
from patients.models import ContactConsent, Patient
from reminders import ledger
from reminders.models import Message
from tests import build

PHONE = "+13105550142"


def agree(of: Patient, *channels: str) -> Patient:
    """The patient has a number and an address, and agreed to these channels."""
    of.phone, of.email = of.phone or PHONE, of.email or "maya@example.org"
    of.save()
    for channel in channels:
        ContactConsent.objects.create(patient=of, channel=channel, words="…", version="1", given_at=clock.now())
    return of


def plan(of: Patient, **changes: Any) -> Message:
    """A reminder due on Tuesday 2 February 2027 at 09:00."""
    at = of.site
    due = build.moment(at, "2027-02-02", "09:00")
    defaults: dict[str, Any] = {
        "kind": "appointment_24h",
        "patient": of,
        "site": at,
        "subject_kind": "appointment",
        "subject_id": uuid4(),
        "occurrence": "1",
        "due_at": due,
        "expires_at": due + timedelta(days=1),
        "values": {"at": build.moment(at, "2027-02-03", "09:00").isoformat()},
    }
    return ledger.plan(**(defaults | changes))
