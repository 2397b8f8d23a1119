"""The port for text messages, and who carries them: the console, a file, or Twilio, by the setting TEXTS_BY."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from django.conf import settings

from clinic import clock
from patients.models import ContactConsent
from reminders import text_rules
from reminders.channels import twilio
from reminders.channels.answers import Outcome, Refused
from reminders.channels.faults import Fault
from reminders.channels.session import Session
from reminders.models import OptOut


def are_on() -> bool:
    """Whether the clinic sends texts at all."""
    return bool(settings.TEXTS_BY)


def is_stopped(number: str) -> bool:
    """Whether somebody said STOP from this number."""
    standing = OptOut.objects.filter(channel=ContactConsent.Channel.TEXT, address=number, until__isnull=True)
    return bool(number) and standing.exists()


def send(*, key: UUID, text: str, to: str, session: Session) -> str:
    """Send one text. Answers the provider's id; raises Refused, NotKnown."""
    if not are_on():
        raise Refused("The clinic sends no texts.", for_good=True, fault=Fault.HOUSE)
    if not to:
        raise Refused("There is no phone number.", for_good=True, fault=Fault.ADDRESS)
    if not text:
        raise Refused("There are no words for a text.", for_good=True)
    return CARRIERS[settings.TEXTS_BY](key, text_rules.nearest(text), to, session)


def lookup(key: UUID, provider_id: str) -> Outcome:
    return twilio.lookup(key, provider_id) if settings.TEXTS_BY == "twilio" else "unknown"


def _to_console(key: UUID, text: str, to: str, session: Session) -> str:
    sys.stdout.write(f"Text to {to} ({key}):\n{text}\n{'-' * 60}\n")
    sys.stdout.flush()
    return f"console-{key}"


def _to_file(key: UUID, text: str, to: str, session: Session) -> str:
    """One line for each text, in one write, so that two workers don't mix theirs."""
    path = Path(settings.TEXTS_FILE)
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps({"at": clock.now().isoformat(), "key": str(key), "to": to, "text": text}, ensure_ascii=False)
    with path.open("a", encoding="utf-8") as lines:
        lines.write(line + "\n")
    return f"file-{key}"


CARRIERS: dict[str, Callable[[UUID, str, str, Session], str]] = {
    "console": _to_console,
    "file": _to_file,
    "twilio": twilio.send,
}
