"""Servers for one test session: made for it, gone with it, however it ends."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from pathlib import Path

from clinic.runtime.inprocess import remove_at_exit, start_here
from clinic.runtime.places import Places
from clinic.runtime.template import template_for

PREFIX = "evenkeel-test-"
# Open for as long as the session lives; its lock tells other sessions that the directory is in use.
_held: list[int] = []


def serve_tests() -> None:
    """Give this process, and the workers it will start, a database and a broker; set the environment for them.

    Servers that the environment already names are used as they are. Called while conftest.py is imported, since
    Django's settings read the environment once.
    """
    os.environ.setdefault("EVENKEEL_MODE", "test")
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        return
    sweep()
    places = Places(Path(tempfile.mkdtemp(prefix=PREFIX)))
    _held.append(lock(places.var))
    remove_at_exit(places, remove)
    if not os.environ.get("DATABASE_URL") and (template := template_for(places)):
        os.environ["EVENKEEL_TEST_TEMPLATE"] = template
    os.environ.update(start_here(places, durable=False))


def remove(var: Path) -> None:
    """Remove a session's data and the directory of its sockets."""
    shutil.rmtree(Places(var).sockets, ignore_errors=True)
    shutil.rmtree(var, ignore_errors=True)


def lock(var: Path) -> int:
    """Hold the directory for this session; the kernel lets go when the process ends, in whatever way."""
    descriptor = os.open(var / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise
    return descriptor


def sweep() -> None:
    """Remove what killed sessions of ours left. Their servers died with them."""
    for var in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            if var.stat().st_uid == os.geteuid() and time.time() - var.stat().st_mtime > 60:
                os.close(lock(var))
                remove(var)
        except OSError:
            continue
