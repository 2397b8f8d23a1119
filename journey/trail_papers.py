"""The list of who looked and who changed, for the patient: plain words, and nothing of what the record says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from clinic import clock
from clinic.documents.sheets import blank
from clinic.documents.spreadsheet import comma_separated
from journey import trail, trail_words
from journey.retention import TRAIL_YEARS
from patients.models import Patient

MOST = 2000
HEADINGS = ("When", "Who", "What they did", "Why")
WIDTHS = (36, 46, 76, 33)


@dataclass(frozen=True)
class TrailList:
    """What goes on the paper; `cut` says that older lines are left out."""

    patient: Patient
    made: datetime
    rows: list[tuple[str, str, str, str]]
    cut: bool


def read(patient: Patient) -> TrailList:
    """The last six years, the newest first, at most so many lines as a person can read."""
    now = clock.now()
    lines, older = trail.of_patient(patient, before=now + timedelta(minutes=1), most=MOST)
    oldest = now - timedelta(days=366 * TRAIL_YEARS)
    rows = [_row(patient, trail_words.tell(line)) for line in lines if line.at >= oldest]
    return TrailList(patient, now, rows, older is not None)


def _row(patient: Patient, told: trail_words.Told) -> tuple[str, str, str, str]:
    return f"{patient.site.local(told.at):%b %-d, %Y, %H:%M}", told.who, told.did, told.why


def as_csv(made: TrailList) -> bytes:
    return comma_separated(HEADINGS, made.rows)


def as_pdf(made: TrailList) -> bytes:
    patient, site = made.patient, made.patient.site
    paper = blank(
        head=f"{site.name}: who looked at a record", foot=f"{patient.legal_name}, {patient.mrn}", made=made.made
    )
    paper.add_page()
    paper.say("Who looked at your record, and who changed it", 15, bold=True, gap=2)
    paper.say(
        f"{patient.legal_name}, born {patient.birth_date:%B %-d, %Y}. Made {site.local(made.made):%B %-d, %Y, %H:%M}."
        " Times are those of the clinic. “Evenkeel, by itself” is the clinic’s computer, for example when it sends a"
        " reminder. Ask the clinic about any line that you don’t expect.",
        gap=3,
    )
    paper.row(HEADINGS, WIDTHS, bold=True, shade=True)
    for row in made.rows:
        paper.wrapped(row, WIDTHS)
    if made.cut:
        paper.say(f"These are the newest {len(made.rows):,} lines. Ask the clinic for older ones.", soft=True)
    return paper.made()
