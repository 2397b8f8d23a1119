"""A migrated database, kept between test sessions.

To replay all migrations costs ten to twenty seconds of a processor, for each session and each of its workers. So the
cluster of the first session after a change of a migration is kept, and later ones start from a copy of it; Django makes
each test database with `CREATE DATABASE … TEMPLATE`, and finds nothing left to migrate.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from clinic.runtime.places import PROJECT, Places, private_directory
from clinic.runtime.postgres import DATABASE, Postgres

TEMPLATE = "evenkeel_template"
KEPT = 3


def template_for(places: Places) -> str | None:
    """Put a migrated cluster into the session's places: a kept one, or one made now. None if it can't be migrated."""
    name = fingerprint()
    kept = cache() / name
    with alone(name):
        if kept.is_dir():
            os.utime(kept)
            copy(kept, places.var)
            return TEMPLATE
        if not make(places):
            return None
        fresh = Path(tempfile.mkdtemp(dir=cache()))
        copy(places.var, fresh)
        fresh.rename(kept)
        forget_old()
    return TEMPLATE


def fingerprint() -> str:
    """Changes when the migrated database would: with a migration, with the triggers' code, with a package."""
    digest = hashlib.sha256()
    sources = [*PROJECT.glob("*/migrations/*.py"), PROJECT / "clinic/history.py", PROJECT / "requirements.txt"]
    for path in sorted(sources):
        digest.update(str(path.relative_to(PROJECT)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def cache() -> Path:
    """A private directory for this user's kept clusters."""
    return private_directory(Path(tempfile.gettempdir()) / f"evenkeel-kept-{os.geteuid()}")


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Let one session make a template while others wait for it."""
    descriptor = os.open(cache() / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def make(places: Places) -> bool:
    """Migrate a new cluster and stop it. If that fails the tests themselves will say why."""
    postgres = Postgres(places, durable=False)
    server = postgres.start(subprocess.DEVNULL)
    try:
        while not postgres.is_ready():
            time.sleep(0.02)
            if server.poll() is not None:
                return False
        postgres.complete()
        if not migrate(postgres.url):
            return False
        with closing(postgres.connect()) as connection:
            connection.autocommit = True
            connection.cursor().execute(f"ALTER DATABASE {DATABASE} RENAME TO {TEMPLATE}")
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=30)
    return True


def migrate(url: str) -> bool:
    """Run the migrations in a process of its own, since Django's settings are read once."""
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "clinic.settings"}
    command = [sys.executable, "manage.py", "migrate", "--no-input", "--skip-checks", "--verbosity", "0"]
    return subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, check=False).returncode == 0


def forget_old() -> None:
    """Keep the last few clusters: two branches under work, say."""
    clusters = sorted((path for path in cache().iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime)
    for path in clusters[:-KEPT]:
        shutil.rmtree(path, ignore_errors=True)
        path.with_suffix(".lock").unlink(missing_ok=True)


def copy(source: Path, target: Path) -> None:
    """Copy a stopped cluster and its passwords, with their owners."""
    for part in ("secrets", "pg"):
        subprocess.run(["cp", "-a", "--reflink=auto", str(source / part), str(target)], check=True)
