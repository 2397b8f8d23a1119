"""A patient's own curve: their PHQ-9 over time on a phone's width, without bands or verdicts. Pure geometry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from journey.outcomes.picture import Given, Score, runs_of

WIDTH, HEIGHT = 360, 226
LEFT, RIGHT, TOP, BOTTOM = 16.0, 344.0, 30.0, 168.0
VISITS_Y, DATES_Y = 188.0, 216.0
SHORTEST = timedelta(days=14)
VALUE_APART = 26.0


@dataclass(frozen=True)
class Dot:
    x: str
    y: str
    value: int
    label_y: str
    labelled: bool


@dataclass(frozen=True)
class Own:
    runs: tuple[str, ...]
    dots: tuple[Dot, ...]
    visits: tuple[tuple[str, bool], ...]
    begin_y: str
    first: datetime
    last: datetime
    width: int = WIDTH
    height: int = HEIGHT


def draw(scores: Sequence[Score], given: Sequence[Given], *, baseline: int | None) -> Own | None:
    """Both oldest first; what was given before the first score is left out. None without a score."""
    if not scores:
        return None
    first = scores[0].at
    shown = [each for each in given if each.at >= first]
    last = max([score.at for score in scores] + [each.at for each in shown] + [first + SHORTEST])
    top = max([score.value for score in scores] + [baseline or 0, 10])

    def x(at: datetime) -> float:
        return LEFT + (RIGHT - LEFT) * ((at - first) / (last - first))

    def y(value: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * value / top

    dots, taken = [], LEFT - VALUE_APART
    for place, score in enumerate(scores):
        across = x(score.at)
        labelled = across - taken >= VALUE_APART or place == len(scores) - 1
        taken = across if labelled else taken
        down = y(score.value)
        dots.append(Dot(_n(across), _n(down), score.value, _n(down - 11), labelled))
    return Own(
        runs=tuple(" ".join(f"{_n(x(each.at))},{_n(y(each.value))}" for each in run) for run in runs_of(scores)),
        dots=tuple(dots),
        visits=tuple((_n(x(each.at)), each.booster) for each in shown),
        begin_y=_n(y(baseline if baseline is not None else scores[0].value)),
        first=first,
        last=last,
    )


def _n(value: float) -> str:
    return f"{value:.1f}"
