"""Servers that live exactly as long as this process: for a test session, for a single command."""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from clinic.runtime.output import open_log, tail
from clinic.runtime.places import Places, private_directory
from clinic.runtime.postgres import Postgres
from clinic.runtime.problems import Trouble
from clinic.runtime.valkey import Valkey


def start_here(places: Places, *, durable: bool) -> dict[str, str]:
    """Start the servers the environment does not name, and return the addresses of those.

    They stop when Python exits; if it is killed the kernel stops them. Forked copies of this process leave them alone.
    """
    private_directory(places.logs)
    urls: dict[str, str] = {}
    if not os.environ.get("DATABASE_URL"):
        postgres = Postgres(places, durable=durable)
        _start("postgres", postgres.start, postgres.is_ready, signal.SIGINT, places)
        postgres.complete()
        urls["DATABASE_URL"] = postgres.url
    if not os.environ.get("REDIS_URL"):
        valkey = Valkey(places, durable=durable)
        _start("valkey", valkey.start, valkey.is_ready, signal.SIGTERM, places)
        urls["REDIS_URL"] = valkey.url
    return urls


def _start(
    name: str,
    launch: Callable[..., subprocess.Popen[bytes]],
    ready: Callable[[], bool],
    stop_signal: signal.Signals,
    places: Places,
) -> None:
    log = places.logs / f"{name}.log"
    with open_log(log) as output:
        process = launch(output)
    me = os.getpid()
    atexit.register(lambda: _stop(process, stop_signal) if os.getpid() == me else None)
    until = time.monotonic() + 60
    while not ready():
        if process.poll() is not None or time.monotonic() > until:
            raise Trouble(f"{name} did not start. The end of its log:\n{tail(log)}")
        time.sleep(0.02)


def _stop(process: subprocess.Popen[bytes], stop_signal: signal.Signals) -> None:
    process.send_signal(stop_signal)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def remove_at_exit(places: Places, remove: Callable[[Path], None]) -> None:
    """Register before the servers start, so that it runs after they have stopped."""
    me = os.getpid()
    atexit.register(lambda: remove(places.var) if os.getpid() == me else None)
