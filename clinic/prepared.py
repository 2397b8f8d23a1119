"""Statements that the database takes apart and plans once a connection, and not at every press.

psycopg2 sends finished text, which PostgreSQL plans anew each time; for a read of one key with its joins that takes
longer than the read. Hand a cursor the text of a `Statement` with its `values`, and it sends PREPARE the first time and
EXECUTE from then on. Nobody above the cursor sees a difference: what logs, counts or wraps queries meets the whole
statement.

What is fixed stands in the prepared text as it is, so that partial indexes hold. One plan serves all values (ONE_PLAN
in the settings). So this is for reads by a key: what reads a day of a site is better planned for its values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from secrets import token_hex
from typing import Any
from uuid import UUID

from psycopg2.errors import FeatureNotSupported, InvalidSqlStatementName
from psycopg2.extensions import TRANSACTION_STATUS_IDLE, AsIs, connection, cursor

# The types that values have as psycopg2 writes them. Of any other value the place in the statement says the type.
_TYPES: dict[type, str] = {
    UUID: "uuid",
    datetime: "timestamptz",
    date: "date",
    timedelta: "interval",
    Decimal: "numeric",
    float: "numeric",
}
# A column has another type than when it was prepared; or a pooler gave this session's place to another.
_OUTLIVED = (FeatureNotSupported, InvalidSqlStatementName)
_PLACES = re.compile(r"%\((\w+)\)s")


class Statement:
    """A text with places `%(name)s`, of which some hold the same value whenever it is sent."""

    def __init__(self, text: str, fixed: Mapping[str, Any] | None = None) -> None:
        self.text, self.fixed = text, dict(fixed or {})
        self.open = tuple(name for name in dict.fromkeys(_PLACES.findall(text)) if name not in self.fixed)

    def values(self, **given: Any) -> Values:
        """What to execute the text with."""
        return Values(self, given)


class Values(dict[str, Any]):
    """The values of one sending, and the statement they are for."""

    def __init__(self, statement: Statement, given: Mapping[str, Any]) -> None:
        super().__init__(statement.fixed, **given)
        self.statement = statement

    @property
    def types(self) -> str:
        """Of the open places, as PREPARE wants them."""
        return ", ".join([_TYPES.get(type(self[name]), "unknown") for name in self.statement.open])


class Connection(connection):
    """A connection that knows what it has prepared. A rollback takes none of it back, closing takes all."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.prepared: dict[tuple[Statement, str], str] = {}
        # One that failed half way may have left its name behind; and no two connections say the same name, or behind a
        # pooler one might be answered by what the other has prepared.
        token = token_hex(8)
        self.names = (f"kept_{token}_{number}" for number in count(1))


class Cursor(cursor):
    """Sends whole statements as they are, and those with `Values` by the name under which they are prepared."""

    _whole: tuple[str, Values] | None = None

    def execute(self, query: str, values: Any = None) -> None:
        if not isinstance(values, Values):
            self._whole = None
            super().execute(query, values)
            return
        self._whole = query, values
        statement = values.statement
        before = query.removesuffix(statement.text)  # with what pghistory says first of who writes
        key = statement, values.types
        if name := self.connection.prepared.get(key):
            try:
                super().execute(before + _execute(name, statement), values)
                return
            except _OUTLIVED:
                del self.connection.prepared[key]
                if self.connection.info.transaction_status != TRANSACTION_STATUS_IDLE:
                    raise  # the transaction has failed; the next one prepares it anew
        name = next(self.connection.names)
        super().execute(before + self._prepare(name, values) + _execute(name, statement), values)
        self.connection.prepared[key] = name

    def _prepare(self, name: str, values: Values) -> str:
        statement = values.statement
        places = {place: AsIs(f"${number}") for number, place in enumerate(statement.open, 1)}
        text = self.mogrify(statement.text, {**values, **places}).decode().replace("%", "%%")
        return f"PREPARE {name} {_list(values.types)} AS {text}; "

    @property
    def query(self) -> bytes | None:
        """What was sent last, whole, for the log of queries."""
        whole: bytes | None = self.mogrify(*self._whole) if self._whole else super().query
        return whole


def _execute(name: str, statement: Statement) -> str:
    return f"EXECUTE {name} {_list(', '.join([f'%({place})s' for place in statement.open]))}"


def _list(of: str) -> str:
    return f"({of})" if of else ""


DRIVER = {"connection_factory": Connection, "cursor_factory": Cursor}
"""For OPTIONS in settings.DATABASES."""
