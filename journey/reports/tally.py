"""Series counted by what came of them. Tallies add up, and travel as JSON from a worker to the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Key = tuple[str, str]
"""Site and diagnosis group."""
COUNTS = ("started", "running", "ended", "missing", "responded", "remitted", "unseen")


@dataclass
class Tally:
    """`missing` ended without a baseline or without a score after the first infusion; `unseen` responded and gave no
    later score. `first` counts infusions until the score had halved; `relapsed` and `last_seen` count days."""

    started: int = 0
    running: int = 0
    ended: int = 0
    missing: int = 0
    responded: int = 0
    remitted: int = 0
    unseen: int = 0
    first: Counter[int] = field(default_factory=Counter)
    relapsed: Counter[int] = field(default_factory=Counter)
    last_seen: Counter[int] = field(default_factory=Counter)

    @property
    def scored(self) -> int:
        return self.ended - self.missing

    @property
    def reached(self) -> int:
        """Whose score had halved at some time, also of those who lost it again before the end."""
        return sum(self.first.values())

    @property
    def lives(self) -> dict[int, tuple[int, int]]:
        days = self.relapsed.keys() | self.last_seen.keys()
        return {day: (self.relapsed[day], self.last_seen[day]) for day in days}

    @property
    def cells(self) -> list[int]:
        """Every count of the row, and every count that can be worked out from two of them."""
        scored, responded, remitted, reached = self.scored, self.responded, self.remitted, self.reached
        return [
            self.started, self.running, self.ended, self.missing, scored, responded, scored - responded, remitted,
            scored - remitted, max(0, responded - remitted), reached, scored - reached, reached - responded,
        ]  # fmt: skip

    def add(self, other: Tally) -> None:
        for name in COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.first.update(other.first)
        self.relapsed.update(other.relapsed)
        self.last_seen.update(other.last_seen)

    def as_json(self) -> dict[str, Any]:
        counters = {name: sorted(getattr(self, name).items()) for name in ("first", "relapsed", "last_seen")}
        return {name: getattr(self, name) for name in COUNTS} | counters

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Tally:
        counts: dict[str, Any] = {name: kept[name] for name in COUNTS}
        counts |= {name: Counter(dict(kept[name])) for name in ("first", "relapsed", "last_seen")}
        return cls(**counts)


def total(tallies: Iterable[Tally]) -> Tally:
    found = Tally()
    for one in tallies:
        found.add(one)
    return found


def by_part(tallies: Mapping[Key, Tally], place: int) -> dict[str, Tally]:
    """The tallies of each site (`place` 0) or of each diagnosis group (1)."""
    found: dict[str, Tally] = {}
    for key, tally in tallies.items():
        found.setdefault(key[place], Tally()).add(tally)
    return found
