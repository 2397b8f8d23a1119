"""Start a child through the shim, so that it dies with us and never runs a server as root."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

SHIM = Path(__file__).with_name("shim.py")


@dataclass(frozen=True)
class Account:
    """Who a server runs as. PostgreSQL refuses root, so root lends it another user."""

    uid: int = -1
    gid: int = -1

    @property
    def is_other(self) -> bool:
        """Is this somebody else than the user we are?"""
        return self.uid >= 0

    def own(self, path: Path) -> None:
        """Make this account the owner of the path."""
        if self.is_other:
            os.chown(path, self.uid, self.gid)


MYSELF = Account()


@contextmanager
def handle_on(directory: Path) -> Iterator[tuple[str, int]]:
    """A name for the directory that works for whoever inherits the descriptor.

    When root runs a server as another user, that user often can't reach the directory by its path: a home directory
    is closed to others, and opening it up is not ours to do. A descriptor opened by root goes straight to it.
    """
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}", descriptor
    finally:
        os.close(descriptor)


def spawn(
    argv: Sequence[str],
    *,
    account: Account = MYSELF,
    death_signal: signal.Signals = signal.SIGKILL,
    env: Mapping[str, str] | None = None,
    cwd: Path | str = "/",
    output: IO[bytes] | int | None = subprocess.DEVNULL,
    inherit: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own (Ctrl-C reaches only the supervisor, which stops things in order).

    Call it from the main thread: the kernel watches the thread that forked, not the whole process.
    """
    shim = [
        sys.executable, "-I", "-S", str(SHIM),
        str(os.getpid()), str(int(death_signal)), str(account.uid), str(account.gid),
    ]  # fmt: skip
    return subprocess.Popen(
        [*shim, *argv],
        env=dict(env) if env is not None else None,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        pass_fds=tuple(inherit),
        start_new_session=True,
    )
