"""How a letter leaves the house. One function a channel; it answers the provider's id or raises."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from reminders.models import Message
from reminders.templates import Letter


def email(*, message: Message, letter: Letter, to: str, connection: BaseEmailBackend | None) -> str:
    """Send by SMTP. The Message-ID is the row's id, so that a repeated copy can be told from a second message."""
    key = f"<{message.pk}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2].rstrip('>')}>"
    mail = EmailMessage(
        subject=letter.subject,
        body=letter.body,
        to=[to],
        headers={
            "Message-ID": key,
            "Auto-Submitted": "auto-generated",
            "X-Evenkeel-Key": str(message.pk),
        },
        connection=connection,
    )
    mail.send(fail_silently=False)
    return key
