"""The outcome picture: PHQ-9 over time with the infusions beneath. Geometry only; the template draws it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

WIDTH, HEIGHT = 860, 300
LEFT, RIGHT, TOP, BOTTOM = 40, 744, 24, 222
TOP_SCORE = 27
BANDS = ((20, 27, "severe"), (15, 20, "moderately severe"), (10, 15, "moderate"), (5, 10, "mild"), (0, 5, "minimal"))
MIN_LABEL_GAP = 58.0


@dataclass(frozen=True)
class Point:
    x: float
    y: float
    value: int
    at: datetime
    label_y: float


@dataclass(frozen=True)
class Mark:
    x: float
    text: str
    kind: str
    given: bool


@dataclass(frozen=True)
class Curve:
    """Everything the template needs, in the units of the view box."""

    points: list[Point]
    marks: list[Mark]
    line: str
    goal_y: float | None
    goal: str
    bands: list[tuple[float, float, str]]
    axis: list[tuple[float, int]]
    days: list[tuple[float, datetime]] = field(default_factory=list)
    width: int = WIDTH
    height: int = HEIGHT


def score_y(score: float) -> float:
    """Where a PHQ-9 score stands: 27 on top, 0 at the bottom."""
    return round(BOTTOM - (BOTTOM - TOP) * score / TOP_SCORE, 1)


def draw(
    scores: Sequence[tuple[datetime, int]], stations: Sequence[tuple[datetime, str, str, bool]], baseline: int | None
) -> Curve | None:
    """`scores` are (when, PHQ-9) and `stations` (when, mark, kind, done), both oldest first. None without a score."""
    if not scores:
        return None
    moments = [at for at, _ in scores] + [at for at, *_ in stations]
    first, last = min(moments), max(moments)
    span = max((last - first).total_seconds(), timedelta(days=14).total_seconds())

    def x(at: datetime) -> float:
        return round(LEFT + 24 + (RIGHT - LEFT - 48) * (at - first).total_seconds() / span, 1)

    points = [
        Point(x(at), score_y(value), value, at, score_y(value) + (18 if value > 24 else -12)) for at, value in scores
    ]
    return Curve(
        points=points,
        marks=[Mark(x(at), text, kind, done) for at, text, kind, done in stations],
        line=" ".join(f"{point.x},{point.y}" for point in points),
        goal_y=score_y(baseline / 2) if baseline else None,
        goal=f"half of {baseline}: response" if baseline else "",
        bands=[(score_y(high), round((score_y(low) + score_y(high)) / 2 + 4, 1), word) for low, high, word in BANDS],
        axis=[(score_y(value), value) for value in (0, 5, 10, 15, 20, 27)],
        days=_days(points),
    )


def _days(points: Sequence[Point]) -> list[tuple[float, datetime]]:
    """The dates under the axis, as many as fit beside each other."""
    shown: list[tuple[float, datetime]] = []
    for point in points:
        if not shown or point.x - shown[-1][0] >= MIN_LABEL_GAP:
            shown.append((point.x, point.at))
    return shown
