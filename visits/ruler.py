"""A row of five-minute cells laid along a site's clock, kept as the bits of one whole number.

"Free for two hours from here" is then a few shifts of that number over many days at once, in whatever zone. Most days
have 288 cells, and the face of their clock is plain arithmetic; only a day on which the clocks change is asked of the
zone, cell by cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import NamedTuple

from clinic.models import Site
from visits.rules import DAY_MINUTES, STEP_MINUTES

CELL = STEP_MINUTES * 60
DAY_CELLS = DAY_MINUTES // STEP_MINUTES


def runs(free: int, length: int) -> int:
    """The cells from which `length` cells in a row are free."""
    have = 1
    while have < length and free:
        step = min(have, length - have)
        free &= free >> step
        have += step
    return free


def cells(minutes: int) -> int:
    return minutes // STEP_MINUTES


def block(start: int, end: int) -> int:
    """The bits of the cells from `start` up to `end`."""
    return ((1 << (end - start)) - 1) << start if end > start else 0


def ones(bits: int) -> Iterator[int]:
    """The places of the set bits, lowest first."""
    digits = bin(bits)[:1:-1]
    place = digits.find("1")
    while place >= 0:
        yield place
        place = digits.find("1", place + 1)


def closest(bits: int, wanted: int) -> int | None:
    """The set bit nearest to a place, the lower of two as near."""
    if not bits:
        return None
    before = bits & block(0, wanted + 1)
    after = bits ^ before
    found = [before.bit_length() - 1] if before else []
    found += [(after & -after).bit_length() - 1] if after else []
    return min(found, key=lambda place: abs(place - wanted))


@cache
def _comb(step: int) -> int:
    """Every so manieth cell of a usual day."""
    return sum(1 << cell for cell in range(0, DAY_CELLS, step))


class Start(NamedTuple):
    """One free start: its cell in the calendar, and day and minute on the site's wall clock."""

    cell: int
    day: date
    minute: int


@cache
def face(minute: int) -> time:
    return time(minute // 60, minute % 60)


@dataclass
class Ruler:
    """The cells of a site's days from `first` to `last`, counted from `base`, a number of cells since 1970."""

    site: Site
    first: date
    last: date
    base: int = field(init=False)
    size: int = field(init=False)
    midnights: list[int] = field(init=False)

    def __post_init__(self) -> None:
        bounds = [int(self.site.moment(day, time()).timestamp()) // CELL for day in [*self.days(), self._after()]]
        self.base, self.size = bounds[0], bounds[-1] - bounds[0]
        self.midnights = [bound - self.base for bound in bounds]

    def _after(self) -> date:
        return self.last + timedelta(days=1)

    def days(self) -> Iterator[date]:
        for offset in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=offset)

    def cell(self, moment: datetime) -> int:
        return int(moment.timestamp()) // CELL - self.base

    def moment(self, cell: int) -> datetime:
        """The moment at which a cell begins, on the site's clock."""
        return datetime.fromtimestamp((cell + self.base) * CELL, tz=self.site.zone)

    def span(self, cell: int, minutes: int) -> tuple[datetime, datetime]:
        """From a cell on for so many minutes as they pass, also while the clock is changed."""
        return self.moment(cell), self.moment(cell + cells(minutes))

    def covers(self, start: int, length: int) -> bool:
        return start >= 0 and start + length <= self.size

    def day_block(self, day: date) -> int:
        return self.whole_days(day, day)

    def whole_days(self, first: date, last: date) -> int:
        """The cells of these days, as far as they lie on the ruler."""
        if last < self.first or first > self.last:
            return 0
        begin, end = max(first, self.first), min(last, self.last)
        return block(self.midnights[(begin - self.first).days], self.midnights[(end - self.first).days + 1])

    def hours(self, day: date, starts: time, ends: time) -> int:
        """The whole cells between two hours of one day's wall clock."""
        place = (day - self.first).days
        midnight, after = self.midnights[place], self.midnights[place + 1]
        if after - midnight == DAY_CELLS:
            begin = midnight - -(starts.hour * 60 + starts.minute) // STEP_MINUTES
            return block(begin, midnight + (ends.hour * 60 + ends.minute) // STEP_MINUTES)
        begin = -(-self._second(day, starts) // CELL) - self.base
        return block(max(begin, 0), min(self._second(day, ends) // CELL - self.base, self.size))

    def _second(self, day: date, at: time) -> int:
        return int(self.site.moment(day, at).timestamp())

    def by_day(self, bits: int) -> Iterator[list[Start]]:
        """The set bits, gathered by day, earliest first."""
        for place, (midnight, after) in enumerate(zip(self.midnights, self.midnights[1:], strict=False)):
            of_day = bits >> midnight & (1 << after - midnight) - 1
            if not of_day:
                continue
            day = self.first + timedelta(days=place)
            if after - midnight == DAY_CELLS:
                yield [Start(midnight + cell, day, cell * STEP_MINUTES) for cell in ones(of_day)]
            else:
                moments = [(midnight + cell, self.moment(midnight + cell)) for cell in ones(of_day)]
                yield [Start(cell, day, moment.hour * 60 + moment.minute) for cell, moment in moments]

    def when(self, start: Start) -> datetime:
        """The moment of a start, without asking the zone on a day of the usual length."""
        place = (start.day - self.first).days
        if self.midnights[place + 1] - self.midnights[place] == DAY_CELLS:
            return datetime.combine(start.day, face(start.minute), self.site.zone)
        return self.moment(start.cell)

    def moments(self, bits: int) -> Iterator[datetime]:
        """The moments of the set bits, earliest first."""
        for of_day in self.by_day(bits):
            for start in of_day:
                yield self.when(start)

    def on_grid(self, bits: int, minutes: int) -> int:
        """Only the starts on a whole quarter, half hour … of the wall clock."""
        grid = 0
        for midnight, after in zip(self.midnights, self.midnights[1:], strict=False):
            if after - midnight == DAY_CELLS:
                grid |= _comb(cells(minutes)) << midnight
            else:
                faces = ((cell, self.moment(cell)) for cell in range(midnight, after))
                grid |= sum(1 << cell for cell, face in faces if (face.hour * 60 + face.minute) % minutes == 0)
        return bits & grid
