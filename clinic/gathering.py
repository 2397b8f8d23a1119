"""Several short lists of different kinds, read in one statement that is composed once.

A page about one person asks for a little of much: three alerts, two allergies, the newest consent. To compose thirty
queries costs more than to answer them. So each list is written as any queryset, with `Given("patient")` where a value
will stand; the statement that holds them all is composed when it is first asked, and from then on only sent.

    CHART = Gathering(Patient.objects.filter(pk=Given("patient")), alerts=SafetyAlert.objects.filter(...), ...)
    found = CHART.read(patient=patient.pk)
    found["alerts"]  # a list of SafetyAlert
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models import (
    BinaryField,
    BooleanField,
    CharField,
    DateTimeField,
    Expression,
    F,
    Field,
    ForeignKey,
    Func,
    IntegerField,
    JSONField,
    QuerySet,
    TextField,
    UUIDField,
)
from django.db.models.sql.compiler import SQLCompiler

from clinic.prepared import Statement

_decoded = json.JSONDecoder(parse_float=Decimal).decode
MOST = 100  # so many arguments a function of PostgreSQL takes


class Given(Expression):
    """A value that is not known yet when the query is written."""

    def __init__(self, name: str) -> None:
        super().__init__(output_field=TextField())
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:  # type: ignore[override]
        return "%s", [self]


class Unseen(Given):
    """A value that the planner of the database does not see, where what it would guess from it leads it astray."""

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:  # type: ignore[override]
        value, params = super().as_sql(compiler, connection)
        return f"(SELECT {value})", params


class Keys(Given):
    """Several keys that are not known yet."""


class Among(Func):
    """Whether the key at the end of a path is one of those that will be given: `filter(Among("patient", "patients"))`.

    So a list is read for many at once, and told apart by whoever asked. In SQL: `column = ANY(keys::uuid[])`.
    """

    template, arg_joiner = "%(expressions)s::uuid[])", " = ANY("

    def __init__(self, path: str, name: str) -> None:
        super().__init__(F(path), Keys(name), output_field=BooleanField())


class AmongWords(Func):
    """The same of words, given as a list."""

    template, arg_joiner = "%(expressions)s::text[])", " = ANY("

    def __init__(self, path: str, name: str) -> None:
        super().__init__(F(path), Given(name), output_field=BooleanField())


class Gathering:
    """Lists that belong together. Each may be filtered, ordered, cut, narrowed (`only`) and annotated by subqueries.

    Its rows are as the queryset itself would give them, without what it would join. Files and free JSON don't come
    through such a statement unchanged: they are read when somebody asks for them.
    """

    def __init__(self, of: QuerySet[Any], **lists: QuerySet[Any]) -> None:
        self._of, self._lists, self._is_prepared = of, {name: _List.of(rows) for name, rows in lists.items()}, False

    @classmethod
    def prepared(cls, of: QuerySet[Any], **lists: QuerySet[Any]) -> Gathering:
        """The same, planned once: for what is found by a key (clinic.prepared). Its keywords are the lists, too."""
        made = cls(of, **lists)
        made._is_prepared = True
        return made

    def read(self, **values: Any) -> dict[str, list[Any]]:
        """Every list under its name, with the values that were left open."""
        with connections[self._of.db].cursor() as cursor:
            self._statement.execute(cursor, values)
            found = cursor.fetchone()
        known = _Known({None: None})
        return {name: one.made(rows, known) for (name, one), rows in zip(self._lists.items(), found or (), strict=True)}

    @cached_property
    def _statement(self) -> OpenStatement:
        of = self._of if self._of.query.is_sliced else self._of.order_by()  # of one row there is no order
        rows = of.values_list(*(one.as_expression() for one in self._lists.values()))
        return OpenStatement(*rows.query.sql_with_params(), prepared=self._is_prepared)


class OpenStatement:
    """What Django composed, with the places of `Given` left open."""

    def __init__(self, sql: str, params: Sequence[Any], *, prepared: bool) -> None:
        self._is_prepared, self._keys = prepared, {one.name for one in params if isinstance(one, Keys)}
        names = [one.name if isinstance(one, Given) else f"fixed_{place}" for place, one in enumerate(params)]
        fixed = {name: one for name, one in zip(names, params, strict=True) if not isinstance(one, Given)}
        marks = tuple(f"%({name})s" for name in names)
        self._statement = Statement(sql.replace("%%", "%%%%") % marks, fixed)  # a percent sign stays doubled

    def execute(self, cursor: CursorWrapper, values: dict[str, Any]) -> None:
        """Send it with these values."""
        keys = {name: array_of(values[name]) for name in self._keys}
        given = self._statement.values(**{**values, **keys})
        # The cursor prepares for `Values`; a plain dictionary it sends along with the whole text.
        cursor.execute(self._statement.text, given if self._is_prepared else dict(given))


def array_of(found: Iterable[UUID | int]) -> str:
    """As the database writes an array; for the driver to quote each of hundreds takes longer than to find its row."""
    return "{" + ",".join(map(str, found)) + "}"


@dataclass(frozen=True)
class _List:
    """One of the lists: its rows, the fields that are read of each, and what is annotated."""

    rows: QuerySet[Any]
    fields: tuple[Field[Any, Any], ...]
    extra: dict[str, Field[Any, Any]]

    @classmethod
    def of(cls, rows: QuerySet[Any]) -> _List:
        names, all_but = rows.query.deferred_loading
        meta = rows.model._meta
        fields = tuple(
            field
            for field in meta.concrete_fields
            if not isinstance(field, BinaryField | JSONField)
            and (field.primary_key or ({field.name, field.attname}.isdisjoint(names)) is all_but)
        )
        return cls(rows, fields, {name: one.output_field for name, one in rows.query.annotations.items()})

    def as_expression(self) -> ArraySubquery:
        return ArraySubquery(self.rows.values(row=_Row(self.fields, tuple(self.extra))))

    def made(self, found: Sequence[str], known: _Known) -> list[Any]:
        if not found:
            return []
        read = list(map(_decoded, found))
        for row in read:
            for place in self._keys:
                row[place] = known[row[place]]
            for place, convert in self._conversions:
                row[place] = convert(row[place])
        count, db = len(self.fields), self.rows.db
        made = [self.rows.model.from_db(db, self._names, row[:count]) for row in read]
        for place, name in enumerate(self.extra, count):
            for one, row in zip(made, read, strict=True):
                setattr(one, name, row[place])
        return made

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(field.attname for field in self.fields)

    @cached_property
    def _keys(self) -> list[int]:
        """The places of keys."""
        return [place for place, kind in self._kinds if isinstance(kind, UUIDField)]

    @cached_property
    def _conversions(self) -> list[tuple[int, Callable[[Any], Any]]]:
        """The places of what else JSON gives otherwise than the field holds it, each with what makes it that."""
        found = ((place, _conversion(kind)) for place, kind in self._kinds if place not in self._keys)
        return [(place, convert) for place, convert in found if convert]

    @property
    def _kinds(self) -> Iterator[tuple[int, Field[Any, Any]]]:
        for place, field in enumerate((*self.fields, *self.extra.values())):
            yield place, field.target_field if isinstance(field, ForeignKey) else field


class _Known(dict[str | None, UUID | None]):
    """The keys that were read so far: the same ones come again and again, and to read one anew takes its time."""

    def __missing__(self, key: str | None) -> UUID:
        made = self[key] = UUID(key)
        return made


def _conversion(kind: Field[Any, Any]) -> Callable[[Any], Any] | None:
    """How a value of JSON becomes what the field holds; None where it is that already."""
    if isinstance(kind, DateTimeField):
        return _moment
    if isinstance(kind, CharField | TextField | IntegerField | BooleanField):
        return None
    return kind.to_python


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


class _Row(Expression):
    """The fields and the annotations of the row at hand, as one array of JSON."""

    def __init__(self, fields: Sequence[Field[Any, Any]], extra: Sequence[str]) -> None:
        super().__init__(output_field=JSONField())
        self.fields, self.extra = fields, extra

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:  # type: ignore[override]
        quote = compiler.quote_name_unless_alias
        row = quote(str(compiler.query.get_initial_alias()))
        parts = [f"{row}.{quote(str(field.column))}" for field in self.fields]
        params: list[Any] = []
        for name in self.extra:
            sql, given = compiler.compile(compiler.query.annotations[name])
            parts.append(sql)
            params += given
        arrays = (parts[place : place + MOST] for place in range(0, len(parts), MOST))
        return " || ".join(f"jsonb_build_array({', '.join(some)})" for some in arrays), params
