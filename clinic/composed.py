"""A query with its joins, composed when it is first asked and from then on only sent.

To compose the read of an infusion with all that stands beside it costs ten times what it costs to answer it. What is
asked at every press is written as any queryset, with `Given("infusion")` where a value will stand (clinic.gathering).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar, cast
from uuid import UUID

from django.db import connections, router
from django.db.models import (
    AutoField,
    BooleanField,
    CharField,
    Field,
    ForeignKey,
    IntegerField,
    Model,
    PositiveIntegerField,
    PositiveSmallIntegerField,
    QuerySet,
    SmallIntegerField,
    TextField,
    UUIDField,
)
from django.db.models.query import get_related_populators
from django.db.models.sql import InsertQuery, UpdateQuery
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

from clinic.gathering import OpenStatement

M = TypeVar("M", bound=Model)


class Composed(Generic[M]):
    """One query of one model, with what it joins (`select_related`) and whether it locks."""

    def __init__(self, rows: QuerySet[M], *, prepared: bool = False) -> None:
        """`prepared` is for what is found by a key (clinic.prepared)."""
        self._rows, self._is_prepared, self._kept = rows, prepared, dict[str, list[Any]]()

    def first(self, **values: Any) -> M | None:
        """The first row, with the values that were left open."""
        return next(iter(self.read(**values)), None)

    def read(self, **values: Any) -> list[M]:
        """Every row, as the queryset would give it."""
        compiler, statement = self._statement
        using = self._rows.db
        if self._rows.query.select_for_update and not connections[using].in_atomic_block:
            raise TransactionManagementError("A row is locked for a transaction, and there is none.")
        with connections[using].cursor() as cursor:
            statement.execute(cursor, values)
            found = cursor.fetchall()
        made, names, last, populators = [], *self._fields, self._populators(using)
        rows = compiler.apply_converters(found, self._converters) if self._converters else found
        for row in rows:
            one = self._rows.model.from_db(using, names, row[:last])
            for populator in populators:
                populator.populate(row, one)
            for name, place in compiler.annotation_col_map.items():
                setattr(one, name, row[place])
            made.append(one)
        return made

    @cached_property
    def _statement(self) -> tuple[SQLCompiler, OpenStatement]:
        compiler = self._rows.query.get_compiler(self._rows.db)
        return compiler, OpenStatement(*compiler.as_sql(), prepared=self._is_prepared)

    @cached_property
    def _fields(self) -> tuple[list[str], int]:
        """The names of the columns of the row itself, which come before those of its joins."""
        compiler = self._statement[0]
        own = compiler.klass_info["select_fields"]
        return [compiler.select[place][0].target.attname for place in own], len(own)

    @cached_property
    def _converters(self) -> dict[int, Any]:
        """What the fields make of the database's values, by the place of each."""
        compiler = self._statement[0]
        return dict(compiler.get_converters([column[0] for column in compiler.select]))

    def _populators(self, using: str) -> list[Any]:
        """What makes the joined rows, and tells them from which database they are."""
        if using not in self._kept:
            compiler = self._statement[0]
            self._kept[using] = list(get_related_populators(compiler.klass_info, compiler.select, using))  # type: ignore[call-arg]
        return self._kept[using]


class ComposedValues:
    """Rows of plain values (`values_list`), also of several kinds in a union."""

    def __init__(self, rows: QuerySet[Any, Any], *, prepared: bool = False) -> None:
        self._rows, self._is_prepared = rows, prepared

    def read(self, **values: Any) -> list[tuple[Any, ...]]:
        with connections[self._rows.db].cursor() as cursor:
            self._statement.execute(cursor, values)
            return list(cursor.fetchall())

    @cached_property
    def _statement(self) -> OpenStatement:
        return OpenStatement(*self._rows.query.sql_with_params(), prepared=self._is_prepared)


class ComposedUpdate:
    """One update of the rows of a queryset, as its `update(**fields)` would write it. For rows found by their keys."""

    def __init__(self, rows: QuerySet[Any], **fields: Any) -> None:
        self._rows, self._fields = rows, fields

    def write(self, **values: Any) -> int:
        """Answers how many rows changed."""
        with connections[self._using].cursor() as cursor:
            self._statement.execute(cursor, values)
            return int(cursor.rowcount)

    @property
    def _using(self) -> str:
        """Where the router has rows written, which is not where a report may read them."""
        return router.db_for_write(self._rows.model)

    @cached_property
    def _statement(self) -> OpenStatement:
        query = cast("UpdateQuery", self._rows.query.chain(UpdateQuery))
        query.add_update_values(self._fields)
        sql, params = query.get_compiler(self._using).as_sql()
        return OpenStatement(sql, params, prepared=True)


class ComposedInsert(Generic[M]):
    """New rows of one model, as `bulk_create` would write them. Nothing is asked back: we make their keys, or nobody
    needs them; what the database fills by itself (numbers, `db_default`) is left to it.
    """

    def __init__(self, model: type[M], *, ignore_conflicts: bool = False) -> None:
        self._model, self._ignore_conflicts = model, ignore_conflicts

    def write(self, rows: Iterable[M]) -> None:
        """All of them in one statement."""
        write_together((self, rows))

    def statement_of(self, made: Sequence[M]) -> tuple[str, list[Any]]:
        """The statement that writes these rows, and its values."""
        fields, head, row, tail = self._statement
        connection = connections[self.using]
        values = []
        for new in made:
            for field, kind in fields:
                value = getattr(new, field.attname)
                if kind is None or (value is not None and type(value) is not kind):
                    value = field.get_db_prep_save(field.pre_save(new, add=True), connection)
                values.append(value)
        return f"{head}{', '.join([row] * len(made))}{tail}", values

    @property
    def using(self) -> str:
        return router.db_for_write(self._model)

    @cached_property
    def _statement(self) -> tuple[list[tuple[Field[Any, Any], type | None]], str, str, str]:
        """The columns that we write, and the pieces of the statement: before the rows, one row, after them.

        With each column, the kind of value that goes out as it is: to have a field say so of each took longer than to
        write the row.
        """
        connection, meta = connections[self.using], self._model._meta
        quote, compiler = connection.ops.quote_name, InsertQuery(self._model).get_compiler(self.using)
        fields = [field for field in meta.concrete_fields if not _is_filled(field)]
        columns = ", ".join(quote(str(field.column)) for field in fields)
        placing = [getattr(field, "get_placeholder", None) for field in fields]  # of ranges and arrays alone
        places = ", ".join(compiler.field_as_sql(*pair, None)[0] for pair in zip(fields, placing, strict=True))
        tail = " ON CONFLICT DO NOTHING" if self._ignore_conflicts else ""
        head = f"INSERT INTO {quote(meta.db_table)} ({columns}) VALUES "  # noqa: S608 - names that the model has
        return [(field, _as_it_is(field)) for field in fields], head, f"({places})", tail


Batch = tuple[ComposedInsert[Any], Iterable[Any]]


def write_together(*batches: Batch) -> None:
    """New rows of several models, in this order and in one sending, instead of each to the database and back."""
    kept = [(insert, made) for insert, rows in batches if (made := list(rows))]
    if not kept:
        return
    using = kept[0][0].using  # what belongs together is in one database
    statements = [insert.statement_of(made) for insert, made in kept]
    with connections[using].cursor() as cursor:
        cursor.execute("; ".join(text for text, _ in statements), [one for _, values in statements for one in values])
    for _, made in kept:
        for new in made:
            new._state.adding, new._state.db = False, using


_AS_THEY_ARE: dict[type[Field[Any, Any]], type] = {
    BooleanField: bool,
    CharField: str,
    IntegerField: int,
    PositiveIntegerField: int,
    PositiveSmallIntegerField: int,
    SmallIntegerField: int,
    TextField: str,
    UUIDField: UUID,
}


def _as_it_is(field: Field[Any, Any]) -> type | None:
    """What Python holds for such a field and the driver takes unchanged, as it does None; of others the field knows."""
    return _AS_THEY_ARE.get(type(field.target_field if isinstance(field, ForeignKey) else field))


def _is_filled(field: Field[Any, Any]) -> bool:
    """Whether the database makes the value."""
    return field.generated or field.has_db_default() or isinstance(field, AutoField)
