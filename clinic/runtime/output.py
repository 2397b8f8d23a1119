"""What the terminal shows, and where the rest is written."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO

LOG_LIMIT = 10_000_000


def say(text: str) -> None:
    """Print a line at once. A terminal that has gone away is no reason to stop a clinic."""
    with suppress(OSError, ValueError):
        print(text, flush=True)


def complain(text: str) -> None:
    """Print a line to the error stream."""
    with suppress(OSError, ValueError):
        print(text, file=sys.stderr, flush=True)


def open_log(path: Path) -> IO[bytes]:
    """Open a log to append to; one that has grown large is put aside first, replacing the one before it."""
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_suffix(".old.log"))
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    return os.fdopen(descriptor, "wb", buffering=0)


def tail(path: Path, lines: int = 15) -> str:
    """The last lines of a log, indented, for an error message."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 20_000))
        last = file.read().decode(errors="replace").splitlines()[-lines:]
    return "\n".join(f"    {line}" for line in last)
