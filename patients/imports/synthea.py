"""The CSV folder that Synthea writes: patients, conditions, medications, allergies, payers, payer_transitions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from patients.imports import table
from patients.imports.rows import (
    BadFile,
    Batch,
    CodedRow,
    CoverageRow,
    Outcome,
    PayerRow,
    PersonRow,
    day,
    whole_day,
)
from patients.imports.source import Files
from patients.imports.table import Line

SYSTEM = "https://github.com/synthetichealth/synthea"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
SNOMED = "http://snomed.info/sct"
SYSTEMS = {"rxnorm": RXNORM, "snomed-ct": SNOMED}
NO_INSURANCE = "NO_INSURANCE"

COLUMNS = {
    "patients.csv": ("Id", "BIRTHDATE", "DEATHDATE", "FIRST", "LAST", "GENDER"),
    "conditions.csv": ("START", "STOP", "PATIENT", "CODE", "DESCRIPTION"),
    "medications.csv": ("START", "STOP", "PATIENT", "CODE", "DESCRIPTION"),
    "allergies.csv": ("START", "PATIENT", "CODE", "DESCRIPTION"),
    "payers.csv": ("Id", "NAME"),
    "payer_transitions.csv": ("PATIENT", "START_DATE", "END_DATE", "PAYER"),
}
WORDS = {
    "conditions.csv": "Condition",
    "medications.csv": "Medication",
    "allergies.csv": "Allergy",
    "payer_transitions.csv": "Coverage",
}
SEXES = {"F": "female", "M": "male", "": "unknown"}


def read(files: Files) -> Batch:
    """The folder as a batch; files it does not know are let be. Raises BadFile."""
    known = {name.lower(): content for name, content in files.items()}
    if "patients.csv" not in known:
        raise BadFile("patients.csv", f"patients.csv is missing; found: {', '.join(sorted(files)) or 'nothing'}.")
    if "payer_transitions.csv" in known and "payers.csv" not in known:
        raise BadFile("payers.csv", "payers.csv is missing; payer_transitions.csv names payers by its ids.")
    tables = {name: table.read(name, known[name], columns) for name, columns in COLUMNS.items() if name in known}
    batch = Batch()
    people = _people(batch, tables["patients.csv"])
    for name, kind, make in (
        ("conditions.csv", "conditions", _condition),
        ("medications.csv", "medications", _medication),
        ("allergies.csv", "allergies", _allergy),
    ):
        put = partial(_append, kind)
        _give(batch, people, tables.get(name, []), put, make)
    _coverages(batch, people, tables.get("payers.csv", []), tables.get("payer_transitions.csv", []))
    return batch


def _append(kind: str, person: PersonRow, row: CodedRow) -> None:
    getattr(person, kind).append(row)


def _people(batch: Batch, lines: list[Line]) -> dict[str, PersonRow]:
    people: dict[str, PersonRow] = {}
    for line in lines:
        what = f"{line.get('FIRST')} {line.get('LAST')}".strip() or "A person"
        try:
            person = _person(line)
            key = line.get("Id").lower()
            if key in people:
                raise ValueError(f"The id stands in line {people[key].where.line} already.")
        except ValueError as error:
            batch.leave(line.where, what, str(error))
        else:
            people[key] = person
            batch.people.append(person)
    return people


def _person(line: Line) -> PersonRow:
    if line.problem:
        raise ValueError(line.problem)
    if not line.get("Id"):
        raise ValueError("The Id is empty; without it a second run would make a second record.")
    sex = line.get("GENDER").upper()
    values = {
        "given_name": line.get("FIRST"),
        "middle_name": line.get("MIDDLE"),
        "family_name": line.get("LAST"),
        "birth_date": whole_day(line.get("BIRTHDATE")),
        "deceased_on": whole_day(line.get("DEATHDATE")),
        "sex": SEXES.get(sex, "other"),
        "address": line.get("ADDRESS"),
        "city": line.get("CITY"),
        "state": line.get("STATE"),
        "postal_code": line.get("ZIP"),
    }
    return PersonRow(line.where, [(SYSTEM, line.get("Id").lower())], values)


def _give(
    batch: Batch,
    people: dict[str, PersonRow],
    lines: list[Line],
    put: Callable[[PersonRow, Any], None],
    make: Callable[[Line], Any],
) -> None:
    """Give each row to the person it names; a row without one is left, with the reason."""
    for line in lines:
        what = WORDS[line.where.file.lower()]
        person = people.get(line.get("PATIENT").lower())
        if line.problem:
            batch.leave(line.where, what, line.problem)
        elif person is None:
            batch.leave(line.where, what, "Its patient was not read from patients.csv.", Outcome.SKIPPED)
        else:
            try:
                put(person, make(line))
            except ValueError as error:
                batch.leave(line.where, what, str(error))


def _system(line: Line, default: str) -> str:
    named = line.get("SYSTEM")
    return SYSTEMS.get(named.lower(), named) or default


def _condition(line: Line) -> CodedRow:
    first, last = day(line.get("START")), day(line.get("STOP"))
    return CodedRow(line.where, _system(line, SNOMED), line.get("CODE"), line.get("DESCRIPTION"), first, last)


def _medication(line: Line) -> CodedRow:
    first, last = day(line.get("START")), day(line.get("STOP"))
    return CodedRow(line.where, _system(line, RXNORM), line.get("CODE"), line.get("DESCRIPTION"), first, last)


def _allergy(line: Line) -> CodedRow:
    reactions = [line.get(f"DESCRIPTION{number}") for number in (1, 2)]
    ranks = [line.get(f"SEVERITY{number}").lower() for number in (1, 2)]
    worst = next((rank for rank in ("severe", "moderate", "mild") if rank in ranks), "")
    more = {"reaction": "; ".join(filter(None, reactions)), "severity": worst}
    return CodedRow(
        line.where, _system(line, SNOMED), line.get("CODE"), line.get("DESCRIPTION"), day(line.get("START")), more=more
    )


def _coverages(batch: Batch, people: dict[str, PersonRow], payers: list[Line], lines: list[Line]) -> None:
    known: dict[str, PayerRow] = {}
    for line in payers:
        if line.problem or not (line.get("Id") and line.get("NAME")):
            batch.leave(line.where, line.get("NAME") or "A payer", line.problem or "The Id or the NAME is empty.")
        else:
            known[line.get("Id")] = PayerRow(line.where, line.get("Id"), line.get("NAME"), line.get("PHONE"))
    batch.shared["coverage"] = list(known.values())

    def put(person: PersonRow, row: CoverageRow) -> None:
        person.sections.setdefault("coverage", []).append(row)

    _give(batch, people, lines, put, lambda line: _coverage(line, known))


def _coverage(line: Line, payers: dict[str, PayerRow]) -> CoverageRow:
    def payer(column: str) -> PayerRow:
        found = payers.get(line.get(column))
        if found is None:
            raise ValueError(f"The payer “{line.get(column)[:60]}” is not in payers.csv.")
        return found

    first = payer("PAYER")
    owner = line.get("PLAN_OWNERSHIP").lower()
    return CoverageRow(
        where=line.where,
        payer=first,
        secondary=payer("SECONDARY_PAYER") if line.get("SECONDARY_PAYER") else None,
        insured=first.name != NO_INSURANCE,
        member_id=line.get("MEMBERID"),
        subscriber_name=line.get("OWNER_NAME"),
        relation={"guardian": "child", "spouse": "spouse", "self": "self", "": "self"}.get(owner, "other"),
        starts_on=day(line.get("START_DATE")),
        ends_on=day(line.get("END_DATE")),
    )
