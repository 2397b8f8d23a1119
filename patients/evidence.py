"""What the record says beside a line of the checklist: shown to whoever answers, and never an answer by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from patients import hints
from patients.models import Contact, Patient

MOST = 300


@dataclass(frozen=True)
class Evidence:
    """One row of the history that speaks for a yes: its words, since when, and who told it."""

    words: str
    since: date | None
    source: str
    over: bool = False


SOURCES = {"staff": "asked at the visit", "patient": "told by the patient", "import": "imported record"}


def of(patient: Patient) -> dict[str, list[Evidence]]:
    """For each line of the checklist what of the history speaks for it. Four queries, however long the history."""
    found: dict[str, list[Evidence]] = {}
    standing = {"entered_in_error_at__isnull": True}
    for condition in patient.conditions.filter(**standing)[:MOST]:
        over = condition.abatement is not None
        row = Evidence(condition.display, condition.onset, _told(condition.source), over)
        _put(found, hints.CONDITIONS, condition.display, condition.code, row)
    for medicine in patient.medications.filter(**standing, stopped__isnull=True)[:MOST]:
        row = Evidence(medicine.display, medicine.started, _told(medicine.source))
        _put(found, hints.MEDICINES, medicine.display, "", row)
    for allergy in patient.allergies.filter(**standing)[:MOST]:
        row = Evidence(allergy.display, allergy.noted_on, _told(allergy.source))
        _put(found, hints.ALLERGIES, allergy.display, "", row)
    if not patient.contacts.filter(kind=Contact.Kind.ESCORT, is_active=True).exists():
        found["no_escort"] = [Evidence("no escort among the contacts", None, "")]
    return found


def _told(source: str) -> str:
    return SOURCES.get(source, source)


def _put(
    found: dict[str, list[Evidence]], signs: tuple[hints.Sign, ...], display: str, code: str, row: Evidence
) -> None:
    for key in hints.lines_of(signs, display, code, over=row.over):
        found.setdefault(key, []).append(row)
