"""The chain that proves the history whole.

Rows of a history table get a digest in the order of their ids, each seal including the one before it; one changed,
removed or inserted row breaks the chain from there on. Sealing comes after the fact, in a task, so that no writer
waits for a lock. Only rows older than every running transaction are sealed: none can still appear below them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.apps import apps
from django.db import connection, transaction

from clinic.models import HistorySeal, ReadEvent

BATCH = 5000
_LOCK = 7_204_002
_START = "0" * 64


def audited_tables() -> Iterator[tuple[str, str]]:
    """Each audited table with its history table."""
    for model in apps.get_models():
        tracked = getattr(model, "pgh_tracked_model", None)
        if tracked is not None:
            yield tracked._meta.db_table, model._meta.db_table


def _sealed_tables() -> Iterator[tuple[str, str, str]]:
    """History tables with their id and time columns; the read log is one of them."""
    for _, history in audited_tables():
        yield history, "pgh_id", "pgh_created_at"
    yield ReadEvent._meta.db_table, "id", "at"


def seal() -> int:
    """Seal what is old enough. Answers how many rows were sealed. A second sealer leaves at once."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(
            "SELECT coalesce(min(xact_start), now()) FROM pg_stat_activity"
            " WHERE datname = current_database() AND xact_start IS NOT NULL AND pid <> pg_backend_pid()"
        )
        horizon = cursor.fetchone()[0]
        return sum(_seal_table(*columns, horizon) for columns in _sealed_tables())


def _seal_table(table: str, key: str, at: str, horizon: datetime) -> int:
    sealed = 0
    while True:
        last = HistorySeal.objects.filter(table=table).order_by("-last_id").first()
        after, before = (last.last_id, last.digest) if last else (None, _START)
        columns = _columns(table)
        digest, first, final, count = _digest(
            table, key, columns, f'"{at}" < least(%s, now()){_above(key, after)}', [horizon], before
        )
        if not count:
            return sealed
        HistorySeal.objects.create(
            table=table, columns=columns, first_id=first, last_id=final, rows=count, digest=digest
        )
        sealed += count
        if count < BATCH:
            return sealed


def _above(key: str, below: int | None) -> str:
    """Of the rows after a seal; before the first one there is no number that is too low for a forged row."""
    return "" if below is None else f' AND "{key}" > {below:d}'


def _columns(table: str) -> list[str]:
    """The table's columns as they stand now: a migration may add one later, and older seals must still hold."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(attname::text ORDER BY attnum) FROM pg_attribute"
            " WHERE attrelid = quote_ident(%s)::regclass AND attnum > 0 AND NOT attisdropped",
            [table],
        )
        return list(cursor.fetchone()[0])


def _digest(
    table: str, key: str, columns: list[str], where: str, values: list[int | datetime], before: str
) -> tuple[str, int, int, int]:
    """The digest over the next rows, chained to `before`; with the first and last id and the number of rows."""
    line = "ROW({})::text".format(", ".join(f't."{name}"' for name in columns))
    with connection.cursor() as cursor:
        cursor.execute(  # Names come from the models; values are bound.
            "SELECT encode(sha256(convert_to("  # noqa: S608
            "%s || coalesce(string_agg(line, E'\\n' ORDER BY id), ''), 'UTF8')), 'hex'),"
            " coalesce(min(id), 0), coalesce(max(id), 0), count(*) FROM ("
            f'SELECT "{key}" AS id, {line} AS line FROM "{table}" t WHERE {where}'
            f' ORDER BY "{key}" LIMIT {BATCH}) rows',
            [before, *values],
        )
        digest, first, final, count = cursor.fetchone()
    return str(digest), int(first), int(final), int(count)


def broken_links() -> list[str]:
    """Every seal that no longer fits its rows, and every row that slipped below a seal."""
    broken: list[str] = []
    links: dict[str, list[HistorySeal]] = {}
    for link in HistorySeal.objects.order_by("table", "last_id"):
        links.setdefault(link.table, []).append(link)
    for table, key, _ in _sealed_tables():
        if table in links:
            broken += _broken_in(table, key, links[table])
    return broken


def _broken_in(table: str, key: str, links: list[HistorySeal]) -> Iterator[str]:
    """The first seal of a table that no longer fits: those after it are chained to it."""
    before, below, here = _START, None, set(_columns(table))
    for link in links:
        if gone := set(link.columns) - here:
            yield f"{table}: the column {min(gone)} was sealed and is gone"
            return
        digest, _first, _last, count = _digest(
            table, key, link.columns, f'"{key}" <= %s{_above(key, below)}', [link.last_id], before
        )
        if (digest, count) != (link.digest, link.rows):
            yield f"{table}: rows {link.first_id} to {link.last_id} are not what was sealed"
            return
        before, below = link.digest, link.last_id
