"""US Letter pages in black on white, with every name printed as it is written."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import cast

from django.utils.translation import gettext as _
from fpdf import FPDF, XPos, YPos
from fpdf.enums import MethodReturnValue

from clinic.documents.sheets import INK, LINE, SHADE, SOFT

FONTS = Path(__file__).parent / "fonts"
logging.getLogger("fontTools").setLevel(logging.WARNING)


class Paper(FPDF):
    """A document with a head line and a foot on every page."""

    def __init__(self, *, head: str, foot: str, made: datetime, landscape: bool = False) -> None:
        self.head, self.foot, self._far = head, foot, False
        super().__init__("landscape" if landscape else "portrait", "mm", "Letter")
        self.add_font("sans", "", FONTS / "DejaVuSansCondensed.ttf")
        self.add_font("sans", "B", FONTS / "DejaVuSansCondensed-Bold.ttf")
        self.set_creation_date(made)
        self.set_title(head)
        self.set_producer("Evenkeel")
        self.set_lang("en-US")
        self.set_margins(12, 12, 12)
        self.set_auto_page_break(True, 14)
        self.ink()

    def normalize_text(self, text: str) -> str:
        """A sign that the house font lacks brings the large font in, which costs time and is seldom needed."""
        known = getattr(self.fonts["sans"], "cmap", {})
        if not self._far and any(ord(sign) not in known for sign in text if sign > "\u02ff"):
            self._far = True
            self.add_font("far", "", FONTS / "DroidSansFallbackFull.ttf")
            self.set_fallback_fonts(["far"], exact_match=False)
        return str(super().normalize_text(text))

    def header(self) -> None:
        self.set_y(8)
        self.say(self.head, 7.5, soft=True)
        self.set_y(13)

    def footer(self) -> None:
        self.set_y(-11)
        place = _("Page %(page)s of %(pages)s") % {"page": self.page_no(), "pages": "{nb}"}
        self.say(f"{self.foot}     {place}", 7, soft=True)

    def ink(self, *, soft: bool = False) -> None:
        self.set_text_color(*(SOFT if soft else INK))
        self.set_draw_color(*LINE)
        self.set_line_width(0.2)

    def say(self, text: str, size: float = 9, *, bold: bool = False, soft: bool = False, gap: float = 0) -> None:
        """A paragraph over the whole width."""
        self.set_font("sans", "B" if bold else "", size)
        self.ink(soft=soft)
        self.multi_cell(0, size * 0.47, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        if gap:
            self.ln(gap)

    def put(self, x: float, y: float, text: str, size: float = 9, *, bold: bool = False, soft: bool = False) -> None:
        """Words at a place."""
        self.set_font("sans", "B" if bold else "", size)
        self.ink(soft=soft)
        self.text(x, y, text)

    def pairs(self, rows: Iterable[tuple[str, str]], *, x: float, width: float, size: float = 8) -> None:
        """Names in a narrow column, values beside them."""
        name = min(42.0, width * 0.36)
        for label, value in rows:
            top = self.get_y()
            self.set_font("sans", "", size)
            self.ink(soft=True)
            self.set_xy(x, top)
            self.multi_cell(name, size * 0.46, label, align="L", new_x=XPos.LEFT, new_y=YPos.NEXT)
            under = self.get_y()
            self.ink()
            self.set_xy(x + name + 1, top)
            self.multi_cell(width - name - 1, size * 0.46, value, align="L", new_x=XPos.LEFT, new_y=YPos.NEXT)
            self.set_y(max(under, self.get_y()) + 0.5)

    def row(
        self, cells: Sequence[str], widths: Sequence[float], *, height: float = 5, size: float = 7.5,
        bold: bool = False, shade: bool = False,
    ) -> None:  # fmt: skip
        """One line of a table; what does not fit is cut, with three points."""
        if self.will_page_break(height):
            self.add_page()
        self.set_font("sans", "B" if bold else "", size)
        self.ink()
        self.set_fill_color(*SHADE)
        for text, width in zip(cells, widths, strict=True):
            self.cell(width, height, self.cut(text, width - 1.6), border=1, fill=shade)
        self.ln(height)

    def wrapped(self, cells: Sequence[str], widths: Sequence[float], *, size: float = 6.8) -> None:
        """One line of a table in which every word is printed; the row is as high as its longest cell."""
        self.set_font("sans", "", size)
        self.ink()
        step = size * 0.46
        parts = [self._lines(text, width, step) for text, width in zip(cells, widths, strict=True)]
        height = max(1, *(len(lines) for lines in parts)) * step + 1.2
        if self.will_page_break(height):
            self.add_page()
        left, top = self.l_margin, self.get_y()
        for lines, width in zip(parts, widths, strict=True):
            self.rect(left, top, width, height)
            for number, line in enumerate(lines):
                self.set_xy(left, top + 0.6 + step * number)
                self.cell(width, step, line)
            left += width
        self.set_xy(self.l_margin, top + height)

    def _lines(self, text: str, width: float, step: float) -> list[str]:
        if not text:
            return []
        return cast("list[str]", self.multi_cell(width, step, text, dry_run=True, output=MethodReturnValue.LINES))

    def cut(self, text: str, width: float) -> str:
        """As much of the text as fits."""
        self.normalize_text(text)
        if self.get_string_width(text) <= width:
            return text
        while text and self.get_string_width(text + "…") > width:
            text = text[:-1]
        return text + "…"

    def made(self) -> bytes:
        return bytes(self.output())
