"""A message's words with places for names and times, and the letter and text message that come of it.

User text only ever fills a place; it is never read as a template, and a template is filled by `string.Template`, which
can do nothing but put values in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from string import Template as Words

from clinic import crypto
from reminders import text_rules
from reminders.message_kinds import NAME_LIMIT, PLACEHOLDERS
from reminders.rules import SENDER_LIMIT

SECRET = frozenset({"link"})  # whoever has it may answer for the patient, so the ledger keeps it encrypted

FOOT = {
    "en": "\n\n$site\n$phone\n\nYou get this because you agreed to messages. Tell us if you want none.\n",
    "es": "\n\n$site\n$phone\n\nRecibe este mensaje porque aceptó recibirlos. Avísenos si no desea más.\n",
}
IN_FOOT = ("site", "phone")
LAST_RESORT = {"en": "$site: $link Call $phone. STOP to opt out", "es": "$site: $link Tel. $phone. STOP para salir"}
"""What is said in a text message when the words, filled, would be longer than one."""


@dataclass(frozen=True)
class Letter:
    """What goes out: a subject line and a body, and the same as a text message."""

    subject: str
    body: str
    text: str = ""


@dataclass(frozen=True)
class Template:
    kind: str
    version: str
    language: str
    subject: str
    body: str
    text: str

    def __post_init__(self) -> None:
        if stray := self.used - set(PLACEHOLDERS):
            raise ValueError(f"Template {self.kind}: {', '.join(sorted(stray))} can’t be filled.")

    @cached_property
    def used(self) -> frozenset[str]:
        every = (self.subject, self.body, self.text)
        return frozenset(name for words in every for name in Words(words).get_identifiers())

    def check(self, values: Mapping[str, str]) -> None:
        """Whether it can be filled, without writing it. Raises KeyError when a placeholder has no value."""
        if holes := self.used.union(IN_FOOT) - values.keys():
            raise KeyError(min(holes))

    def fill(self, values: Mapping[str, str]) -> Letter:
        """Raises KeyError when a placeholder has no value: a letter with a hole never goes out."""
        return Letter(
            subject=text_rules.one_line(Words(self.subject).substitute(values)),
            body=Words(self.body + FOOT[self.language]).substitute(values),
            text=self.as_text(values),
        )

    def as_text(self, values: Mapping[str, str]) -> str:
        """The text message, in the plain alphabet and in one piece of 160 characters."""
        short = in_text(values)
        said = text_rules.nearest(Words(self.text).substitute(short))
        if text_rules.length(said).fits:
            return said
        bare = Words(LAST_RESORT[self.language]).substitute({"link": "", **short})
        return text_rules.nearest(text_rules.one_line(bare))


def in_text(values: Mapping[str, str]) -> dict[str, str]:
    """The values as a text message says them: short days, names that leave room, no line ends."""
    short = {name: text_rules.one_line(value) for name, value in values.items()}
    short |= {name: short[f"short_{name}"] for name in ("day", "until") if f"short_{name}" in short}
    limits = {"first_name": NAME_LIMIT, "site": SENDER_LIMIT}
    return short | {name: _cut(text_rules.nearest(short[name]), limits[name]) for name in limits.keys() & short}


def _cut(words: str, limit: int) -> str:
    if len(words) <= limit:
        return words
    whole = words[: limit + 1].rpartition(" ")[0]
    return (whole or words[:limit]).rstrip(" ,-")


def seal(values: Mapping[str, str]) -> dict[str, str]:
    """The values as the ledger keeps them: secrets encrypted."""
    return dict(values) | {
        name: crypto.encrypt(values[name], context=f"message.{name}") for name in SECRET & set(values)
    }


def unseal(values: Mapping[str, str]) -> dict[str, str]:
    """The values as the letter says them."""
    return dict(values) | {
        name: crypto.decrypt(values[name], context=f"message.{name}") for name in SECRET & set(values)
    }
