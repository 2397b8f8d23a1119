"""One run of a dispatcher: who it is, its open lines, and what became of the messages it took."""

from __future__ import annotations

from dataclasses import dataclass, field

from clinic.ids import uuid7
from reminders import channels
from reminders.models import MessageAttempt


class Tally:
    """Numbers with names, said in one line."""

    def __str__(self) -> str:
        return ", ".join(f"{number} {name}" for name, number in vars(self).items())


@dataclass
class Counts(Tally):
    """What became of the messages of one run."""

    sent: int = 0
    suppressed: int = 0
    expired: int = 0
    waiting: int = 0
    failed: int = 0
    uncertain: int = 0


@dataclass
class Run:
    """`owner` stands in every lease this run holds; no other run has the same."""

    session: channels.Session
    owner: str = field(default_factory=lambda: str(uuid7()))
    counts: Counts = field(default_factory=Counts)
    unwritten: tuple[MessageAttempt, str] | None = None
    """The try before and its provider’s id: it went out; the transaction that begins the next writes it down."""
    cut_short: bool = False
    """Its time was over before its work was."""
