"""gunicorn, here and in production: two processes with four threads, measured best on two cores."""

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
accesslog = None
errorlog = "-"


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
