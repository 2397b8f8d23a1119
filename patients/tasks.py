"""What workers do for this room. A task takes an id, fetches, calls one function."""

from __future__ import annotations

import logging
from uuid import UUID

from celery import shared_task
from kombu.exceptions import OperationalError

from patients.imports import jobs

log = logging.getLogger("evenkeel.imports")


@shared_task(name="patients.tasks.run_import")
def run_import(job_id: str) -> None:
    jobs.run(job_id=UUID(job_id))


@shared_task(name="patients.tasks.run_waiting_imports")
def run_waiting_imports() -> None:
    """The tick that finds jobs whose message was lost, or whose worker died."""
    jobs.run_waiting()


def hand_over(job_id: UUID) -> None:
    """Tell a worker of a job. Without a broker the job stays in line, and the tick finds it."""
    try:
        run_import.apply_async([str(job_id)], retry=False)
    except OperationalError:
        log.warning("no broker: import %s waits for the tick", job_id)
