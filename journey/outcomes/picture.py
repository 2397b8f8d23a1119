"""The outcome picture as geometry: scores, infusions and life events in, numbers for SVG attributes out. Pure.

Colors come from classes of the style sheet, bands carry their words, and every mark has its sentence; the same facts
stand in the table beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import groupby, pairwise
from math import floor
from zoneinfo import ZoneInfo

from clinic.wording import listed, quantity
from journey.outcomes.scales import Scale
from journey.outcomes.stops import Stop, stops

WIDTH, HEIGHT = 900, 356
LEFT, RIGHT = 44.0, 742.0
SAY_Y, FLAGS_Y = 14.0, 38.0
TOP, BOTTOM = 58.0, 254.0
GIVEN_Y, DOSE_Y, DATES_Y = 280.0, 308.0, 336.0
PAD = 24.0
SHORTEST = timedelta(days=14)
GAP = timedelta(days=56)
"""Twice the longest regular interval between two scores (protocol 3.6, 28 days): longer is a gap, not a line."""
MARK_APART, VALUE_APART, DOSE_APART, DATE_APART, LINE_APART = 21.0, 24.0, 40.0, 64.0, 16.0
CROWDED = 2 * MARK_APART
"""From one number to the next where plain ticks stand between them."""


@dataclass(frozen=True)
class Score:
    at: datetime
    value: int


@dataclass(frozen=True)
class Given:
    """An infusion that was given; `label` is its number, with b before it for a booster."""

    at: datetime
    label: str
    dose_mg: Decimal | None
    booster: bool = False


@dataclass(frozen=True)
class Happened:
    on: date
    words: str


@dataclass(frozen=True)
class Band:
    y: str
    height: str
    text_y: str
    word: str
    shade: int


@dataclass(frozen=True)
class Guide:
    y: str
    text_y: str
    words: str
    kind: str


@dataclass(frozen=True)
class Point:
    x: str
    y: str
    value: int
    label_y: str
    labelled: bool
    title: str
    kind: str = "score"


@dataclass(frozen=True)
class Gap:
    x: str
    words: str


@dataclass(frozen=True)
class Mark:
    x: str
    text: str
    kind: str
    title: str
    full: bool = True


@dataclass(frozen=True)
class Picture:
    """Everything the template writes into attributes, as text with one decimal."""

    scale: Scale
    bands: tuple[Band, ...]
    grid: tuple[tuple[str, int], ...]
    guides: tuple[Guide, ...]
    runs: tuple[str, ...]
    points: tuple[Point, ...]
    gaps: tuple[Gap, ...]
    score_stops: tuple[Stop[Point], ...]
    given: tuple[Mark, ...]
    given_stops: tuple[Stop[Mark], ...]
    doses: tuple[tuple[str, str], ...]
    flags: tuple[Mark, ...]
    dates: tuple[tuple[str, str], ...]
    width: int = WIDTH
    height: int = HEIGHT
    box: dict[str, float] = field(
        default_factory=lambda: {
            "left": LEFT, "right": RIGHT, "top": TOP, "bottom": BOTTOM, "say": SAY_Y, "flags": FLAGS_Y,
            "given": GIVEN_Y, "dose": DOSE_Y, "dates": DATES_Y, "words": RIGHT + 10,
        }
    )  # fmt: skip


def draw(
    scale: Scale,
    scores: Sequence[Score],
    given: Sequence[Given],
    happened: Sequence[Happened],
    *,
    baseline: int | None,
    zone: ZoneInfo,
) -> Picture | None:
    """Everything within one window of time, each list oldest first. None when nothing happened in it."""
    moments = [score.at for score in scores] + [each.at for each in given] + [noon(each.on, zone) for each in happened]
    if not moments:
        return None
    first, last = min(moments), max(*moments, min(moments) + SHORTEST)
    x = _across(first, last)
    y = _down(scale)
    points, marks = _points(scale, scores, baseline, x, y, zone), _marks(given, x, zone)
    given_stops = stops(marks, lambda part: given_together(given[part], zone))
    return Picture(
        scale=scale,
        bands=tuple(_bands(scale, y)),
        grid=tuple((_n(y(value)), value) for value in _steps(scale)),
        guides=tuple(_guides(scale, baseline, y)),
        runs=tuple(" ".join(f"{_n(x(each.at))},{_n(y(each.value))}" for each in run) for run in runs_of(scores)),
        points=tuple(points),
        score_stops=stops(points, lambda part: scores_together(scale, scores[part], zone)),
        gaps=tuple(_gaps(scores, x)),
        given=tuple(marks),
        given_stops=tuple(sorted(given_stops, key=_has_number)),  # numbers are drawn last, over the ticks around them
        doses=tuple(_doses(given, x)),
        flags=tuple(_flags(happened, x, zone)),
        dates=tuple(_dates(first, last, x, zone)),
    )


def letter(place: int) -> str:
    """A, B … Z, then AA, AB …: the name of a flag."""
    text = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(65 + rest) + text
    return text


def score_words(scale: Scale, value: int, baseline: int | None) -> str:
    """“PHQ-9 9, mild, 57 % below the first”: what is said of a score wherever it stands."""
    parts = [f"{scale.label} {value}"]
    if word := scale.band(value):
        parts.append(word)
    if baseline and value < baseline and not scale.higher_is_better:
        parts.append(f"{(baseline - value) * 100 // baseline}\u00a0% below the baseline")
    return ", ".join(parts)


def given_words(each: Given) -> str:
    """“Booster 2, 40 mg”."""
    name = f"Booster {each.label.lstrip('b')}" if each.booster else f"Infusion {each.label}"
    return f"{name}, {quantity(each.dose_mg, 'mg')}" if each.dose_mg is not None else name


def scores_together(scale: Scale, scores: Sequence[Score], zone: ZoneInfo) -> str:
    """“Tue 2 Mar 2027 to Fri 5 Mar 2027: PHQ-9 15, 14 and 12”."""
    return f"{_span_words(scores, zone)}: {scale.label} {listed([str(one.value) for one in scores])}"


def given_together(given: Sequence[Given], zone: ZoneInfo) -> str:
    """“Tue 2 Mar 2027 to Fri 5 Mar 2027: Boosters 5 and 6, 40 mg; Booster 7, 30 mg”."""
    parts = []
    for dose_mg, some in groupby(given, lambda each: each.dose_mg):
        alike = list(some)
        numbers = listed([each.label.lstrip("b") for each in alike])
        name = f"{'Booster' if alike[0].booster else 'Infusion'}{'s' if len(alike) > 1 else ''} {numbers}"
        parts.append(f"{name}, {quantity(dose_mg, 'mg')}" if dose_mg is not None else name)
    return f"{_span_words(given, zone)}: {'; '.join(parts)}"


def _span_words(each: Sequence[Score] | Sequence[Given], zone: ZoneInfo) -> str:
    first, last = day_words(each[0].at, zone), day_words(each[-1].at, zone)
    return first if first == last else f"{first} to {last}"


def day_words(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %Y}"


def noon(on: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(on, time(12), tzinfo=zone)


def _across(first: datetime, last: datetime) -> Callable[[datetime], float]:
    step = (RIGHT - LEFT - 2 * PAD) / (last - first).total_seconds()
    return lambda at: LEFT + PAD + (at - first).total_seconds() * step


def _down(scale: Scale) -> Callable[[float], float]:
    return lambda value: BOTTOM - (BOTTOM - TOP) * float(value) / scale.top


def _bands(scale: Scale, y: Callable[[float], float]) -> list[Band]:
    """From the top down; the shade grows with the burden, and every band has its word."""
    found, high = [], scale.top
    for place, (low, word) in enumerate(scale.bands):
        top, bottom = y(high), y(low)
        shade = place if scale.higher_is_better else len(scale.bands) - 1 - place
        found.append(Band(_n(top), _n(bottom - top), _n((top + bottom) / 2 + 4), word, shade))
        high = low
    return found


def _steps(scale: Scale) -> list[int]:
    """Where the bands begin; quarters of the range where those lie close together, or are few."""
    edges = sorted({low for low, _ in scale.bands} | {scale.top})
    apart = all((right - left) * 12 >= scale.top for left, right in pairwise(edges))
    return edges if len(edges) > 3 and apart else [round(scale.top * part / 4) for part in range(5)]


def _guides(scale: Scale, baseline: int | None, y: Callable[[float], float]) -> list[Guide]:
    guides = []
    if baseline is not None:
        guides.append(_guide(y(baseline), f"baseline {baseline}", "base"))
    if (response := scale.response_at(baseline)) is not None:
        words = f"response: {floor(response)} or less"  # scores are whole
        guides.append(_guide(y(float(response)), words, "goal"))
    if scale.remission_below is not None:
        line = y(scale.remission_below - 0.5)
        crowded = response is not None and abs(y(float(response)) - line) < LINE_APART
        words = f"remission: below {scale.remission_below}"
        guides.append(_guide(line, words, "remit", under=crowded))
    return guides


def _guide(y: float, words: str, kind: str, *, under: bool = False) -> Guide:
    """A line with its words above it, or under it where another line's words stand above."""
    return Guide(_n(y), _n(y + 14 if under else y - 5), words, kind)


def runs_of(scores: Sequence[Score]) -> list[list[Score]]:
    """The scores in pieces: where nobody asked for long, no line pretends to know."""
    runs: list[list[Score]] = []
    for score in scores:
        if runs and score.at - runs[-1][-1].at <= GAP:
            runs[-1].append(score)
        else:
            runs.append([score])
    return runs


def _gaps(scores: Sequence[Score], x: Callable[[datetime], float]) -> list[Gap]:
    return [
        Gap(_n((x(before.at) + x(after.at)) / 2), f"no score for {_long(after.at - before.at)}")
        for before, after in pairwise(scores)
        if after.at - before.at > GAP and x(after.at) - x(before.at) > 110
    ]


def _long(span: timedelta) -> str:
    return f"{span.days // 7} weeks" if span.days < 120 else f"{span.days // 30} months"


def _points(
    scale: Scale,
    scores: Sequence[Score],
    baseline: int | None,
    x: Callable[[datetime], float],
    y: Callable[[float], float],
    zone: ZoneInfo,
) -> list[Point]:
    points, labelled_at = [], LEFT - VALUE_APART
    for score in scores:
        across, down = x(score.at), y(score.value)
        labelled = across - labelled_at >= VALUE_APART
        labelled_at = across if labelled else labelled_at
        title = f"{day_words(score.at, zone)}: {score_words(scale, score.value, baseline)}"
        label_y = down + 19 if down - TOP < 14 else down - 11
        points.append(Point(_n(across), _n(down), score.value, _n(label_y), labelled, title))
    return points


def _marks(given: Sequence[Given], x: Callable[[datetime], float], zone: ZoneInfo) -> list[Mark]:
    """A disk with its number where there is room; a plain tick where infusions stand closer than that."""
    marks, taken, room = list[Mark](), LEFT - MARK_APART, MARK_APART
    for each in given:
        across = x(each.at)
        full = across - taken >= room
        taken = across if full else taken
        room = MARK_APART if full else CROWDED
        kind = "booster" if each.booster else "infusion"
        marks.append(Mark(_n(across), each.label, kind, f"{day_words(each.at, zone)}: {given_words(each)}", full))
    return marks


def _has_number(stop: Stop[Mark]) -> bool:
    return any(mark.full for mark in stop.marks)


def _doses(given: Sequence[Given], x: Callable[[datetime], float]) -> list[tuple[str, str]]:
    """The dose under an infusion where it fits; where they stand close, whenever it changes."""
    doses: list[tuple[str, str]] = []
    taken, last = LEFT - DOSE_APART, None
    for each in given:
        across = x(each.at)
        if each.dose_mg is None or across - taken < DOSE_APART or (each.dose_mg == last and across - taken < 90):
            continue
        doses.append((_n(across), quantity(each.dose_mg, "mg")))
        taken, last = across, each.dose_mg
    return doses


def _flags(happened: Sequence[Happened], x: Callable[[datetime], float], zone: ZoneInfo) -> list[Mark]:
    """Lettered in order; flags of one week stand side by side."""
    flags, taken = [], LEFT - MARK_APART
    for place, each in enumerate(happened):
        at = noon(each.on, zone)
        taken = max(x(at), taken + MARK_APART)
        flags.append(Mark(_n(min(taken, RIGHT)), letter(place), "life", f"{day_words(at, zone)}: {each.words}"))
    return flags


def _dates(first: datetime, last: datetime, x: Callable[[datetime], float], zone: ZoneInfo) -> list[tuple[str, str]]:
    """Weeks, months, quarters or years under the axis: as fine as fits. The first one names its year."""
    begin, end = first.astimezone(zone).date(), last.astimezone(zone).date()
    days = (end - begin).days
    shown: list[tuple[str, str]] = []
    taken, year = LEFT - DATE_APART, None
    for on in _ticks(begin, end, days):
        across = x(noon(on, zone))
        if not LEFT <= across <= RIGHT - 20 or across - taken < DATE_APART:
            continue
        plain = f"{on.day} {on:%b}" if days <= 120 else f"{on:%b}"
        shown.append((_n(across), plain if on.year == year else f"{plain} {on.year}"))
        taken, year = across, on.year
    return shown


def _ticks(begin: date, end: date, days: int) -> list[date]:
    if days <= 120:
        return [begin + timedelta(days=step) for step in range(0, days + 1, 7)]
    months = 1 if days <= 400 else 3 if days <= 1500 else 12
    index = begin.year * 12 + begin.month - 1
    ticks = []
    while (on := date(index // 12, index % 12 + 1, 1)) <= end:
        if index % months == 0:
            ticks.append(on)
        index += 1
    return ticks


def _n(value: float) -> str:
    """A number for an attribute: one decimal, never localized."""
    return f"{value:.1f}"
