"""Writing what our own bundles hold beside the history: contacts, questionnaires, observations of the past.

Each is a section of the import, taken in the transaction of its patient; a second run of the same file adds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from clinic.models import User
from patients import scoring
from patients.imports import sections
from patients.imports.rows import ContactRow, MeasureRow, Outcome, PastRow, Taken
from patients.instruments import FACTS, NOT_ASKED
from patients.models import Contact, MeasureResponse, PastObservation, Patient
from patients.phones import normal

Make = Callable[[Patient, Any], Any]
Key = Callable[[Any], tuple[Any, ...]]


def register() -> None:
    for name, model, key, make in (
        ("contacts", Contact, _contact_key, _contact),
        ("measures", MeasureResponse, _measure_key, _measure),
        ("past", PastObservation, _past_key, _past),
    ):
        sections.register(name, rows=_taker(model, key, make), shared=_nothing_shared)


def _nothing_shared(*, rows: Sequence[Any]) -> list[Taken]:
    return []


def _taker(model: Any, key: Key, make: Make) -> sections.TakesRows:
    def take(*, patient: Patient, rows: Sequence[Any], by: User | None) -> list[Taken]:
        have = {key(one) for one in model.objects.filter(patient=patient)}
        fresh, taken = [], []
        for row in rows:
            outcome, why = str(Outcome.CREATED), ""
            try:
                made = make(patient, row)
            except ValueError as fault:
                outcome, why = Outcome.FAILED, str(fault)
            else:
                if key(made) in have:
                    outcome = Outcome.UNCHANGED
                else:
                    have.add(key(made))
                    fresh.append(made)
            name = model._meta.verbose_name.capitalize()
            taken.append(Taken(row.where, outcome, f"{name} of {patient.name}", why, patient.pk))
        model.objects.bulk_create(fresh)
        return taken

    return take


def _contact_key(one: Contact) -> tuple[Any, ...]:
    return one.kind, one.name, one.phone


def _contact(patient: Patient, row: ContactRow) -> Contact:
    if not row.name or len(row.name) > 120 or len(row.relation) > 60:
        raise ValueError("A contact has a name of up to 120, and a relation of up to 60 characters.")
    return Contact(patient=patient, kind=row.kind, name=row.name, relation=row.relation, phone=_phone(row.phone))


def _phone(text: str) -> str:
    try:
        return normal(text)
    except ValueError:
        return ""


def _measure_key(one: MeasureResponse) -> tuple[Any, ...]:
    return one.instrument, one.observed_at


def _measure(patient: Patient, row: MeasureRow) -> MeasureResponse:
    """The score is worked out from the answers again; what was typed as a score alone stays one."""
    if row.timepoint not in MeasureResponse.Timepoint.values:
        raise ValueError("It does not say at which time of the treatment it was filled in.")
    if row.language not in ("en", "es") or len(row.version) > 20:
        raise ValueError("Its language or version is none that we keep.")
    score = _score(row.instrument, row.items) if row.items else row.total
    facts = FACTS[row.instrument]
    if (score is None) != (facts.highest is None) or (score or 0) > (facts.highest or 0):
        raise ValueError(f"A score of {facts.title} lies between 0 and {facts.highest}.")
    if row.difficulty is not None and (row.instrument != "phq9" or not 0 <= row.difficulty <= 3):
        raise ValueError("Its last answer is none of 0 to 3.")
    return MeasureResponse(
        patient=patient, instrument=row.instrument, observed_at=row.at, items=row.items, score=score,
        timepoint=row.timepoint, version=row.version, language=row.language, difficulty=row.difficulty,
    )  # fmt: skip


def _score(instrument: str, items: Sequence[int]) -> int | None:
    asked = [None if value == NOT_ASKED else value for value in items]
    if wrong := scoring.item_errors(instrument, asked):
        raise ValueError(" ".join(wrong.values()))
    return scoring.score(instrument, items)


def _past_key(one: PastObservation) -> tuple[Any, ...]:
    return (one.key,)


_LENGTHS: Iterable[tuple[str, int]] = (
    ("key", 160), ("category", 20), ("system", 80), ("code", 40), ("display", 255), ("unit", 30), ("words", 600),
)  # fmt: skip


def _past(patient: Patient, row: PastRow) -> PastObservation:
    if not row.display:
        raise ValueError("It has no words and no code.")
    for name, most in _LENGTHS:
        if len(getattr(row, name)) > most:
            raise ValueError(f"Its {name} is longer than {most} characters.")
    if row.value is not None and abs(row.value) >= 10**8:
        raise ValueError("Its number is too large.")
    return PastObservation(
        patient=patient, key=row.key, observed_at=row.at, category=row.category, system=row.system, code=row.code,
        display=row.display, value=row.value, unit=row.unit, words=row.words, parts=row.parts,
    )  # fmt: skip
