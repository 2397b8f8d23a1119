"""What workers do for this room. A task takes an id, fetches, calls one function."""

from __future__ import annotations

import logging
from uuid import UUID

from celery import shared_task
from kombu.exceptions import OperationalError

from clinic import clock, history
from patients import measure_plan
from patients.imports import jobs

log = logging.getLogger("evenkeel.imports")


@shared_task(name="patients.tasks.run_import")
def run_import(job_id: str) -> None:
    jobs.run(job_id=UUID(job_id))


@shared_task(name="patients.tasks.run_waiting_imports")
def run_waiting_imports() -> None:
    """The tick that finds jobs whose message was lost, or whose worker died."""
    jobs.run_waiting()


@shared_task(name="patients.tasks.close_missed_questionnaires")
def close_missed_questionnaires() -> int:
    """What nobody answered in its time is missed from then on."""
    with history.acting(None, source="tick"):
        return measure_plan.close_missed(clock.now())


def hand_over(job_id: UUID) -> None:
    """Tell a worker of a job. Without a broker the job stays in line, and the tick finds it."""
    try:
        run_import.apply_async([str(job_id)], retry=False)
    except OperationalError:
        log.warning("no broker: import %s waits for the tick", job_id)
