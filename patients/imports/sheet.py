"""The plain CSV of docs/import.md: one row a person, columns by name in any order."""

from __future__ import annotations

from clinic.models import Site
from patients.imports import table
from patients.imports.rows import Batch, CodedRow, CoverageRow, PayerRow, PersonRow, Where, day, whole_day, words
from patients.imports.source import Files
from patients.imports.table import Line

REQUIRED = ("id", "given_name", "family_name", "birth_date")
TEXTS = (
    "middle_name",
    "preferred_name",
    "pronouns",
    "phone",
    "phone_other",
    "email",
    "address",
    "city",
    "state",
    "postal_code",
)
LISTS = ("conditions", "medications", "allergies")
PLAN = ("payer", "member_id", "group_number", "plan_name", "coverage_starts_on", "coverage_ends_on")
OPTIONAL = frozenset({*TEXTS, *LISTS, *PLAN, "sex", "language", "deceased_on"})
SEXES = {"f": "female", "m": "male", "": "unknown"}
LANGUAGES = {"": "en", "english": "en", "spanish": "es", "español": "es"}
NO_PLAN = frozenset({"none", "no insurance", "self-pay", "self pay", "uninsured"})


def read(files: Files, site: Site) -> Batch:
    """The files as a batch. Raises BadFile."""
    batch = Batch()
    seen: dict[str, int] = {}
    for name, content in files.items():
        for line in table.read(name, content, REQUIRED, OPTIONAL):
            what = f"{line.get('given_name')} {line.get('family_name')}".strip() or "A person"
            try:
                person = _person(line, site)
                if line.get("id") in seen:
                    raise ValueError(f"The id stands in line {seen[line.get('id')]} already.")
            except ValueError as error:
                batch.leave(line.where, what, str(error))
            else:
                seen[line.get("id")] = line.where.line
                batch.people.append(person)
    return batch


def _person(line: Line, site: Site) -> PersonRow:
    if line.problem:
        raise ValueError(line.problem)
    if not line.get("id"):
        raise ValueError("The id is empty; without it a second run would make a second record.")
    sex, language = line.get("sex").lower(), line.get("language").lower()
    values = {
        "given_name": line.get("given_name"),
        "family_name": line.get("family_name"),
        "birth_date": whole_day(line.get("birth_date")),
        "deceased_on": whole_day(line.get("deceased_on")),
        "sex": SEXES.get(sex, sex),
        "language": LANGUAGES.get(language, language[:2]),
        **{column: line.get(column) for column in TEXTS},
    }
    person = PersonRow(line.where, [(f"csv:{site.code}", line.get("id"))], values)
    for kind in LISTS:
        getattr(person, kind).extend(_items(line, kind))
    if line.get("payer"):
        person.sections["coverage"] = [_plan(line)]
    return person


def _items(line: Line, kind: str) -> list[CodedRow]:
    """`F33.2 Major depression; Asthma`: several, parted by semicolons; each is taken as it is written."""
    items = dict.fromkeys(filter(None, (words(item) for item in line.get(kind).split(";"))))
    return [CodedRow(Where(line.where.file, line.where.line), "", "", item) for item in items]


def _plan(line: Line) -> CoverageRow:
    name = line.get("payer")
    return CoverageRow(
        where=line.where,
        payer=PayerRow(line.where, "", name),
        insured=name.lower() not in NO_PLAN,
        member_id=line.get("member_id"),
        group_number=line.get("group_number"),
        plan_name=line.get("plan_name"),
        starts_on=day(line.get("coverage_starts_on")),
        ends_on=day(line.get("coverage_ends_on")),
    )
