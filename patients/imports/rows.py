"""What every reader gives, whatever the format was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from clinic.errors import Invalid
from patients import names
from patients.models import ImportRow

Outcome = ImportRow.Outcome


class BadFile(Invalid):
    """The whole file is refused, and nothing of it is taken."""

    title = "This file can’t be read"

    def __init__(self, name: str, why: str, *, line: int = 1, column: int = 1) -> None:
        self.name, self.why, self.line, self.column = name, why, line, column
        super().__init__(f"{name}, line {line}, column {column}: {why}")


@dataclass(frozen=True)
class Where:
    """The place of a row: a line of a table, or the number of an entry of a bundle."""

    file: str
    line: int


@dataclass(frozen=True)
class Taken:
    """What became of one row."""

    where: Where
    outcome: str
    what: str
    why: str = ""
    patient_id: UUID | None = None


@dataclass(frozen=True)
class CodedRow:
    """A condition, medicine or allergy; `first` and `last` are its days, `more` the fields of its kind."""

    where: Where
    system: str
    code: str
    display: str
    first: date | None = None
    last: date | None = None
    more: dict[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class PayerRow:
    where: Where
    source_id: str
    name: str
    phone: str = ""


@dataclass(frozen=True)
class CoverageRow:
    """A plan of the patient. `insured` False: the row says that there is no insurance."""

    where: Where
    payer: PayerRow
    secondary: PayerRow | None = None
    insured: bool = True
    member_id: str = ""
    group_number: str = ""
    plan_name: str = ""
    subscriber_name: str = ""
    subscriber_birth_date: date | None = None
    relation: str = "self"
    rank: int = 1
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True)
class ContactRow:
    where: Where
    kind: str
    name: str
    relation: str = ""
    phone: str = ""


@dataclass(frozen=True)
class MeasureRow:
    """A questionnaire with its answers; or, without them, with its total alone."""

    where: Where
    instrument: str
    at: datetime
    items: list[int]
    total: int | None
    timepoint: str
    version: str = "1"
    language: str = "en"
    difficulty: int | None = None


@dataclass(frozen=True)
class PastRow:
    """What was observed or done elsewhere; `parts` are those of a panel."""

    where: Where
    key: str
    at: datetime
    category: str
    system: str
    code: str
    display: str
    value: Decimal | None = None
    unit: str = ""
    words: str = ""
    parts: list[dict[str, str]] = field(default_factory=list)


@dataclass
class PersonRow:
    """A person and all that the file says of them. `values` are fields of registration.EDITABLE.

    `died`: the file says so, though perhaps not when.
    """

    where: Where
    identifiers: list[tuple[str, str]]
    values: dict[str, Any]
    died: bool = False
    conditions: list[CodedRow] = field(default_factory=list)
    medications: list[CodedRow] = field(default_factory=list)
    allergies: list[CodedRow] = field(default_factory=list)
    sections: dict[str, list[Any]] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.values.get('given_name', '')} {self.values.get('family_name', '')}".strip() or "no name"

    def history(self) -> Iterator[tuple[str, CodedRow]]:
        for kind, rows in (
            ("Condition", self.conditions),
            ("Medication", self.medications),
            ("Allergy", self.allergies),
        ):
            for row in rows:
                yield kind, row

    @property
    def size(self) -> int:
        rows = len(self.conditions) + len(self.medications) + len(self.allergies)
        return 1 + rows + sum(len(section) for section in self.sections.values())


@dataclass
class Batch:
    """Everything of one file or folder; `left` are rows that no patient gets, each with the reason."""

    people: list[PersonRow] = field(default_factory=list)
    shared: dict[str, list[Any]] = field(default_factory=dict)
    left: list[Taken] = field(default_factory=list)

    @property
    def size(self) -> int:
        shared = sum(len(rows) for rows in self.shared.values())
        return sum(person.size for person in self.people) + shared + len(self.left)

    def leave(self, where: Where, what: str, why: str, outcome: str = Outcome.FAILED) -> None:
        self.left.append(Taken(where, outcome, what, why))


def words(value: object) -> str:
    """Text as it can be stored: composed, without control characters; what is no text is empty."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return names.clean(str(value).encode("utf-8", "replace").decode("utf-8"))


def day(value: object) -> date | None:
    """The day that is written, as it is written: of a timestamp its date part, whatever its zone.

    ISO dates and timestamps, MM/DD/YYYY, and of a lone year or month its first day. Raises ValueError with a sentence.
    """
    text = words(value)
    if not text:
        return None
    for form, length in (("%Y-%m-%d", 10), ("%m/%d/%Y", 10), ("%Y-%m", 7), ("%Y", 4)):
        if len(text) == length or (form == "%Y-%m-%d" and len(text) > length and text[length] in "T "):
            try:
                return datetime.strptime(text[:length], form).date()  # noqa: DTZ007 - a date has no zone
            except ValueError:
                continue
    raise ValueError(f"“{text[:40]}” is not a date. Write it like 2027-02-09.")


def whole_day(value: object) -> date | None:
    """As `day`, but a lone year or month is refused: a birth date has to be whole."""
    text = words(value)
    if text and len(text) < 10:
        raise ValueError(f"“{text[:40]}” is not a whole date. Write it like 1984-03-14.")
    return day(text)
