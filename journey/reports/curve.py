"""The curve of those without relapse as geometry: a staircase, its 95 % band, a tick for each last look. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from journey.rules import Step

WIDTH, HEIGHT = 640, 268
LEFT, RIGHT, TOP, BOTTOM = 48.0, 622.0, 16.0, 222.0
SHORTEST_DAYS = 30
MARKS = (7, 14, 30, 60, 90, 180, 365, 730)


@dataclass(frozen=True)
class Curve:
    stairs: str
    band: str
    ticks: tuple[tuple[str, str], ...]
    grid: tuple[tuple[str, int], ...]
    days: tuple[tuple[str, str], ...]
    width: int = WIDTH
    height: int = HEIGHT


def draw(steps: Sequence[Step]) -> Curve | None:
    """None without anybody who was followed."""
    if not steps:
        return None
    last = max(steps[-1].day, SHORTEST_DAYS)

    def x(day: float) -> str:
        return f"{LEFT + (RIGHT - LEFT) * day / last:.1f}"

    def y(share: float) -> str:
        return f"{BOTTOM - (BOTTOM - TOP) * share:.1f}"

    stairs, upper, lower = [f"M{x(0)} {y(1)}"], [f"{x(0)},{y(1)}"], [f"{x(0)},{y(1)}"]
    high, low = 1.0, 1.0
    for step in steps:
        stairs.append(f"H{x(step.day)}V{y(float(step.survival))}")
        upper += [f"{x(step.day)},{y(high)}", f"{x(step.day)},{y(step.high)}"]
        lower += [f"{x(step.day)},{y(low)}", f"{x(step.day)},{y(step.low)}"]
        high, low = step.high, step.low
    return Curve(
        stairs="".join(stairs),
        band=" ".join([*upper, *reversed(lower)]),
        ticks=tuple((x(step.day), y(float(step.survival))) for step in steps if step.censored),
        grid=tuple((y(percent / 100), percent) for percent in (0, 25, 50, 75, 100)),
        days=tuple((x(day), f"{day}") for day in _marks(last)),
    )


def _marks(last: int) -> list[int]:
    """Days under the axis that stand apart from each other."""
    found = [0]
    for day in MARKS:
        if day <= last and (day - found[-1]) / last >= 0.08:
            found.append(day)
    return found
