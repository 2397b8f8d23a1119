"""The note of an infusion with its flowsheet and chart, on one page where it fits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from clinic import clock
from clinic.documents.sheets import LINE, blank
from infusions import chart_svg, sheet
from infusions.models import AgainstAdvice, InfusionNote, VitalSigns
from infusions.record import Account, LateRow, Section

if TYPE_CHECKING:
    from clinic.documents.paper import Paper

Place = Callable[[str | float, str | float], tuple[float, float]]
SIGNED = (60, 24)
"""Of a signature, in mm: the pad's 1,000 by 400."""
GREEN, SAND, SLATE = (38, 92, 74), (223, 232, 227), (84, 96, 120)


def make(account: Account, note: InfusionNote | None, sections: Sequence[Section], late: Sequence[LateRow]) -> bytes:
    """The paper; `sections` are the figures as signed, or as they stand."""
    infusion, site, patient = account.infusion, account.sheet.site, account.infusion.series.patient
    now = clock.now()
    day = site.local(infusion.appointment.starts_at)
    which = f"Infusion {infusion.number}" if infusion.number else "Infusion, not given"
    paper = blank(
        head=f"{site.name}, infusion record of {patient.legal_name}, {patient.mrn}",
        foot=f"{'Signed' if note and note.signed_at else 'NOT SIGNED'}. Printed {site.local(now):%Y-%m-%d %H:%M}.",
        made=now,
    )
    paper.add_page()
    paper.say(f"{which}, {day:%A} {day.day} {day:%B %Y}", 14, bold=True)
    born = f"born {patient.birth_date:%Y-%m-%d}"
    paper.say(f"{patient.legal_name}, {born}, MRN {patient.mrn}. All times: {site.time_zone}.", 9, soft=True, gap=1.5)
    _columns(paper, sections)
    if account.sheet.chart:
        _chart(paper, account.sheet.chart)
    _vitals(paper, account)
    _words(paper, account, note)
    _farewell(paper, account)
    if late:
        if paper.will_page_break(14):
            paper.add_page()
        paper.ln(1.5)
        paper.say("Rows entered after signing", 10, bold=True)
    for row in late:
        at, typed = site.local(row.at), site.local(row.entered_at)
        paper.say(f"{at:%H:%M}, typed {typed:%Y-%m-%d %H:%M} by {row.who}: {row.words}", 8)
    return paper.made()


def _columns(paper: Paper, sections: Sequence[Section]) -> None:
    """Two columns, the sections dealt out so that both are about as long."""
    half = sum(len(section.rows) + 2 for section in sections) / 2
    top, width = paper.get_y(), (paper.epw - 6) / 2
    left, lowest, used = paper.l_margin, top, 0.0
    for section in sections:
        if used >= half and left == paper.l_margin:
            lowest, left = paper.get_y(), paper.l_margin + width + 6
            paper.set_y(top)
        paper.set_x(left)
        paper.set_font("sans", "B", 9)
        paper.ink()
        paper.cell(width, 4.8, section.heading, new_x="LEFT", new_y="NEXT")
        paper.pairs(section.rows, x=left, width=width, size=7.6)
        paper.ln(1)
        used += len(section.rows) + 2
    paper.set_y(max(lowest, paper.get_y()) + 1)


def _chart(paper: Paper, chart: chart_svg.Chart) -> None:
    scale = paper.epw / chart.width
    if paper.will_page_break(chart.height * scale + 4):
        paper.add_page()
    left, top = paper.l_margin, paper.get_y()

    def at(x: str | float, y: str | float) -> tuple[float, float]:
        return left + float(x) * scale, top + float(y) * scale

    paper.ink()
    for grid in chart.grids:
        paper.line(*at(chart_svg.LEFT, grid.y), *at(chart_svg.RIGHT, grid.y))
        paper.put(*at(8, float(grid.y) + 3), grid.label, 6, soft=True)
    _pressure(paper, chart, at)
    for name in ("heart_rate", "spo2"):
        if line := chart.curves.get(name):
            _curve(paper, line, at)
    paper.set_fill_color(*GREEN)
    for run in chart.runs:
        paper.rect(*at(run.x, chart_svg.DRUG_Y), float(run.width) * scale, chart_svg.DRUG_H * scale, style="F")
    if chart.given_x:
        paper.put(*at(float(chart.given_x) - 4, chart_svg.DRUG_Y - 2), chart.given, 6.5, bold=True)
    for mark in chart.marks:
        paper.put(*at(float(mark.x) - 3, chart_svg.EVENTS_Y), str(mark.number), 6.5, bold=True)
    for x, label in chart.ticks:
        paper.put(*at(float(x) - 8, chart.height), label, 6, soft=True)
    paper.set_y(top + chart.height * scale + 3)


def _pressure(paper: Paper, chart: chart_svg.Chart, place: Place) -> None:
    if chart.band:
        paper.set_fill_color(*SAND)
        points = [place(*pair.split(",")) for pair in chart.band.split()]
        paper.polygon(points, style="F")
    paper.set_draw_color(*GREEN)
    paper.set_line_width(0.3)
    for mark in chart.pressures:
        paper.line(*place(mark.x, mark.high), *place(mark.x, mark.low))
        for y in (mark.high, mark.low):
            x0, y0 = place(mark.x, y)
            paper.line(x0 - 1, y0, x0 + 1, y0)
        if mark.flag:
            paper.put(*place(float(mark.x) - 4, float(mark.high) - 4), "▲", 6)
            paper.set_draw_color(*GREEN)
    if line := chart.curves.get("bp"):
        _label(paper, line, place)
    paper.set_draw_color(*LINE)


def _curve(paper: Paper, line: chart_svg.Line, place: Place) -> None:
    points = [place(*mark) for mark in line.marks]
    paper.set_draw_color(*SLATE)
    paper.set_line_width(0.35)
    for before, after in pairwise(points):
        paper.line(*before, *after)
    paper.set_fill_color(*SLATE)
    for x, y in points:
        paper.circle(x=x, y=y, radius=0.6, style="F")
    _label(paper, line, place)


def _label(paper: Paper, line: chart_svg.Line, place: Place) -> None:
    """The last value, above its curve."""
    x, y = place(line.x, line.y)
    paper.set_font("sans", "", 6.5)
    back = paper.get_string_width(line.text) if line.anchor == "end" else 0
    paper.put(x - back, y - 2.2, line.text, 6.5)


def _vitals(paper: Paper, account: Account) -> None:
    rows = sorted(account.sheet.all_vitals, key=lambda row: (row.observed_at, row.pk))
    if not rows:
        return
    widths = [15, 20, 20, 16, 15, 18, 18, 18, 18, 34]
    heads = ["Time", "Minute", "BP", "Heart", "SpO2", "Breathing", "MOAA/S", "Distress", "CADSS-6", "By, remarks"]
    paper.row(heads, widths, bold=True, shade=True, size=7, height=4.6)
    for row in rows:
        values = [sheet.reading(row, key) for key, _, _ in sheet.SIGNS]
        cells = [f"{account.sheet.site.local(row.observed_at):%H:%M}", account.sheet.minute(row.observed_at), *values]
        paper.row([*cells, _remark(row)], widths, size=7, height=4.2)
    paper.ln(1)


def _remark(row: VitalSigns) -> str:
    who = row.entered_by.full_name if row.entered_by else ""
    if row.entered_in_error_at:
        return f"{who}, in error: {row.entered_in_error_reason}"
    return f"{who}{', corrected' if row.corrects_id else ''}{', late' if row.is_late_entry else ''}"


def _words(paper: Paper, account: Account, note: InfusionNote | None) -> None:
    site = account.sheet.site
    for event in account.events:
        if event.kind == "note":
            paper.say(f"{site.local(event.observed_at):%H:%M}  {event.text}", 8)
    if note and note.text:
        paper.ln(1)
        paper.say("Nurse’s note", 10, bold=True)
        paper.say(note.text, 8.5)
    if note and note.signed_at and note.signed_by:
        signed = site.local(note.signed_at)
        paper.ln(1)
        paper.say(f"Signed by {note.signed_by.signs_as}, {signed:%Y-%m-%d %H:%M}", 8.5, bold=True)
        for added in note.addenda.select_related("written_by"):
            at = site.local(added.written_at)
            paper.say(f"Addendum, {added.written_by.signs_as}, {at:%Y-%m-%d %H:%M}: {added.text}", 8.5)


def _farewell(paper: Paper, account: Account) -> None:
    """What one who left against advice drew in the box, with the name and the time."""
    left = AgainstAdvice.objects.filter(discharge__infusion=account.infusion, strokes__isnull=False).first()
    if left is None:
        return
    if paper.will_page_break(SIGNED[1] + 10):
        paper.add_page()
    paper.ln(1.5)
    paper.say("Signature of one who left against advice", 10, bold=True)
    x0, y0, scale = paper.l_margin, paper.get_y() + 1, SIGNED[0] / 1000
    paper.rect(x0, y0, *SIGNED)
    paper.ink()
    paper.set_draw_color(0)
    paper.set_line_width(0.4)
    for stroke in left.strokes or ():
        paper.polyline([(x0 + x * scale, y0 + y * scale) for x, y in (stroke if len(stroke) > 1 else stroke * 2)])
    paper.set_draw_color(*LINE)
    paper.set_y(y0 + SIGNED[1] + 1)
    at = account.sheet.site.local(left.observed_at)
    paper.say(f"{left.signed_name}, {at:%Y-%m-%d %H:%M}", 8.5)
