"""A table as a file for spreadsheets."""

import csv
import io
from collections.abc import Iterable, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What begins a formula, also in full width, or hides one behind it (OWASP, CSV injection)."""


def comma_separated(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The rows in UTF-8 with the mark that Excel wants; what a spreadsheet would take for a formula is made text."""
    out = io.StringIO(newline="")
    write = csv.writer(out)
    write.writerow(headings)
    for row in rows:
        write.writerow([f"'{cell}" if isinstance(cell, str) and cell[:1] in _FORMULA else cell for cell in row])
    return out.getvalue().encode("utf-8-sig")
