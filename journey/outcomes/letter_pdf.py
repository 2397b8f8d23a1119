"""The summary on one sheet of paper: who, what was done, what it did, with the curve, signed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from clinic import clock
from clinic.documents.sheets import LINE, blank
from clinic.models import User
from journey.outcomes import picture
from journey.outcomes.letter import LIVED, MEASURED, Letter, Part
from journey.outcomes.picture import Picture
from patients import phones

if TYPE_CHECKING:
    from clinic.documents.paper import Paper

Place = Callable[[str | float, str | float], tuple[float, float]]
GREEN, SLATE, SHADE = (38, 92, 74), (84, 96, 120), (243, 229, 203)
SHARE = 0.84


def make(letter: Letter, *, recipient: str, reason: str, plan: str, by: User) -> bytes:
    """The paper as it is signed now."""
    patient, now = letter.patient, clock.now()
    site = patient.site
    today = site.local(now)
    paper = blank(
        head=f"{site.name}, summary of {patient.legal_name}, {patient.mrn}",
        foot=f"Signed by {by.signs_as}, {today:%Y-%m-%d %H:%M} ({site.time_zone}). Confidential health information.",
        made=now,
    )
    paper.set_auto_page_break(False)
    paper.add_page()
    paper.say("Summary of ketamine treatment", 15, bold=True)
    called = f", called {patient.preferred_name}" if patient.preferred_name else ""
    paper.say(f"{patient.legal_name}{called}, born {patient.birth_date:%Y-%m-%d}, MRN {patient.mrn}", 10, gap=0.5)
    paper.say(f"For {recipient}. {site.name}, {today.day} {today:%B %Y}", 9, soft=True, gap=2)
    _words(paper, "Why treatment began", reason)
    _columns(paper, letter.parts)
    if letter.picture:
        paper.say("PHQ-9 over time, with infusions (numbers) and boosters (b)", 9.5, bold=True)
        _picture(paper, letter.picture)
    _words(paper, "What happens next", plan)
    paper.ln(1)
    paper.say(f"{by.signs_as}, signed {today:%Y-%m-%d %H:%M}", 9, bold=True)
    where = ", ".join(part for part in (site.address, site.city, f"{site.state} {site.postal_code}".strip()) if part)
    paper.say(
        "  ".join(part for part in (site.name, where, phones.shown(site.phone) if site.phone else "") if part),
        8.4,
        soft=True,
    )
    return paper.made()


def _columns(paper: Paper, parts: Sequence[Part]) -> None:
    """What was done on the left, what came of it in daily life and what went wrong on the right."""
    width, top, lowest = (paper.epw - 6) / 2, paper.get_y(), paper.get_y()
    for left, headings in ((paper.l_margin, MEASURED), (paper.l_margin + width + 6, LIVED)):
        paper.set_y(top)
        for part in (part for part in parts if part.heading in headings):
            paper.set_x(left)
            paper.set_font("sans", "B", 9.5)
            paper.ink()
            paper.cell(width, 4.8, part.heading, new_x="LEFT", new_y="NEXT")
            paper.pairs(part.rows, x=left, width=width, size=8.2)
            paper.ln(1.2)
        lowest = max(lowest, paper.get_y())
    paper.set_y(lowest)


def _words(paper: Paper, heading: str, text: str) -> None:
    paper.say(heading, 9.5, bold=True)
    paper.say(text, 8.8, gap=1.5)


def _picture(paper: Paper, drawn: Picture) -> None:
    """The lower part of the screen's picture: bands, lines, scores and infusions, without its line of words."""
    scale = paper.epw * SHARE / drawn.width
    left, top = paper.l_margin, paper.get_y() - (picture.TOP - 14) * scale

    def at(x: str | float, y: str | float) -> tuple[float, float]:
        return left + float(x) * scale, top + float(y) * scale

    for band in drawn.bands:
        if band.shade:
            depth = 1 - 0.18 * band.shade
            paper.set_fill_color(*(int(255 - (255 - tone) * (1 - depth)) for tone in SHADE))
            paper.rect(
                *at(picture.LEFT, band.y), (picture.RIGHT - picture.LEFT) * scale, float(band.height) * scale, "F"
            )
        paper.put(*at(picture.RIGHT + 10, band.text_y), band.word, 6.5, soft=True)
    paper.set_draw_color(*LINE)
    for y, value in drawn.grid:
        paper.line(*at(picture.LEFT, y), *at(picture.RIGHT, y))
        paper.put(*at(14, float(y) + 4), str(value), 6.5, soft=True)
    _lines(paper, drawn, at)
    _marks(paper, drawn, at)
    paper.set_y(top + (picture.DATES_Y + 14) * scale)


def _lines(paper: Paper, drawn: Picture, place: Place) -> None:
    paper.set_dash_pattern(dash=1.4, gap=1)
    for guide in drawn.guides:
        paper.set_draw_color(*SLATE)
        paper.line(*place(picture.LEFT, guide.y), *place(picture.RIGHT, guide.y))
        x = picture.RIGHT - 110 if guide.kind == "base" else picture.LEFT + 6
        paper.put(*place(x, guide.text_y), guide.words, 6.5)
    paper.set_dash_pattern()
    paper.set_draw_color(*GREEN)
    paper.set_line_width(0.5)
    for run in drawn.runs:
        points = [place(*pair.split(",")) for pair in run.split()]
        for before, after in pairwise(points):
            paper.line(*before, *after)
    paper.set_fill_color(*GREEN)
    for point in drawn.points:
        x, y = place(point.x, point.y)
        paper.circle(x=x, y=y, radius=0.8, style="F")
        if point.labelled:
            paper.put(x - 1.2, place(point.x, point.label_y)[1], str(point.value), 7, bold=True)


def _marks(paper: Paper, drawn: Picture, place: Place) -> None:
    for mark in drawn.given:
        x, y = place(mark.x, picture.GIVEN_Y)
        if mark.full:
            paper.put(x - 0.9 * len(mark.text), y + 1, mark.text, 7, bold=True)
        else:
            paper.set_draw_color(*GREEN)
            paper.line(x, y - 1.2, x, y + 1.2)
    for across, text in drawn.doses:
        paper.put(place(across, 0)[0] - 3, place(0, picture.DOSE_Y)[1], text, 6.5, soft=True)
    for across, text in drawn.dates:
        paper.put(place(across, 0)[0] - 4, place(0, picture.DATES_Y)[1], text, 6.5, soft=True)
