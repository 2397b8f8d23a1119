"""Where resources come from: a table, which of its rows, the column of their day, and how each is searched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, OuterRef, Q, QuerySet, Subquery

from journey.fhir.parts import Json
from journey.fhir.tokens import Token, tokens

NOTHING = Q(pk__in=[])
ALL = Q()
Condition = Callable[[str, str], Q]
"""From the name of a parameter and its value to the rows that it leaves."""


@dataclass(frozen=True)
class Source:
    """One table that gives resources of one type. `suffix` stands behind the row’s id in theirs."""

    model: type[Model]
    make: Callable[[Any], Json]
    when: str = ""
    """The column of its day or moment, "" for what has none; newest first."""
    patient: str = "patient"
    """The way to the patient; "" for staff, sites and payers."""
    site: str = ""
    """The way to the site, where that is not the patient’s."""
    rows: Q = ALL
    suffix: str = ""
    related: tuple[str, ...] = ()
    prefetch: tuple[str, ...] = ()
    changed: str = ""
    """The column of its last change; "": its history knows."""
    search: Mapping[str, Condition] = field(default_factory=dict)

    @property
    def is_day(self) -> bool:
        """Whether its day is a day, and no moment."""
        model: Any = self.model
        for step in self.when.split("__"):
            column = model._meta.get_field(step)
            model = column.related_model or model
        return str(column.get_internal_type()) == "DateField"

    def all(self) -> QuerySet[Any]:
        return self.model._default_manager.filter(self.rows)

    def full(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """With everything that `make` reads."""
        rows = rows.select_related(*self.related).prefetch_related(*self.prefetch)
        return rows if self.changed else rows.annotate(changed=self.history())

    def history(self) -> Subquery:
        """When the row was written last, by its history."""
        events = self.model.pgh_event_model._default_manager  # type: ignore[attr-defined]
        return Subquery(events.filter(pgh_obj=OuterRef("pk")).order_by("-pgh_id").values("pgh_created_at")[:1])

    def patient_of(self, row: Any) -> Any:
        """The id of whose record it is; None for staff and places."""
        if not self.patient:
            return None
        if self.patient == "pk":
            return row.pk
        for step in self.patient.split("__")[:-1]:
            row = getattr(row, step)
        return getattr(row, f"{self.patient.split('__')[-1]}_id")


def fixed(*codes: tuple[str, str]) -> Condition:
    """All rows carry these codes, or none does."""

    def condition(name: str, text: str) -> Q:
        return ALL if any(one.fits(*code) for one in tokens(name, text) for code in codes) else NOTHING

    return condition


def column(name_of: str, values: Mapping[str, Iterable[str]], system: str = "") -> Condition:
    """A column whose words are other words in FHIR: `values` maps theirs to ours."""

    def condition(name: str, text: str) -> Q:
        found = [ours for one in tokens(name, text) for ours in values.get(one.code, ()) if _in(one, system)]
        return Q(**{f"{name_of}__in": found})

    return condition


def _in(one: Token, system: str) -> bool:
    return one.system is None or not system or one.system == system


def coded(name: str, text: str) -> Q:
    """Columns `system` and `code`, as a history keeps them."""
    condition = NOTHING
    for one in tokens(name, text):
        part = Q(code=one.code) if one.code else Q()
        condition |= part if one.system is None else part & Q(system=one.system)
    return condition


def state(**conditions: Q) -> Condition:
    """A status that follows from other columns; `_` in a name stands for the hyphen of FHIR."""
    by_name = {name.replace("_", "-"): condition for name, condition in conditions.items()}

    def condition(name: str, text: str) -> Q:
        found = NOTHING
        for one in tokens(name, text):
            found |= by_name.get(one.code, NOTHING)
        return found

    return condition
