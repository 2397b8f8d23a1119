"""Many rows at once: lines for COPY, tables without their indexes meanwhile, and the history of what came in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from io import StringIO
from multiprocessing import get_context
from typing import Any

from django.db import connection, models

from clinic import sealing

NULL = r"\N"
FLUSH = 20_000
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
Job = tuple[Callable[..., None], tuple[Any, ...]]


def cell(value: object) -> str:
    """One value as COPY reads it."""
    if value is None:
        return NULL
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, list):
        return "{" + ",".join(f'"{cell(one)}"' for one in value) + "}"
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False).translate(_ESCAPES)
    return str(value).translate(_ESCAPES)


class Sheet:
    """Rows of one table on their way in. What is `varying` is given with each row, in that order, as COPY reads it;
    what is the `same` for all, and the defaults of the model, are written into the line once for all.
    """

    def __init__(self, model: type[models.Model], *varying: str, **same: object) -> None:
        columns, cells = [], []
        for field in model._meta.concrete_fields:
            name = field.attname
            if name not in varying and name not in same and _is_made_by_database(field):
                continue
            columns.append(f'"{field.column}"')
            if name in varying:
                cells.append(f"{{{varying.index(name)}}}")
            else:
                value = same[name] if name in same else field.get_default()
                cells.append(cell(value).replace("{", "{{").replace("}", "}}"))
        unknown = {*varying, *same} - {field.attname for field in model._meta.concrete_fields}
        if unknown:
            raise ValueError(f"{model.__name__} has no {', '.join(sorted(unknown))}.")
        self.command = f'COPY "{model._meta.db_table}" ({", ".join(columns)}) FROM STDIN'
        self._line = ("\t".join(cells) + "\n").format
        self._lines: list[str] = []

    def add(self, *values: object) -> None:
        self._lines.append(self._line(*values))
        if len(self._lines) >= FLUSH:
            self.flush()

    def flush(self) -> None:
        if self._lines:
            with connection.cursor() as cursor:
                cursor.copy_expert(self.command, StringIO("".join(self._lines)))
            self._lines.clear()


def _is_made_by_database(field: Any) -> bool:
    return isinstance(field, models.AutoField | models.BigAutoField) or field.has_db_default()


def flush(*sheets: Sheet) -> None:
    for sheet in sheets:
        sheet.flush()


def trusting() -> None:
    """On this connection no trigger runs and no reference is followed: what comes in is known to be whole, and
    `manage.py verify_integrity` looks at it afterwards. Only a superuser may say so, as the embedded server's owner is.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET synchronous_commit = off")
        cursor.execute("SET maintenance_work_mem = '256MB'")


def side_by_side(jobs: Iterable[Job], *, processes: int) -> None:
    """Do several things at once, each in a process with a connection of its own; one process does them itself.

    Raises what one of them raised.
    """
    if processes == 1:
        for work, arguments in jobs:
            work(*arguments)
        return
    connection.close()
    with ProcessPoolExecutor(processes, mp_context=get_context("fork"), initializer=trusting) as pool:
        for done in [pool.submit(work, *arguments) for work, arguments in jobs]:
            done.result()


@contextmanager
def untouched() -> Iterator[None]:
    """On this connection no trigger runs meanwhile: for rows that nobody has to answer for."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        yield
        cursor.execute("RESET session_replication_role")


Definition = tuple[str, str]
"""How an index or a constraint is dropped, and how it is made again."""


@contextmanager
def without_indexes(tables: Iterable[str], *, processes: int) -> Iterator[None]:
    """Drop what has to be kept in order with each row, and make it again once, when all of them are there."""
    kept = [one for table in tables for one in _definitions(table)]
    with connection.cursor() as cursor:
        for drop, _ in kept:
            cursor.execute(drop)
    yield
    side_by_side([(_run, (make,)) for _, make in kept], processes=processes)


def _definitions(table: str) -> list[Definition]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = %s::regclass AND contype IN ('u', 'x') ORDER BY conname",
            [table],
        )
        constraints = [
            (f'ALTER TABLE "{table}" DROP CONSTRAINT {name}', f'ALTER TABLE "{table}" ADD CONSTRAINT {name} {words}')
            for name, words in cursor.fetchall()
        ]
        cursor.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index i"
            " WHERE indrelid = %s::regclass AND NOT indisprimary"
            " AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid AND contype IN ('u', 'x'))"
            " ORDER BY 1",
            [table],
        )
        return [*constraints, *((f"DROP INDEX {name}", words) for name, words in cursor.fetchall())]


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def history_of(models_: Iterable[type[models.Model]]) -> list[tuple[str, str]]:
    """The audited tables among these, each with its history."""
    wanted = {model._meta.db_table for model in models_}
    return [pair for pair in sealing.audited_tables() if pair[0] in wanted]


def keep_history(table: str, history: str) -> None:
    """The line that the trigger would have left for each row that came in."""
    with connection.cursor() as cursor:
        columns = [column.name for column in connection.introspection.get_table_description(cursor, history)]
        names = ", ".join(f'"{name}"' for name in columns if not name.startswith("pgh_"))
        cursor.execute(
            f'INSERT INTO "{history}" (pgh_created_at, pgh_label, pgh_obj_id, pgh_context, {names})'  # noqa: S608
            f""" SELECT now() - interval '1 hour', 'insert', id, '{{"source": "bench"}}', {names} FROM "{table}" """
        )
