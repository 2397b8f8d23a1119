"""One supervisor per data directory, and one program per port."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import time
from pathlib import Path

from clinic.runtime.problems import Trouble


def claim(var: Path, about: str) -> int:
    """Lock the data directory for as long as this process lives; say who has it otherwise.

    The kernel drops the lock with the process, so there is nothing stale to clean up.
    """
    descriptor = os.open(var / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(descriptor, 200).decode(errors="replace").strip() or "another process"
        os.close(descriptor)
        raise Trouble(f"Evenkeel is already running here ({holder}). Stop that one first with Ctrl-C.") from None
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"process {os.getpid()}, {about}\n".encode())
    return descriptor


def is_claimed(var: Path) -> bool:
    """Is a supervisor alive on this directory?"""
    try:
        descriptor = os.open(var / "lock", os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def require_free_port(host: str, port: int, *, seconds: float = 2.0) -> None:
    """Refuse a port that is taken, before anything is started.

    It asks for a moment: after a kill the web processes of the last run may be in the act of ending.
    """
    until = time.monotonic() + seconds
    while True:
        try:
            try_to_bind(host, port)
            return
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise Trouble(refusal(host, port, error)) from None
            if time.monotonic() > until:
                raise Trouble(
                    f"Port {port} is in use by another program. Choose another: make run PORT={next_port(host, port)}"
                ) from None
        time.sleep(0.1)


def try_to_bind(host: str, port: int) -> None:
    """Bind and let go, as the web server will (it may reuse a port that only lingers)."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
        probe.listen(1)


def next_port(host: str, port: int) -> int:
    """A free port to suggest."""
    for other in range(port + 1, min(port + 50, 65536)):
        try:
            try_to_bind(host, other)
        except OSError:
            continue
        return other
    return 8001


def refusal(host: str, port: int, error: OSError) -> str:
    """Why the address can't be used, when it is not simply taken."""
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"Port {port} is reserved for the system. Choose one from 1024 to 65535: make run PORT=8000"
    return f"The address {host} is not one of this machine ({error.strerror}). Leave HOST unset, or set one that is."
