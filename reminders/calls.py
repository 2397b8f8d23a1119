"""Asking the front desk to call a patient whom a message did not reach."""

from __future__ import annotations

from datetime import timedelta

from clinic import clock
from clinic.models import User
from clinic.policy import Role
from reminders import followups
from reminders.models import Message

KIND, SUBJECT = "call_instead", "message"
WITHIN = timedelta(hours=4)


def ask(message: Message, what: str) -> None:
    """One open task a message, however often it fails."""
    followups.open_task(
        kind=KIND,
        site=message.site,
        patient=message.patient,
        title=f"Call {message.patient.name}: {what[0].lower()}{what[1:]}",
        subject_kind=SUBJECT,
        subject_id=message.pk,
        owner_role=Role.FRONT_DESK,
        due_at=clock.now() + WITHIN,
    )


def no_longer(message: Message, outcome: str, by: User | None = None) -> None:
    """Somebody called, or the message went out after all."""
    followups.close_for(subject_kind=SUBJECT, subject_id=message.pk, kind=KIND, outcome=outcome, by=by)
