"""Reports and exports read from a replica of the database, where there is one (`REPLICA_DATABASE_URL`).

What is read there is never older than the question: the replica is asked first whether it holds all that was committed
until now, and given a moment to get there. If it lags longer, is gone, or breaks the reading off, the database itself
is read: a report may cost more than it should, but it does not lie. Nothing is ever written there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic, sleep
from typing import Any, TypeVar

from django.conf import settings
from django.db import (
    DEFAULT_DB_ALIAS,
    InterfaceError,
    OperationalError,
    connection,
    connections,
    models,
    transaction,
)

log = logging.getLogger("evenkeel.replica")

ALIAS = "replica"
POLL_SECONDS = 0.05
_reading: ContextVar[bool] = ContextVar("reading from the replica", default=False)
Answer = TypeVar("Answer")


class Router:
    """Sends what `read` reads to the replica, and all else to the database.

    It never answers None: Django would then read on where a row came from, and write there too.
    """

    def db_for_read(self, model: type[models.Model], **hints: Any) -> str:
        return ALIAS if _reading.get() else DEFAULT_DB_ALIAS

    def db_for_write(self, model: type[models.Model], **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: models.Model, other: models.Model, **hints: Any) -> bool:
        return True  # the same row, read from either

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS


def read(work: Callable[[], Answer]) -> Answer:
    """What `work` answers, read from the replica in one snapshot if it holds all that is committed now.

    `work` may be called twice, so it writes nothing but how far it is.
    """
    if not _may_be_asked():
        return work()
    try:
        if _has_caught_up():
            with _from_replica():
                return work()
        log.warning("the replica lags by more than %s s: the database itself is read", settings.REPLICA_PATIENCE)
    except (OperationalError, InterfaceError) as trouble:
        log.warning("the replica can't be read (%s): the database itself is", type(trouble).__name__)
    return work()


def _may_be_asked() -> bool:
    """Within a transaction, what it has written so far is nowhere else yet."""
    return ALIAS in connections.databases and not _reading.get() and not connection.in_atomic_block


def _has_caught_up() -> bool:
    """Whether the replica has replayed, within our patience, all that the database has on its disk now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_flush_lsn()")
        now = cursor.fetchone()[0]
    ends = monotonic() + settings.REPLICA_PATIENCE
    with connections[ALIAS].cursor() as cursor:
        while True:
            # One that was promoted recovers nothing any more, and lacks nothing that it could still get.
            cursor.execute("SELECT NOT pg_is_in_recovery() OR pg_last_wal_replay_lsn() >= %s::pg_lsn", [now])
            if cursor.fetchone()[0]:
                return True
            if monotonic() > ends:
                return False
            sleep(POLL_SECONDS)


@contextmanager
def _from_replica() -> Iterator[None]:
    mark = _reading.set(True)
    try:
        with transaction.atomic(using=ALIAS):
            yield
    finally:
        _reading.reset(mark)
