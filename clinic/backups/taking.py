"""Taking a backup: figures and dump out of one snapshot, streamed into the encrypted file."""

from __future__ import annotations

import json
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection, transaction

from clinic import clock, heartbeats
from clinic.backups import container, inventory, rotation
from clinic.backups.inventory import SESSIONS
from clinic.backups.programs import environment, program
from clinic.runtime.problems import Trouble

BEAT = "backup"


@dataclass(frozen=True)
class Taken:
    path: Path
    tables: int
    rows: int
    size: int


def take(directory: Path) -> Taken:
    """Write a backup into the directory. A file that is not whole never gets the name of one. Raises Trouble."""
    ring = container.keys(settings.BACKUP_KEYS)
    if not ring:
        raise Trouble('Set BACKUP_KEYS first: echo "b1:$(openssl rand -base64 32)". Keep it apart from the backups.')
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = directory / rotation.name_of(clock.now())
    unfinished = path.with_suffix(".part")
    try:
        with unfinished.open("xb") as file:
            unfinished.chmod(0o600)
            held = _write(file, ring)
            file.flush()
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    unfinished.rename(path)
    heartbeats.beat(BEAT)
    rows = sum(table.rows for table in held.tables.values())
    return Taken(path, len(held.tables), rows, path.stat().st_size)


def _write(file: IO[bytes], ring: dict[str, bytes]) -> inventory.Inventory:
    """What is counted and what is dumped is the state of one moment, however much is written meanwhile."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        held = inventory.take(connection)
        writer = container.Writer(file, ring)
        writer.write(_front(held, clock.now()))
        _dump(writer, snapshot)
        writer.close()
    return held


def _front(held: inventory.Inventory, made: datetime) -> bytes:
    """The figures, with their length before them."""
    said = json.dumps({"made_at": made.isoformat(), **held.as_json()}).encode()
    return len(said).to_bytes(8, "big") + said


def _dump(writer: container.Writer, snapshot: str) -> None:
    command = [
        program("pg_dump"), "--format=custom", "--no-owner", "--no-privileges", "--lock-wait-timeout=60000",
        f"--snapshot={snapshot}", f"--exclude-table-data={SESSIONS}",
    ]  # fmt: skip
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=said, env=environment(connection.settings_dict)
        ) as running:
            assert running.stdout
            while content := running.stdout.read(container.PIECE):
                writer.write(content)
        if running.returncode:
            said.seek(0)
            raise Trouble(f"pg_dump failed:\n{said.read().decode(errors='replace')[-2000:]}")
