"""The way back: into a fresh database, which is compared with the figures in the backup before anybody trusts it."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from psycopg2 import sql

from clinic import sealing
from clinic.backups import container, inventory
from clinic.backups.inventory import Inventory
from clinic.backups.programs import environment, program
from clinic.runtime.problems import Trouble

NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")


@dataclass(frozen=True)
class Restored:
    """What came back; `wrong` is empty when it is what was backed up, and its history is whole."""

    database: str
    made_at: str
    tables: int
    rows: int
    wrong: list[str]


def restore(path: Path, *, into: str) -> Restored:
    """Make the database `into`, fill it, and compare. One that is there already is left alone. Raises Trouble."""
    if not NAME.fullmatch(into):
        raise Trouble("A database’s name has lower-case letters, digits and underscores only.")
    with path.open("rb") as file:
        content = container.pieces(file, container.keys(settings.BACKUP_KEYS))
        try:
            made_at, wanted, content = _front(content)
            _create(into)
            _fill(into, content)
        except container.Unreadable as broken:
            raise Trouble(str(broken)) from broken
    wrong = _compare(into, wanted)
    rows = sum(table.rows for table in wanted.tables.values())
    return Restored(into, made_at, len(wanted.tables), rows, wrong)


def drop(name: str) -> None:
    """Take a database of a drill away again."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _front(content: Iterator[bytes]) -> tuple[str, Inventory, Iterator[bytes]]:
    """The figures, and the content behind them."""
    waiting = bytearray()
    for piece in content:
        waiting += piece
        length = int.from_bytes(waiting[:8], "big")
        if len(waiting) >= 8 + length:
            said = json.loads(waiting[8 : 8 + length])
            rest = bytes(waiting[8 + length :])
            return said["made_at"], Inventory.from_json(said), chain([rest], content)
    raise container.Unreadable("This backup ends before its figures do.")


def _create(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone():
            raise Trouble(f"There is a database “{name}” already. Choose another name; nothing was changed.")
        cursor.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))


def _fill(name: str, content: Iterator[bytes]) -> None:
    command = [
        program("pg_restore"), "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction",
        f"--dbname={name}",
    ]  # fmt: skip
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said,
            env=environment(connection.settings_dict, name),
        ) as running:  # fmt: skip
            assert running.stdin
            try:
                for piece in content:
                    running.stdin.write(piece)
                running.stdin.close()
            except BrokenPipeError:
                pass  # it says why, below
            except container.Unreadable:
                running.kill()
                raise
        if running.returncode:
            said.seek(0)
            raise Trouble(f"pg_restore failed:\n{said.read().decode(errors='replace')[-2000:]}")


def _compare(name: str, wanted: Inventory) -> list[str]:
    """Rows, checksums and the chain, and the chain computed anew from what came back."""
    with _working_in(name):
        with transaction.atomic():
            wrong = inventory.differences(wanted, inventory.take(connection))
        return wrong + sealing.broken_links()


@contextmanager
def _working_in(name: str) -> Iterator[None]:
    """Let this process speak with another database of the same server for a while."""
    own = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own
