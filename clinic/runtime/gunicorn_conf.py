"""gunicorn, here and in production: two processes with four threads, measured best on two cores."""

import ctypes
import os
import signal
from typing import Any

from clinic.runtime.shim import die_with_parent

bind = [f"{os.environ.get('HOST') or '127.0.0.1'}:{os.environ.get('PORT') or '8000'}"]
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS") or 2)
threads = int(os.environ.get("WEB_THREADS") or 4)
# One import for all workers: half the start, less memory. Nothing at import time opens a connection.
preload_app = True
timeout = 60
graceful_timeout = 5
keepalive = 5
max_requests = 10_000
max_requests_jitter = 1_000
# Heartbeats of workers are touches of a file; on a disk a slow fsync of others would look like a hung worker.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
control_socket_disable = True
forwarder_headers = ""  # no proxy says under which path we stand: addresses of pages are kept (clinic/addresses.py)
accesslog = None
errorlog = "-"

# glibc gives every thread a heap of its own, and each keeps what its largest page took. The threads of a worker take
# turns at Python's lock anyway, so one heap serves them; what is large goes back to the system at once.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8  # malloc.h
LARGE = 128 * 1024  # bytes; said, it no longer grows with the largest page


def _share_one_heap() -> None:
    """Before the first thread starts. Other C libraries than glibc have no such settings, and need none."""
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):
        for setting, value in ((M_ARENA_MAX, 1), (M_MMAP_THRESHOLD, LARGE), (M_TRIM_THRESHOLD, LARGE)):
            mallopt(setting, value)


_share_one_heap()


def post_fork(_server: Any, worker: Any) -> None:
    """A worker whose master was killed must not go on serving beside the next one."""
    die_with_parent(signal.SIGKILL)
    if os.getppid() != worker.ppid:
        os._exit(0)


def when_ready(_server: Any) -> None:
    """The master alone opens the port of the figures; it asks all workers' files."""
    from clinic import metrics

    metrics.serve()


def child_exit(_server: Any, worker: Any) -> None:
    from clinic import metrics

    metrics.gone(worker.pid)
