"""The scores of a patient at a glance, beside the note: PHQ-9 over time with the infusions beneath. Geometry only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clinic.models import User
from infusions.models import Infusion
from patients import measures
from patients.models import MeasureResponse
from therapy.models import TherapySession

WIDTH, LEFT, RIGHT = 280.0, 14.0, 266.0
TOP, BOTTOM, TICKS = 26.0, 84.0, 106.0
TOP_SCORE = 27
MOST = 8
APART = 19.0


@dataclass(frozen=True)
class Point:
    x: float
    y: float
    value: int
    said: bool
    """Whether there is room for its number."""


@dataclass(frozen=True)
class Tick:
    x: float
    number: int
    given: bool


@dataclass(frozen=True)
class Strip:
    """A small picture, in the units of its view box."""

    points: list[Point]
    ticks: list[Tick]
    line: str
    goal_y: float | None
    said: str


def panel(session: TherapySession, user: User) -> dict[str, Any] | None:
    """The last scores and the infusions of the series; None without a score. The same for every reader."""
    asked = measures.kept(session.patient).filter(instrument=MeasureResponse.Instrument.PHQ9, score__isnull=False)
    rows = [(row.observed_at, row.score or 0) for row in asked[:MOST]][::-1]
    if not rows:
        return None
    baseline = measures.baseline(session.patient)
    first = baseline.score if baseline and baseline.score else None
    numbered = Infusion.objects.filter(series=session.series_id, number__isnull=False).select_related("appointment")
    stations = [
        (row.appointment.starts_at, row.number or 0, row.started_at is not None) for row in numbered.order_by("number")
    ]
    return {"strip": draw(rows, stations, first), "change": change(first, rows[-1][1]), "last_at": rows[-1][0]}


def change(baseline: int | None, score: int) -> tuple[str, str] | None:
    """How much better or worse than at the start, with its meaning: ("info", "29 % better")."""
    if not baseline or baseline == score:
        return None
    part = round(100 * abs(baseline - score) / baseline)
    if score > baseline:
        return "warn", f"{part}\u00a0% worse"
    return ("ok" if part >= 50 else "info"), f"{part}\u00a0% better"


def draw(
    scores: Sequence[tuple[datetime, int]], stations: Sequence[tuple[datetime, int, bool]], baseline: int | None
) -> Strip:
    """Scores and infusions on one axis of time. Marks that would touch are left out, the older first."""
    moments = [at for at, _ in scores] + [at for at, *_ in stations]
    begins, ends = min(moments), max(moments)
    span = max((ends - begins).total_seconds(), 1.0)

    def across(at: datetime) -> float:
        return round(LEFT + (RIGHT - LEFT) * (at - begins).total_seconds() / span, 1)

    places = [across(at) for at, _ in scores]
    said = _with_room(places)
    points = [Point(x, _height(score), score, x in said) for x, (_, score) in zip(places, scores, strict=True)]
    ticks: list[Tick] = []
    for at, number, given in sorted(stations, reverse=True):
        if not ticks or ticks[-1].x - across(at) >= APART:
            ticks.append(Tick(across(at), number, given))
    return Strip(
        points=points,
        ticks=ticks[::-1],
        line=" ".join(f"{point.x},{point.y}" for point in points),
        goal_y=_height(baseline / 2) if baseline else None,
        said=", ".join(str(score) for _, score in scores),
    )


def _with_room(places: Sequence[float]) -> set[float]:
    """Those whose numbers don't touch: the newest, the oldest, and of the others the newer first."""
    kept: list[float] = []
    for x in [places[-1], places[0], *reversed(places[1:-1])]:
        if all(abs(x - other) >= APART for other in kept):
            kept.append(x)
    return set(kept)


def _height(score: float) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * score / TOP_SCORE, 1)
