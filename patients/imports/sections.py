"""What rooms to the right take from an import.

A room that stands to the right of this one (insurance) registers, from its AppConfig.ready, who takes the rows of a
section. So the import law holds, and a patient with all that belongs to them is taken in one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from clinic.models import User
from patients.imports.rows import Taken
from patients.models import Patient


class TakesRows(Protocol):
    def __call__(self, *, patient: Patient, rows: Sequence[Any], by: User | None) -> list[Taken]: ...


class TakesShared(Protocol):
    def __call__(self, *, rows: Sequence[Any]) -> list[Taken]: ...


@dataclass(frozen=True)
class Section:
    """`rows` writes what one patient has of it; `shared` what belongs to nobody alone, before the first patient."""

    rows: TakesRows
    shared: TakesShared


_sections: dict[str, Section] = {}


def register(name: str, *, rows: TakesRows, shared: TakesShared) -> None:
    _sections[name] = Section(rows=rows, shared=shared)


def section(name: str) -> Section | None:
    return _sections.get(name)
