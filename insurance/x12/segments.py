"""Text to segments: whatever delimiters the interchange names, and no patience for what is not X12.

An interchange names its own delimiters at fixed places of its ISA segment (X12.5, interchange control structures):
elements (4th character), repetitions (ISA11), components (ISA16) and the end of a segment (106th character).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

MOST_BYTES = 5_000_000
MOST_SEGMENTS = 100_000
LONGEST_SEGMENT = 4_000
MOST_ELEMENTS = 60
ISA_LENGTH = 106
ISA_WIDTHS = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)
VERSION = "00501"
BLANKS = " \t\r\n"


class Broken(Exception):
    """The file is not what it should be: in which segment, and why. Nothing of it is used."""

    def __init__(self, number: int, reason: str, tag: str = "") -> None:
        self.number, self.reason = number, reason
        name = f" ({tag})" if tag else ""
        super().__init__(f"Segment {number}{name}: {reason}" if number else reason)


@dataclass(frozen=True)
class Delimiters:
    element: str = "*"
    repetition: str = "^"
    component: str = ":"
    end: str = "~"

    def every(self) -> tuple[str, str, str, str]:
        return self.element, self.repetition, self.component, self.end


@dataclass(frozen=True, slots=True)
class Segment:
    """`segment[1]` is its first element after the name, "" where there is none. `number` counts from 1 in the file."""

    number: int
    raw: str
    marks: Delimiters
    elements: tuple[str, ...] = field(repr=False)

    @property
    def tag(self) -> str:
        return self.elements[0]

    def __getitem__(self, place: int) -> str:
        return self.elements[place].strip(" ") if place < len(self.elements) else ""

    def repeats(self, place: int) -> tuple[str, ...]:
        """The values of an element that may be repeated, without the empty ones."""
        return tuple(one.strip(" ") for one in self[place].split(self.marks.repetition) if one.strip(" "))

    def components(self, place: int) -> tuple[str, ...]:
        return tuple(self[place].split(self.marks.component))

    def broken(self, reason: str) -> Broken:
        return Broken(self.number, reason, self.tag)


def decoded(content: bytes) -> str:
    """The text of a file. Raises Broken for what is no text, and for more than a payer ever sends."""
    if len(content) > MOST_BYTES:
        raise Broken(0, f"The file is larger than {MOST_BYTES // 1_000_000} MB. Ask for it in parts.")
    if not content.strip():
        raise Broken(0, "The file is empty.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def segments(text: str) -> Iterator[Segment]:
    """Every segment of every interchange in the text, each read with its own interchange's delimiters."""
    place, number = _after_blanks(text, 0), 0
    marks: Delimiters | None = None
    while place < len(text):
        number += 1
        if number > MOST_SEGMENTS:
            raise Broken(number, f"The file has more than {MOST_SEGMENTS:,} segments. Ask for it in parts.")
        if marks is None:
            marks = _delimiters(text, place, number)
        end = text.find(marks.end, place, place + LONGEST_SEGMENT + 1)
        if end < 0:
            rest = len(text) - place
            raise Broken(number, "it is longer than a segment can be." if rest > LONGEST_SEGMENT else "it is cut off.")
        one = _segment(number, text[place:end], marks)
        yield one
        if one.tag == "IEA":
            marks = None
        place = _after_blanks(text, end + 1)


def _after_blanks(text: str, place: int) -> int:
    while place < len(text) and text[place] in BLANKS:
        place += 1
    return place


def _delimiters(text: str, place: int, number: int) -> Delimiters:
    if not text.startswith("ISA", place):
        start = "This is no X12 file: it does not start with ISA." if number == 1 else "after IEA only ISA may follow."
        raise Broken(0 if number == 1 else number, start)
    head = text[place : place + ISA_LENGTH]
    if len(head) < ISA_LENGTH:
        raise Broken(number, "it is cut off.", "ISA")
    parts = head[:-1].split(head[3])
    if len(parts) != 17 or tuple(len(part) for part in parts[1:]) != ISA_WIDTHS:
        raise Broken(number, "its elements do not have the lengths that X12 fixes for them.", "ISA")
    if parts[12] != VERSION:
        raise Broken(number, f"ISA12 names version “{_shown(parts[12])}”; only {VERSION} is read.", "ISA")
    marks = Delimiters(head[3], parts[11], parts[16], head[-1])
    every = marks.every()
    if len(set(every)) < 4 or any(mark.isalnum() or mark in " .\0" for mark in every):
        raise Broken(number, "its four delimiters must differ, and none can be a letter, a digit or a blank.", "ISA")
    return marks


def _segment(number: int, raw: str, marks: Delimiters) -> Segment:
    elements = tuple(raw.split(marks.element))
    tag = elements[0]
    if not (2 <= len(tag) <= 3 and tag.isascii() and tag.isalnum() and tag.isupper()):
        raise Broken(number, f"“{_shown(tag)}” is no name of a segment.")
    if len(elements) > MOST_ELEMENTS:
        raise Broken(number, f"it has more than {MOST_ELEMENTS} elements.", tag)
    if not raw.isprintable() and any(not sign.isprintable() and sign not in marks.every() for sign in raw):
        raise Broken(number, "it holds signs that no text has, or a line break in its middle.", tag)
    return Segment(number, raw, marks, elements)


def _shown(text: str) -> str:
    """What stands in the file, short and harmless enough for a sentence."""
    return "".join(sign if sign.isprintable() else "?" for sign in text[:12]) + ("…" if len(text) > 12 else "")
