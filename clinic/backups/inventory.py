"""What a database holds, in figures that must come out the same after a restore."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

SESSIONS = "django_session"  # who was signed in is not brought back


@dataclass(frozen=True)
class Table:
    rows: int
    checksum: str


@dataclass(frozen=True)
class Inventory:
    """Rows and a checksum of each table; the last migrations; the ends of the chains that seal the history."""

    tables: dict[str, Table]
    migrations: dict[str, str]
    chain: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> Inventory:
        tables = {name: Table(**each) for name, each in said["tables"].items()}
        return cls(tables, said["migrations"], said["chain"])


def take(connection: BaseDatabaseWrapper) -> Inventory:
    """Look through every table, in the transaction that the caller holds."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TimeZone = 'UTC'")
        cursor.execute("SET LOCAL extra_float_digits = 1")
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        names = [name for (name,) in cursor.fetchall() if name != SESSIONS]
        tables = {name: _table(cursor, name) for name in names}
        cursor.execute("SELECT app, max(name) FROM django_migrations GROUP BY app")
        migrations = dict(cursor.fetchall())
        cursor.execute(
            'SELECT DISTINCT ON ("table") "table", digest FROM clinic_historyseal ORDER BY "table", last_id DESC'
        )
        return Inventory(tables, migrations, dict(cursor.fetchall()))


def _table(cursor: Any, name: str) -> Table:
    """A sum over the digests of the rows: the order in which they lie on the disk does not count."""
    digests = "sum(('x' || left(md5(t::text), 16))::bit(64)::bigint::numeric)"
    cursor.execute(f'SELECT count(*), coalesce({digests}, 0)::text FROM "{name}" t')  # noqa: S608 - from the catalogue
    rows, checksum = cursor.fetchone()
    return Table(rows, checksum)


def differences(wanted: Inventory, found: Inventory) -> list[str]:
    """A sentence for each thing that is not as it was."""
    said = []
    for name in sorted(set(wanted.tables) | set(found.tables)):
        before, after = wanted.tables.get(name), found.tables.get(name)
        if before is None or after is None:
            said.append(f"{name}: {'is not in the backup' if before is None else 'is missing'}")
        elif before.rows != after.rows:
            said.append(f"{name}: {after.rows} rows instead of {before.rows}")
        elif before.checksum != after.checksum:
            said.append(f"{name}: the rows are not the same")
    if wanted.migrations != found.migrations:
        said.append("The migrations are not the same.")
    if wanted.chain != found.chain:
        said.append("The chain that seals the history does not end as it did.")
    return said
