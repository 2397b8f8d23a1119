"""Letters by email: over SMTP, or over any provider that Django or django-anymail has a backend for."""

from __future__ import annotations

import smtplib
from uuid import UUID

import requests
from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused
from django.conf import settings
from django.core.mail import EmailMessage

from reminders.channels import faults
from reminders.channels.answers import NotKnown, Refused
from reminders.channels.faults import Fault
from reminders.channels.lines import never_left
from reminders.channels.session import Session
from reminders.templates import Letter


def send(*, key: UUID, letter: Letter, to: str, session: Session) -> str:
    """The Message-ID is the row's id, so that a repeated copy can be told from a second message."""
    message_id = f"<{key}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2].rstrip('>')}>"
    mail = EmailMessage(
        subject=letter.subject,
        body=letter.body,
        to=[to],
        headers={"Message-ID": message_id, "Auto-Submitted": "auto-generated", "X-Evenkeel-Key": str(key)},
    )
    mail.metadata = {"key": str(key)}  # type: ignore[attr-defined]  # what a provider's reports will name
    try:
        mail.connection = session.mail
        mail.send(fail_silently=False)
    except smtplib.SMTPRecipientsRefused as refusal:
        raise _recipient_refused(refusal) from refusal
    except smtplib.SMTPDataError as refusal:
        raise _letter_refused(refusal) from refusal
    except AnymailError as trouble:
        session.drop_mail()
        raise _by_provider(trouble) from trouble
    except NotKnown:
        session.drop_mail()
        raise
    except (OSError, smtplib.SMTPException) as trouble:
        session.drop_mail()
        raise Refused(f"{type(trouble).__name__}: {trouble}", for_good=False) from trouble
    except ValueError as unsendable:  # an address or a subject that no letter can bear; the others go out
        raise Refused("No letter can be sent to this address, or with this subject.", for_good=True) from unsendable
    status = getattr(mail, "anymail_status", None)
    return str(status.message_id) if status and status.message_id else message_id


def _recipient_refused(refusal: smtplib.SMTPRecipientsRefused) -> Refused:
    code, said = next(iter(refusal.recipients.values()))
    words = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    why = f"The address was refused: {code} {words}"
    if code < 500:
        return Refused(why, for_good=False, code=str(code))
    return Refused(why, for_good=True, fault=faults.of_mail(code, words).fault, code=str(code))


def _letter_refused(refusal: smtplib.SMTPDataError) -> Refused:
    said = refusal.smtp_error
    words = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    for_good = refusal.smtp_code >= 500
    fault = faults.of_mail(refusal.smtp_code, words).fault if for_good else None
    # A server that names no mailbox here speaks of the letter.
    fault = Fault.BLOCKED if fault == Fault.ADDRESS and "5.1." not in words else fault
    return Refused(
        f"The letter was refused: {refusal.smtp_code} {words}", for_good=for_good, fault=fault,
        code=str(refusal.smtp_code),
    )  # fmt: skip


def _by_provider(trouble: AnymailError) -> Refused | NotKnown:
    why = f"{type(trouble).__name__}: {str(trouble).splitlines()[0] if str(trouble) else ''}"
    if isinstance(trouble, AnymailRecipientsRefused):
        return Refused(why, for_good=True, fault=Fault.ADDRESS)
    status = trouble.status_code or 0
    if isinstance(trouble, requests.RequestException) and not status:
        return Refused(why, for_good=False) if never_left(trouble.__cause__) else NotKnown(why)
    if status >= 500:
        return NotKnown(why)
    # What the provider says of the account (401, 403, 429) passes; what it says of the letter (400, 422) stays.
    return Refused(why, for_good=isinstance(trouble, AnymailAPIError) and status in {400, 413, 422})
