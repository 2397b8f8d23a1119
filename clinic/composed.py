"""A query with its joins, composed when it is first asked and from then on only sent.

To compose the read of an infusion with all that stands beside it costs ten times what it costs to answer it. What is
asked at every press is written as any queryset, with `Given("infusion")` where a value will stand (clinic.gathering).
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, Generic, TypeVar, cast

from django.db import connections, router
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators
from django.db.models.sql import UpdateQuery
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

from clinic.gathering import bound

M = TypeVar("M", bound=Model)


class Composed(Generic[M]):
    """One query of one model, with what it joins (`select_related`) and whether it locks."""

    def __init__(self, rows: QuerySet[M]) -> None:
        self._rows = rows

    def first(self, **values: Any) -> M | None:
        """The first row, with the values that were left open."""
        return next(iter(self.read(**values)), None)

    def read(self, **values: Any) -> list[M]:
        """Every row, as the queryset would give it."""
        compiler, sql, params = self._statement
        using = self._rows.db
        if self._rows.query.select_for_update and not connections[using].in_atomic_block:
            raise TransactionManagementError("A row is locked for a transaction, and there is none.")
        with connections[using].cursor() as cursor:
            cursor.execute(sql, bound(params, values))
            found = cursor.fetchall()
        made, names, last, populators = [], *self._fields, self._populators
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
    def _statement(self) -> tuple[SQLCompiler, str, tuple[Any, ...]]:
        compiler = self._rows.query.get_compiler(self._rows.db)
        return compiler, *compiler.as_sql()

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

    @cached_property
    def _populators(self) -> list[Any]:
        """What makes the joined rows."""
        compiler = self._statement[0]
        return list(get_related_populators(compiler.klass_info, compiler.select, self._rows.db))  # type: ignore[call-arg]


class ComposedValues:
    """Rows of plain values (`values_list`), also of several kinds in a union."""

    def __init__(self, rows: QuerySet[Any, Any]) -> None:
        self._rows = rows

    def read(self, **values: Any) -> list[tuple[Any, ...]]:
        sql, params = self._statement
        with connections[self._rows.db].cursor() as cursor:
            cursor.execute(sql, bound(params, values))
            return list(cursor.fetchall())

    @cached_property
    def _statement(self) -> tuple[str, tuple[Any, ...]]:
        return self._rows.query.sql_with_params()


class ComposedUpdate:
    """One update of the rows of a queryset, as its `update(**fields)` would write it."""

    def __init__(self, rows: QuerySet[Any], **fields: Any) -> None:
        self._rows, self._fields = rows, fields

    def write(self, **values: Any) -> int:
        """Answers how many rows changed."""
        sql, params = self._statement
        with connections[self._using].cursor() as cursor:
            cursor.execute(sql, bound(params, values))
            return int(cursor.rowcount)

    @property
    def _using(self) -> str:
        """Where the router has rows written, which is not where a report may read them."""
        return router.db_for_write(self._rows.model)

    @cached_property
    def _statement(self) -> tuple[str, tuple[Any, ...]]:
        query = cast("UpdateQuery", self._rows.query.chain(UpdateQuery))
        query.add_update_values(self._fields)
        sql, params = query.get_compiler(self._using).as_sql()
        return sql, tuple(params)
