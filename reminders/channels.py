"""How a letter leaves the house. One function a channel; it answers the provider's id or raises."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from clinic.models import User
from patients.models import ContactConsent
from reminders.templates import Letter

Channel = ContactConsent.Channel


def ways_to_staff(person: User) -> tuple[Channel, ...]:
    """On which channels a member of staff is paged: on every one that leads to them."""
    return (Channel.EMAIL,) if person.email else ()


def to_staff(channel: str, *, key: UUID, letter: Letter, to: User, mail: BaseEmailBackend) -> str:
    """Send to a member of staff on one of those channels. Answers the provider's id, or raises what that raises."""
    if channel != Channel.EMAIL:
        raise OSError(f"There is no way to staff by {channel}.")
    mail.open()
    return email(key=key, letter=letter, to=to.email, connection=mail)


def email(*, key: UUID, letter: Letter, to: str, connection: BaseEmailBackend | None) -> str:
    """Send by SMTP. The Message-ID is the row's id, so that a repeated copy can be told from a second message."""
    message_id = f"<{key}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2].rstrip('>')}>"
    mail = EmailMessage(
        subject=letter.subject,
        body=letter.body,
        to=[to],
        headers={
            "Message-ID": message_id,
            "Auto-Submitted": "auto-generated",
            "X-Evenkeel-Key": str(key),
        },
        connection=connection,
    )
    mail.send(fail_silently=False)
    return message_id
