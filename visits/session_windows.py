"""When a session may be: the windows around the infusions of a series. Pure; the one place that knows them.

Source: protocol.md section 5 (window rules) and Table A: preparation 1 to 21 days before infusion 1; midpoint after
#(n/2-1) and before #(n/2+2), best right after #(n/2); integration after the last, due within 72 hours, within a week
more at most. All hours are on the site's wall clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from visits.rules import PREPARATION_BEST_DAYS, midpoint_between

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """From when, when best, until when it should be, and until when it still counts; None is not known yet."""

    opens: datetime
    ideal: datetime
    closes: datetime | None
    grace: datetime | None
    sentence: str

    def holds(self, start: datetime, end: datetime) -> bool:
        """Whether a session from `start` to `end` is inside; an integration may begin until the last minute."""
        return self.opens <= start and (self.grace is None or self._last(start, end) <= self.grace)

    def _last(self, start: datetime, end: datetime) -> datetime:
        return start if self.grace != self.closes else end

    def is_late(self, start: datetime) -> bool:
        """Inside the grace, but later than it should be."""
        return self.closes is not None and start > self.closes


def preparation(first: datetime, *, most_days: int, least_days: int = 1) -> Window:
    """Before infusion 1; before a booster also on its day (`least_days` 0)."""
    midnight = datetime.combine(first.date(), time(), first.tzinfo)
    closes = midnight - (least_days - 1) * DAY if least_days else first
    usual = f"{least_days} to {most_days} days before infusion 1"
    said = usual if least_days else f"within {most_days} days before the booster"
    return Window(
        opens=midnight - most_days * DAY,
        ideal=first - PREPARATION_BEST_DAYS * DAY,
        closes=closes,
        grace=closes,
        sentence=f"{said} ({day(first)})",
    )


def midpoint(starts: Sequence[datetime], count: int) -> Window | None:
    """Of a series of `count` infusions of which these are known; None before the one it follows is known."""
    after, before = midpoint_between(count)
    if not 1 <= after <= len(starts):
        return None
    opens, middle = starts[after - 1], starts[min(count // 2, len(starts)) - 1]
    closes = starts[before - 1] if len(starts) >= before else None
    until = f" and before infusion {before} ({day(closes)})" if closes else ""
    return Window(
        opens=opens,
        ideal=middle + DAY,
        closes=closes,
        grace=closes,
        sentence=f"after infusion {after} ({day(opens)}){until}",
    )


def integration(last: datetime, *, drug_minutes: int, hours: int, grace_days: int) -> Window:
    """After the last infusion that is given: due in `hours` from the end of the drug, with `grace_days` more."""
    closes = last + timedelta(minutes=drug_minutes, hours=hours)
    grace = closes + grace_days * DAY
    return Window(
        opens=last,
        ideal=last + DAY,
        closes=closes,
        grace=grace,
        sentence=f"by {day(closes)}, until {day(grace)} at most",
    )


def day(moment: datetime) -> str:
    return f"{moment:%a} {moment.day} {moment:%b}"
