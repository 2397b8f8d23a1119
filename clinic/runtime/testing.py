"""Servers for one test session: made for it, gone with it, however it ends."""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from clinic.runtime.places import Places
from clinic.runtime.postgres import Postgres
from clinic.runtime.problems import Trouble
from clinic.runtime.valkey import Valkey

PREFIX = "evenkeel-test-"
# Open for as long as the session lives; its lock tells other sessions that the directory is in use.
_held: list[int] = []


def serve_tests() -> None:
    """Give this process, and the workers it will start, a database and a broker; set the environment for them.

    Servers that the environment already names are used as they are. Called while conftest.py is imported, since
    Django's settings read the environment once.
    """
    os.environ.setdefault("EVENKEEL_MODE", "test")
    wanted = {"DATABASE_URL", "REDIS_URL"} - os.environ.keys()
    if not wanted:
        return
    sweep()
    var = Path(tempfile.mkdtemp(prefix=PREFIX))
    _held.append(lock(var))
    places = Places(var)
    running: list[tuple[subprocess.Popen[bytes], signal.Signals]] = []
    me = os.getpid()
    atexit.register(lambda: clear(var, running) if os.getpid() == me else None)
    log = (var / "servers.log").open("wb")
    if "DATABASE_URL" in wanted:
        postgres = Postgres(places, durable=False)
        running.append((postgres.start(log), signal.SIGINT))
        wait_until(postgres.is_ready, running[-1][0], log=Path(log.name))
        postgres.complete()
        os.environ["DATABASE_URL"] = postgres.url
    if "REDIS_URL" in wanted:
        valkey = Valkey(places, durable=False)
        running.append((valkey.start(log), signal.SIGTERM))
        wait_until(valkey.is_ready, running[-1][0], log=Path(log.name))
        os.environ["REDIS_URL"] = valkey.url


def wait_until(
    ready: Callable[[], bool], process: subprocess.Popen[bytes], *, log: Path | None = None, seconds: float = 60
) -> None:
    """Wait for a server to answer; say why if it ends instead."""
    until = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None or time.monotonic() > until:
            raise Trouble("A server did not start.\n" + (log.read_text(errors="replace")[-4000:] if log else ""))
        time.sleep(0.02)


def clear(var: Path, running: list[tuple[subprocess.Popen[bytes], signal.Signals]]) -> None:
    """Stop what was started and remove its data."""
    for process, number in reversed(running):
        process.send_signal(number)
    for process, _ in running:
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
    remove(var)


def remove(var: Path) -> None:
    """Remove a session's data and the directory of its sockets."""
    shutil.rmtree(Places(var).sockets, ignore_errors=True)
    shutil.rmtree(var, ignore_errors=True)


def lock(var: Path) -> int:
    """Hold the directory for this session; the kernel lets go when the process ends, in whatever way."""
    descriptor = os.open(var / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
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
