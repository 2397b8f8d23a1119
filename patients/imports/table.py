"""CSV, read strictly: UTF-8, commas, one header. A fault of the file is named by line and column."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from patients.imports.rows import BadFile, Where, words


@dataclass(frozen=True)
class Line:
    """One row: its cells by column. `problem` says why it can't be one, where it can't."""

    where: Where
    cells: dict[str, str]
    problem: str = ""

    def get(self, column: str) -> str:
        return self.cells.get(column, "")


def decoded(name: str, content: bytes) -> str:
    """The text of a UTF-8 file, with or without its mark. Raises BadFile at the byte that is none."""
    if not content.strip():
        raise BadFile(name, "The file is empty.")
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise BadFile(name, "This file is UTF-16. Save it as UTF-8 (in a spreadsheet: “CSV UTF-8”).")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", "replace")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise BadFile(
            name, "This is not UTF-8 text. Save the file as UTF-8 (“CSV UTF-8”).", line=line, column=column
        ) from None


def read(name: str, content: bytes, required: Sequence[str], optional: Collection[str] | None = None) -> list[Line]:
    """Every row after the header. `optional` None: other columns are let be. Raises BadFile."""
    text = decoded(name, content)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines: list[Line] = []
    try:
        header = _header(name, text, next(reader, []), required, optional)
        begins = reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                lines.append(_line(Where(name, begins), header, cells))
            begins = reader.line_num + 1
    except csv.Error as error:
        line, column, why = _fault(text) or (reader.line_num, 1, f"This is not CSV ({error}).")
        raise BadFile(name, why, line=line, column=column) from None
    return lines


def _header(
    name: str, text: str, cells: list[str], required: Sequence[str], optional: Collection[str] | None
) -> list[str]:
    header = [cell.strip() for cell in cells]
    first = text.split("\n", 1)[0].rstrip("\r")
    missing = [column for column in required if column not in header]
    if missing and len(header) == 1 and first.count(";") + first.count("\t") >= 2:
        at = min(place for place in (first.find(";"), first.find("\t")) if place >= 0) + 1
        raise BadFile(name, "The columns are not separated by commas. Save the file with commas.", column=at)
    if missing:
        which = f"column {missing[0]} is" if len(missing) == 1 else f"columns {', '.join(missing)} are"
        raise BadFile(name, f"The {which} missing from the header.", column=len(first) + 1)
    for place, column in enumerate(header):
        at = sum(len(cell) + 1 for cell in cells[:place]) + 1
        if column and column in header[:place]:
            raise BadFile(name, f"The column {column} stands in the header twice.", column=at)
        if optional is not None and column not in required and column not in optional:
            raise BadFile(name, f"“{column[:40]}” is not a column of this format. See docs/import.md.", column=at)
    return header


def _line(where: Where, header: list[str], cells: list[str]) -> Line:
    if len(cells) != len(header):
        return Line(where, {}, f"This row has {len(cells)} cells; the header has {len(header)}.")
    return Line(where, {column: words(cell) for column, cell in zip(header, cells, strict=True)})


def _fault(text: str) -> tuple[int, int, str] | None:
    """Where a quote is never closed, or something follows a closed one."""
    line, column, opened, state = 1, 0, (1, 1), "start"
    for sign in text:
        column += 1
        if state == "quoted":
            state = "closing" if sign == '"' else state
        elif state == "closing" and sign == '"':
            state = "quoted"
        elif sign in ",\r\n":
            state = "start"
        elif state == "closing":
            return line, column, "A comma or the end of the line must follow a closing quote."
        elif state == "start" and sign == '"':
            state, opened = "quoted", (line, column)
        else:
            state = "plain"
        if sign == "\n":
            line, column = line + 1, 0
    return (*opened, "This quote is never closed.") if state == "quoted" else None
