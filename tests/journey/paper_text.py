"""The words of a PDF that fpdf2 wrote, so that a test can read what a person would."""

import re
import zlib


def words(pdf: bytes) -> str:
    """Every shown text, in the order of the pages, with the signs that its font's own map gives."""
    streams = [_open(body) for body in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)]
    maps = [found for body in streams if (found := _signs(body))]
    said = []
    for body in streams:
        if b" Tj" in body and b"BT" in body:
            said += [_read(text, maps) for text in re.findall(rb"\((.*?)(?<!\\)\) Tj", body, re.DOTALL)]
    return " ".join(said)


def strokes(pdf: bytes) -> list[int]:
    """How many points each line has that was drawn by hand."""
    bodies = [_open(body) for body in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)]
    found = re.findall(rb" m\n((?:[\d.]+ [\d.]+ l\n)+) S", b"\n".join(bodies))
    return [line.count(b" l\n") + 1 for line in found]


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", pdf))


def _open(body: bytes) -> bytes:
    try:
        return zlib.decompress(body)
    except zlib.error:
        return body


def _signs(body: bytes) -> dict[int, str]:
    """Glyph number to sign, from a ToUnicode map."""
    pairs = re.findall(rb"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]{4,})>", body) if b"beginbfchar" in body else []
    return {int(glyph, 16): bytes.fromhex(sign.decode()).decode("utf-16-be") for glyph, sign in pairs}


def _read(text: bytes, maps: list[dict[int, str]]) -> str:
    """Each face has a map of its own, and the text does not say which it is in: what every map makes of it."""
    raw = re.sub(rb"\\(.)", lambda found: {b"n": b"\n", b"r": b"\r"}.get(found[1], found[1]), text, flags=re.DOTALL)
    glyphs = [int.from_bytes(raw[place : place + 2], "big") for place in range(0, len(raw), 2)]
    return "|".join("".join(signs.get(glyph, "\ufffd") for glyph in glyphs) for signs in maps)


def lowest(pdf: bytes) -> float:
    """How far above the lower edge the last line of the body stands, in points; the foot is at about 22."""
    bodies = [_open(body) for body in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)]
    heights = [float(y) for body in bodies for y in re.findall(rb"[\d.-]+ ([\d.-]+) Td", body)]
    return sorted(heights)[1]
