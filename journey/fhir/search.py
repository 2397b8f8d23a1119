"""What a query asks for: known parameters only, each read once, the page bounded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from journey.fhir.catalog import Kind
from journey.fhir.tokens import BadParameter, When, either, uuids, when

USUAL, MOST = 20, 100
LAST_PAGE = 500
ALWAYS = frozenset({"_count", "_page", "_format", "_pretty", "_total", "_summary", "_sort"})


@dataclass(frozen=True)
class Asked:
    """A query, read. `patients` None: of whomever one may see."""

    patients: tuple[UUID, ...] | None = None
    ids: tuple[str, ...] | None = None
    dates: tuple[When, ...] = ()
    changed: tuple[When, ...] = ()
    filters: tuple[tuple[str, str], ...] = ()
    count: int = USUAL
    page: int = 1
    oldest_first: bool = False
    words: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    """The query as it was written, without its page: what the links repeat."""


def read(kind: Kind, query: Mapping[str, Sequence[str]]) -> Asked:
    """Raises BadParameter for what is unknown, can't be read, or is missing."""
    flat = [(name, value) for name, values in query.items() for value in values]
    for name, _ in flat:
        if name not in kind.params and name not in ALWAYS:
            known = ", ".join(sorted(kind.params))
            raise BadParameter(name, f"A search of {kind.name} does not know this. It knows: {known}, _count.")
    asked = Asked(
        patients=_patients(kind, query),
        ids=tuple(either(query["_id"][-1])) if query.get("_id") else None,
        dates=tuple(when(kind.date_param, value) for value in query.get(kind.date_param, ())),
        changed=tuple(when("_lastUpdated", value) for value in query.get("_lastUpdated", ())),
        filters=tuple((name, value) for name, value in flat if any(name in source.search for source in kind.sources)),
        count=_number(query, "_count", USUAL, 0, MOST),
        page=_number(query, "_page", 1, 1, LAST_PAGE),
        oldest_first=_oldest_first(kind, query),
        words=tuple((name, value) for name, value in flat if name != "_page"),
    )
    if kind.needs_patient and asked.patients is None and asked.ids is None:
        raise BadParameter("patient", f"Name a patient: a search of {kind.name} is for one at a time.")
    return asked


def _patients(kind: Kind, query: Mapping[str, Sequence[str]]) -> tuple[UUID, ...] | None:
    if "patient" not in kind.params or not query.get("patient"):
        return None
    return tuple(uuids("patient", query["patient"][-1], kind="Patient"))


def _oldest_first(kind: Kind, query: Mapping[str, Sequence[str]]) -> bool:
    """By day, the newest first unless it is asked for otherwise."""
    if not query.get("_sort"):
        return False
    by = query["_sort"][-1]
    if by.removeprefix("-") != kind.date_param or kind.date_param not in kind.params:
        raise BadParameter("_sort", f"Sort {kind.name} by {kind.date_param}, or by -{kind.date_param}.")
    return not by.startswith("-")


def _number(query: Mapping[str, Sequence[str]], name: str, usual: int, least: int, most: int) -> int:
    if not query.get(name):
        return usual
    try:
        number = int(query[name][-1])
    except ValueError:
        raise BadParameter(name, "Write a whole number.") from None
    if number < least:
        raise BadParameter(name, f"The smallest is {least}.")
    return min(number, most)
