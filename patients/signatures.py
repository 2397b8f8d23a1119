"""A signature drawn on a pad: its strokes checked, and the picture made from them by us, so that it is what was drawn.

The pad is 1,000 wide and 400 high whatever the screen; a stroke is a list of points [x, y] on it. The picture is never
taken from a browser: two rows with the same strokes have the same picture, byte for byte.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from io import BytesIO
from itertools import pairwise
from math import dist
from typing import TypeGuard

from django.utils.translation import gettext_lazy as _

from clinic.errors import Invalid

Strokes = list[list[list[int]]]

WIDTH, HEIGHT = 1000, 400
MOST_STROKES = 300
MOST_CHARACTERS = 60_000
"""Of the strokes as they are sent and kept: some four thousand points, a minute of writing."""
LEAST_INK, LEAST_EXTENT = 150, 60
"""A cross or initials pass, a dot or a slip of the finger does not: so much line, and so far across, on the pad."""

PEN = 7
FINE = 2

EMPTY = _("Sign in the box, or choose to type your name.")
DOT = _("This is too small for a signature. Clear the box and sign once more, or choose to type your name.")
BROKEN = _("The signature did not arrive whole. Clear the box and sign once more, or choose to type your name.")
LONG = _("This signature has more lines than we can keep. Clear the box and sign once more, a little shorter.")


def read(posted: str) -> Strokes:
    """The strokes as the pad sends them. Raises Invalid for what is empty, a dot, too long or no strokes."""
    if len(posted) > MOST_CHARACTERS:
        raise Invalid({"strokes": str(LONG)})
    try:
        strokes = json.loads(posted or "[]")
    except (ValueError, RecursionError):
        raise Invalid({"strokes": str(BROKEN)}) from None
    return checked(strokes)


def checked(strokes: object) -> Strokes:
    """The strokes, if they are a signature. Raises Invalid."""
    if not _is_drawing(strokes):
        raise Invalid({"strokes": str(BROKEN)})
    if not strokes:
        raise Invalid({"strokes": str(EMPTY)})
    if len(strokes) > MOST_STROKES or len(packed(strokes)) > MOST_CHARACTERS:
        raise Invalid({"strokes": str(LONG)})
    if _ink(strokes) < LEAST_INK or _extent(strokes) < LEAST_EXTENT:
        raise Invalid({"strokes": str(DOT)})
    return strokes


def packed(strokes: Strokes) -> str:
    return json.dumps(strokes, separators=(",", ":"))


def drawn(strokes: Strokes) -> bytes:
    """The picture of the strokes as a PNG, black on white."""
    from PIL import Image, ImageDraw

    sheet = Image.new("L", (WIDTH * FINE, HEIGHT * FINE), 255)
    pen = ImageDraw.Draw(sheet)
    for stroke in strokes:
        points = [(x * FINE, y * FINE) for x, y in stroke]
        pen.line(points, fill=0, width=PEN * FINE, joint="curve")
        for x, y in (points[0], points[-1]):
            pen.circle((x, y), PEN * FINE / 2, fill=0)
    written = BytesIO()
    sheet.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).quantize(16).save(written, "PNG", optimize=True)
    return written.getvalue()


def _is_drawing(strokes: object) -> TypeGuard[Strokes]:
    return isinstance(strokes, list) and all(
        isinstance(stroke, list) and stroke and all(_is_point(point) for point in stroke) for stroke in strokes
    )


def _is_point(point: object) -> bool:
    if not isinstance(point, list) or len(point) != 2:
        return False
    return all(type(value) is int and 0 <= value <= most for value, most in zip(point, (WIDTH, HEIGHT), strict=True))


def _ink(strokes: Strokes) -> float:
    return sum(dist(*two) for stroke in strokes for two in pairwise(stroke))


def _extent(strokes: Strokes) -> int:
    return max(_span(point[axis] for stroke in strokes for point in stroke) for axis in (0, 1))


def _span(values: Iterable[int]) -> int:
    kept: Sequence[int] = list(values)
    return max(kept) - min(kept)
