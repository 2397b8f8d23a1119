"""The ledger on paper, for an inspection."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from clinic import clock
from clinic.documents.sheets import blank
from clinic.models import Site
from infusions.ledger_export import Line

if TYPE_CHECKING:
    from clinic.documents.paper import Paper

# Heading, width in mm, and the columns of the export that stand in it.
COLUMNS: tuple[tuple[str, float, tuple[int, ...]], ...] = (
    ("Date and time", 22, (0, 1)),
    ("Vial", 16, (2,)),
    ("Lot, expires", 28, (6, 7)),
    ("Drug mg/mL", 20, (4, 5)),
    ("Entry", 22, (8,)),
    ("Patient", 28, (9,)),
    ("Address", 40, (10,)),
    ("In", 9, (11,)),
    ("Out", 9, (12,)),
    ("Left", 11, (13,)),
    ("Drawn", 11, (14,)),
    ("Given", 11, (15,)),
    ("Wasted", 12, (16,)),
    ("By", 7, (17,)),
    ("Wit.", 7, (18,)),
)


def make(site: Site, first: date, last: date, lines: Sequence[Line]) -> bytes:
    """The lines as a table, landscape; drawn, given and wasted are mg, the rest mL."""
    now = clock.now()
    paper = blank(
        head=f"Controlled substance record, {site.name}: ketamine, schedule III",
        foot=f"Made {site.local(now):%Y-%m-%d %H:%M}. Drawn, given and wasted in mg; in, out and left in mL.",
        made=now,
        landscape=True,
    )
    paper.add_page()
    paper.say(f"Drug ledger, {first:%Y-%m-%d} to {last:%Y-%m-%d}", 13, bold=True)
    paper.say(f"{site.name}, {site.address}".strip(", "), 8.5, soft=True, gap=2)
    widths = [width for _, width, _ in COLUMNS]
    paper.row([heading for heading, _, _ in COLUMNS], widths, bold=True, shade=True, size=6.2)
    if not lines:
        paper.say("Nothing moved in these days.", gap=1)
    for line in lines:
        cells = [" ".join(line.cells[at] for at in picks if line.cells[at]) for _, _, picks in COLUMNS]
        paper.wrapped(cells, widths)
    _notes(paper, lines)
    return paper.made()


def _notes(paper: Paper, lines: Sequence[Line]) -> None:
    """Notes stand under the table, each with its line."""
    noted = [line for line in lines if line.cells[19]]
    if noted:
        paper.ln(2)
        paper.say("Notes", 9, bold=True)
    for line in noted:
        paper.say(f"{line.cells[0]} {line.cells[1]}, {line.cells[2]}, line {line.cells[3]}: {line.cells[19]}", 7.5)
