"""The chart of one infusion as geometry: readings and events in, numbers for SVG attributes out. Pure.

Blood pressure as a band with paired marks, heart rate, SpO2, the drug as a bar, events as numbered circles: lanes on
one axis of time. Colors come from classes of the style sheet; the same numbers stand in the table beside the chart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

WIDTH, HEIGHT = 608, 250
LEFT, RIGHT = 38.0, 598.0
BP_TOP, BP_BOTTOM = 24.0, 122.0
HR_TOP, HR_BOTTOM = 132.0, 161.0
SPO2_TOP, SPO2_BOTTOM = 178.0, 199.0
DRUG_Y, DRUG_H = 206.0, 18.0
EVENTS_Y = 236.0
MARK_APART = 18.0
LABEL = 88.0


@dataclass(frozen=True)
class Reading:
    """One row of the flowsheet."""

    at: datetime
    systolic: int | None = None
    diastolic: int | None = None
    heart_rate: int | None = None
    spo2: int | None = None
    flagged: bool = False


@dataclass(frozen=True)
class Happening:
    """One event on the axis."""

    at: datetime
    warn: bool = False


@dataclass(frozen=True)
class Pump:
    """When it ran, when it will end, and how long the patient stays after it."""

    runs: tuple[tuple[datetime, datetime], ...] = ()
    ends_at: datetime | None = None
    stays_until: datetime | None = None
    given: str = ""
    plan: str = ""


@dataclass(frozen=True)
class Grid:
    y: str
    label: str


@dataclass(frozen=True)
class Pressure:
    x: str
    high: str
    low: str
    high_mark: str
    low_mark: str
    flag: str = ""


@dataclass(frozen=True)
class Line:
    """A curve with its marks and the last value in words."""

    points: str
    marks: tuple[tuple[str, str], ...]
    text: str
    x: str
    y: str
    anchor: str


@dataclass(frozen=True)
class Bar:
    x: str
    width: str


@dataclass(frozen=True)
class Mark:
    number: int
    x: str
    warn: bool


@dataclass(frozen=True)
class Chart:
    """Everything the template writes into attributes, as text with one decimal."""

    grids: tuple[Grid, ...]
    limit: Grid
    band: str
    pressures: tuple[Pressure, ...]
    curves: dict[str, Line]
    runs: tuple[Bar, ...]
    plan: Bar | None
    zone: Bar | None
    zone_end: str
    given: str
    given_x: str
    plan_text: str
    plan_x: str
    marks: tuple[Mark, ...]
    ticks: tuple[tuple[str, str], ...]
    now: str
    now_text: str
    width: int = WIDTH
    height: int = HEIGHT


def draw(
    readings: Sequence[Reading],
    happenings: Sequence[Happening],
    pump: Pump,
    *,
    now: datetime,
    limit: tuple[int, int],
    zone: ZoneInfo,
    here: bool = True,
) -> Chart:
    """The chart of an infusion. `here` draws the line of now, for a patient who is still in the house."""
    first, last = _window(readings, happenings, pump, now, here)
    x = _scale(first.timestamp(), last.timestamp(), LEFT + 14, RIGHT)
    ordered = sorted(readings, key=lambda reading: reading.at)
    bp = _pressure_scale(ordered, limit)
    return Chart(
        grids=tuple(_grids(bp, ordered)),
        limit=Grid(_n(bp(limit[0])), f"notify at {limit[0]}/{limit[1]}"),
        band=_band(ordered, x, bp),
        pressures=tuple(_pressures(ordered, x, bp)),
        curves=_curves(ordered, x, bp, x(now.timestamp()) if here else None),
        runs=tuple(_bar(x, start, end) for start, end in pump.runs),
        plan=_plan(pump, x),
        zone=_zone(pump, x),
        zone_end=_n(x(pump.stays_until.timestamp())) if pump.stays_until else "",
        given=pump.given,
        given_x=_n(x(pump.runs[0][0].timestamp()) + 8) if pump.runs else "",
        plan_text=pump.plan,
        plan_x=_n(_drug_end(pump, x) + 8) if pump.runs else "",
        marks=tuple(_marks(happenings, x)),
        ticks=tuple(_ticks(first, last, x, zone)),
        now=_n(x(now.timestamp())) if here and first <= now <= last else "",
        now_text=f"{now.astimezone(zone):%H:%M}",
    )


def _window(
    readings: Sequence[Reading], happenings: Sequence[Happening], pump: Pump, now: datetime, here: bool
) -> tuple[datetime, datetime]:
    """From the first thing that happened to the end of the stay, at least an hour and a half."""
    known = [each.at for each in readings] + [each.at for each in happenings]
    known += [moment for run in pump.runs for moment in run]
    known += [moment for moment in (pump.ends_at, pump.stays_until) if moment]
    if here or not known:
        known.append(now)
    first = min(known)
    return first, max(max(known) + timedelta(minutes=4), first + timedelta(minutes=90))


def _scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    step = (end - start) / (high - low)
    return lambda value: start + (value - low) * step


def _pressure_scale(readings: Sequence[Reading], limit: tuple[int, int]) -> Callable[[float], float]:
    highs = [reading.systolic for reading in readings if reading.systolic]
    lows = [reading.diastolic for reading in readings if reading.diastolic]
    return _scale(min([70, *lows]) - 5, max([limit[0] + 10, *highs]) + 5, BP_BOTTOM, BP_TOP)


def _heart_scale(readings: Sequence[Reading]) -> Callable[[float], float]:
    rates = [reading.heart_rate for reading in readings if reading.heart_rate]
    return _scale(min([55, *rates]), max([105, *rates]), HR_BOTTOM, HR_TOP)


def _oxygen_scale(readings: Sequence[Reading]) -> Callable[[float], float]:
    return _scale(min([90, *(reading.spo2 for reading in readings if reading.spo2)]), 100, SPO2_BOTTOM, SPO2_TOP)


def _grids(bp: Callable[[float], float], readings: Sequence[Reading]) -> list[Grid]:
    heart, oxygen = _heart_scale(readings), _oxygen_scale(readings)
    lanes = [(bp, (80, 120, 160)), (heart, (60, 100)), (oxygen, (90, 100))]
    return [Grid(_n(scale(value)), str(value)) for scale, values in lanes for value in values]


def _band(readings: Sequence[Reading], x: Callable[[float], float], bp: Callable[[float], float]) -> str:
    whole = [reading for reading in readings if reading.systolic and reading.diastolic]
    if len(whole) < 2:
        return ""
    top = [f"{_n(x(r.at.timestamp()))},{_n(bp(r.systolic or 0))}" for r in whole]
    bottom = [f"{_n(x(r.at.timestamp()))},{_n(bp(r.diastolic or 0))}" for r in reversed(whole)]
    return " ".join(top + bottom)


def _pressures(
    readings: Sequence[Reading], x: Callable[[float], float], bp: Callable[[float], float]
) -> list[Pressure]:
    found = []
    for reading in readings:
        if not reading.systolic or not reading.diastolic:
            continue
        across, high, low = x(reading.at.timestamp()), bp(reading.systolic), bp(reading.diastolic)
        flag = f"M{_n(across - 7)} {_n(high - 9)}h14l-7-11z" if reading.flagged else ""
        found.append(
            Pressure(
                x=_n(across),
                high=_n(high),
                low=_n(low),
                high_mark=f"M{_n(across - 5)} {_n(high - 5)}l5 5 5-5",
                low_mark=f"M{_n(across - 5)} {_n(low + 5)}l5-5 5 5",
                flag=flag,
            )
        )
    return found


def _curves(
    readings: Sequence[Reading], x: Callable[[float], float], bp: Callable[[float], float], now: float | None
) -> dict[str, Line]:
    heart, oxygen = _heart_scale(readings), _oxygen_scale(readings)
    curves = {}
    pressed = [reading for reading in readings if reading.systolic and reading.diastolic]
    if pressed:
        last = pressed[-1]
        middle = (bp(last.systolic or 0) + bp(last.diastolic or 0)) / 2
        curves["bp"] = _line([], x(last.at.timestamp()), middle, f"BP {last.systolic}/{last.diastolic}", now)
    for name, scale, word, unit in (("heart_rate", heart, "heart", ""), ("spo2", oxygen, "SpO2", "\u00a0%")):
        known = [(reading.at, getattr(reading, name)) for reading in readings if getattr(reading, name)]
        if known:
            marks = [(x(at.timestamp()), scale(value)) for at, value in known]
            curves[name] = _line(marks, *marks[-1], f"{word} {known[-1][1]}{unit}", now)
    return curves


def _line(marks: list[tuple[float, float]], x: float, y: float, text: str, now: float | None) -> Line:
    """The words stand right of the last mark, and of the line of now where that would cross them."""
    place = now - 2 if now is not None and x <= now < x + 12 + LABEL else x
    beside = place + 12 + LABEL <= RIGHT
    return Line(
        points=" ".join(f"{_n(across)},{_n(down)}" for across, down in marks),
        marks=tuple((_n(across), _n(down)) for across, down in marks),
        text=text,
        x=_n(place + 12 if beside else x - 12),
        y=_n(y + 4),
        anchor="start" if beside else "end",
    )


def _bar(x: Callable[[float], float], start: datetime, end: datetime) -> Bar:
    left = x(start.timestamp())
    return Bar(_n(left), _n(max(1.0, x(end.timestamp()) - left)))


def _plan(pump: Pump, x: Callable[[float], float]) -> Bar | None:
    """What is still to run, after the last run."""
    if not pump.runs or not pump.ends_at or pump.ends_at <= pump.runs[-1][1]:
        return None
    return _bar(x, pump.runs[-1][1], pump.ends_at)


def _zone(pump: Pump, x: Callable[[float], float]) -> Bar | None:
    if not pump.ends_at or not pump.stays_until:
        return None
    return _bar(x, pump.ends_at, pump.stays_until)


def _drug_end(pump: Pump, x: Callable[[float], float]) -> float:
    return x(max(pump.ends_at or pump.runs[-1][1], pump.runs[-1][1]).timestamp())


def _marks(happenings: Sequence[Happening], x: Callable[[float], float]) -> list[Mark]:
    """Numbered in order; those that would lie on each other stand side by side."""
    marks: list[Mark] = []
    taken = LEFT - MARK_APART
    for number, happening in enumerate(sorted(happenings, key=lambda each: each.at), start=1):
        taken = max(x(happening.at.timestamp()), taken + MARK_APART)
        marks.append(Mark(number, _n(taken), happening.warn))
    return marks


def _ticks(first: datetime, last: datetime, x: Callable[[float], float], zone: ZoneInfo) -> list[tuple[str, str]]:
    """Half hours on the site's clock, hours when the stay is long."""
    every = 30 if last - first <= timedelta(hours=4) else 60
    moment = first.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    ticks = []
    while moment <= last:
        if moment >= first and x(moment.timestamp()) < RIGHT - 12:
            ticks.append((_n(x(moment.timestamp())), f"{moment:%H:%M}"))
        moment += timedelta(minutes=every)
    return ticks


def _n(value: float) -> str:
    """A number for an attribute: one decimal, never localized."""
    return f"{value:.1f}"
