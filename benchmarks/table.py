"""The one table that `make bench` prints: what was measured, what was demanded, and whether it holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HEADS = ("case", "clients", "p50 ms", "p95 ms", "p99 ms", "a second", "statements", "kB", "gzipped", "× floor", "bound",
         "holds")  # fmt: skip


@dataclass(frozen=True)
class Check:
    """One demand on one figure. `at_most`, `at_least`, or both of them the same: exactly that."""

    what: str
    measured: float
    at_most: float | None = None
    at_least: float | None = None

    @property
    def holds(self) -> bool:
        # Asked this way round, since a figure that is no number (nan) holds nothing.
        over = self.at_most is not None and not self.measured <= self.at_most
        under = self.at_least is not None and not self.measured >= self.at_least
        return not over and not under

    @property
    def demand(self) -> str:
        """“≤ 3 × floor”: what the table says of a demand that holds."""
        if self.at_most == self.at_least:
            return f"{self.what} = {self.at_most:g}"
        sign, limit = ("≤", self.at_most) if self.at_most is not None else ("≥", self.at_least)
        return f"{self.what} {sign} {limit:g}"

    def __str__(self) -> str:
        return self.demand if self.holds else f"{self.demand} (is {self.measured:.4g})"


@dataclass(frozen=True)
class Row:
    """A line of the table. What a case does not have (a race has no size) stays empty; a row without checks informs."""

    case: str
    clients: int = 1
    p50_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None
    per_second: float | None = None
    statements: int | None = None
    size: int | None = None  # bytes of the answer
    gzipped: int | None = None
    ratio: float | None = None  # p95 against the floor's, median of the rounds
    checks: tuple[Check, ...] = ()

    @property
    def holds(self) -> bool:
        return all(check.holds for check in self.checks)

    def cells(self) -> list[str]:
        return [
            self.case,
            str(self.clients),
            *(_number(value, 1) for value in (self.p50_ms, self.p95_ms, self.p99_ms)),
            _number(self.per_second, 0),
            _number(self.statements, 0),
            _number(self.size and self.size / 1000, 1),
            _number(self.gzipped and self.gzipped / 1000, 1),
            _number(self.ratio, 2),
            "; ".join(map(str, self.checks)) or "–",
            "" if not self.checks else "yes" if self.holds else "NO",
        ]


def _number(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:,.{digits}f}"


def percentile(values: Iterable[float], part: float) -> float:
    """The value below which this part of them lies; the largest, rather than one too small, when they are few."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def render(rows: Sequence[Row]) -> str:
    """The table in Markdown, its columns aligned so that it also reads in a terminal."""
    lines = [list(HEADS), *(row.cells() for row in rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(HEADS))]
    words = {0, 10, 11}  # columns of words lean left, figures lean right
    rule = ["-" * width if at in words else "-" * (width - 1) + ":" for at, width in enumerate(widths)]
    lines.insert(1, rule)
    return "\n".join("| " + " | ".join(_fitted(line, widths, words)) + " |" for line in lines)


def _fitted(line: list[str], widths: list[int], words: set[int]) -> list[str]:
    pairs = zip(line, widths, strict=True)
    return [cell.ljust(width) if at in words else cell.rjust(width) for at, (cell, width) in enumerate(pairs)]


def missed(rows: Iterable[Row]) -> list[str]:
    """The cases whose bounds do not hold, each with what is above."""
    return [
        f"{row.case} ({row.clients}): {', '.join(str(check) for check in row.checks if not check.holds)}"
        for row in rows
        if not row.holds
    ]
