"""What a provider may answer."""

from __future__ import annotations

from typing import Literal

from reminders.channels.faults import Fault

Outcome = Literal["sent", "delivered", "failed", "unknown"]
"""“failed”: it did not arrive and will not, so it may be sent again. “unknown”: nobody can say."""


class Refused(Exception):
    """The provider did not take it; `for_good` when a second try would not be taken either."""

    def __init__(self, why: str, *, for_good: bool, fault: Fault | None = None, code: str = "") -> None:
        super().__init__(why)
        self.why, self.for_good, self.fault, self.code = why, for_good, fault, code


class NotKnown(Exception):
    """The provider may have it, or not: the line broke after it was handed over."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
