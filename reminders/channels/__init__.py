"""How words leave the house: letters by email, short ones by text. It answers the provider's id, or raises.

`Refused` says that the provider did not take it; `NotKnown` that nobody can say whether it did. A provider is chosen by
a setting: EMAIL_URL or EMAIL_BACKEND for letters, TEXTS_BY for texts.
"""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

from clinic.models import User
from patients.models import ContactConsent, Patient
from reminders.channels import mail, texts
from reminders.channels.answers import NotKnown, Outcome, Refused
from reminders.channels.session import Session
from reminders.templates import Letter

__all__ = [
    "Channel",
    "NotKnown",
    "Outcome",
    "Refused",
    "Session",
    "lookup",
    "reports",
    "send",
    "to_staff",
    "ways_to_staff",
]

Channel = ContactConsent.Channel


def send(*, channel: str, key: UUID, letter: Letter, to: Patient, session: Session) -> str:
    """Send to a patient on one channel. Answers the provider's id; raises Refused, NotKnown."""
    if channel == Channel.TEXT:
        return texts.send(key=key, text=letter.text, to=to.phone, session=session)
    return mail.send(key=key, letter=letter, to=to.email, session=session)


def lookup(channel: str, key: UUID, provider_id: str) -> Outcome:
    """What became of something of which it is not known whether it went out, as far as its provider tells."""
    return texts.lookup(key, provider_id) if channel == Channel.TEXT else "unknown"


def reports(channel: str) -> bool:
    """Whether the channel's provider tells us afterwards how far a message came."""
    return settings.TEXTS_BY == "twilio" if channel == Channel.TEXT else bool(settings.EMAIL_EVENTS)


def ways_to_staff(person: User) -> tuple[Channel, ...]:
    """On which channels a member of staff is paged: on every one that leads to them."""
    ways = [Channel.EMAIL] if person.email else []
    texted = person.mobile and texts.are_on() and not texts.is_stopped(person.mobile)
    return (*ways, Channel.TEXT) if texted else tuple(ways)


def to_staff(channel: str, *, key: UUID, letter: Letter, to: User, session: Session) -> str:
    """Send to a member of staff on one of those channels. Answers the provider's id; raises Refused, NotKnown."""
    if channel == Channel.TEXT:
        return texts.send(key=key, text=letter.text, to=to.mobile, session=session)
    return mail.send(key=key, letter=letter, to=to.email, session=session)
