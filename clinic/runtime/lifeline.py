"""Bind the life of a Celery pool process to its worker's. Loaded by `celery worker --include clinic.runtime.lifeline`.

Without it a worker that is killed leaves its pool behind, still holding connections and running tasks.
"""

import os
import signal

from celery.signals import worker_process_init

from clinic.runtime.shim import die_with_parent

WORKER = os.getpid()


@worker_process_init.connect
def follow_the_worker(**_: object) -> None:
    """Runs in each new pool process."""
    die_with_parent(signal.SIGKILL)
    if os.getppid() != WORKER:
        os._exit(0)
