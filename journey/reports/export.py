"""The shared report as a file for a spreadsheet: one line a number, from the same report as the page."""

from __future__ import annotations

from collections.abc import Iterator

from clinic.documents.spreadsheet import comma_separated
from clinic.wording import number
from journey import rules
from journey.reports.report import HIDDEN, Line, Report
from journey.reports.tally import Tally

HEADINGS = ("Part", "Group", "Measure", "Number", "Of", "Percent")
Cells = tuple[object, ...]


def as_csv(report: Report) -> bytes:
    """As long as there are sites and diagnoses, however many patients were counted."""
    return comma_separated(HEADINGS, _rows(report))


def _rows(report: Report) -> Iterator[Cells]:
    yield from _about(report)
    for stage in report.stages:
        yield "Way through the clinic", "All", stage.label, _shown(stage.count), "", _shown_percent(stage.percent)
    for part, lines in (("Site", report.sites), ("Diagnosis", report.diagnoses), ("All", (report.total,))):
        for line in lines:
            yield from _line(part, line)
    yield "Without relapse", "All", "Followed", _shown(report.watched), "", ""
    yield "Without relapse", "All", "Responded, no later score", _shown(report.unseen), "", ""
    for point in report.points:
        well = "" if point.percent is None else point.percent
        yield "Without relapse", "All", f"After {point.day} days", _shown(point.relapsed), _shown(point.at_risk), well


def _about(report: Report) -> Iterator[Cells]:
    asked = report.criteria
    yield "About", "", "From", asked.first.isoformat(), "", ""
    yield "About", "", "To", asked.last.isoformat(), "", ""
    yield "About", "", "Sites", ", ".join(site.name for site in asked.sites), "", ""
    yield "About", "", "Diagnosis code begins with", asked.diagnosis or "any", "", ""
    yield "About", "", f"Numbers from 1 to {report.threshold - 1} are hidden", "", "", ""


def _line(part: str, line: Line) -> Iterator[Cells]:
    if line.tally is None:
        yield part, line.label, "Series", HIDDEN, "", ""
        return
    for label, count in _counts(line.tally):
        yield part, line.label, label, count, "", ""
    for label, rate in (
        ("Response", line.response),
        ("Remission", line.remission),
        ("Response, missing counted as none", line.at_least),
    ):
        yield part, line.label, label, rate.n, rate.of, "" if rate.percent is None else rate.percent
    middle = rules.median(line.tally.first)
    words = "" if middle is None else number(float(middle))
    yield part, line.label, "Median infusions to response", words, line.tally.reached, ""


def _counts(tally: Tally) -> list[tuple[str, int]]:
    return [
        ("Series begun", tally.started),
        ("Still running", tally.running),
        ("Ended", tally.ended),
        ("Ended, score missing", tally.missing),
    ]


def _shown(count: int | None) -> object:
    return HIDDEN if count is None else count


def _shown_percent(percent: int | None) -> object:
    return "" if percent is None else percent
