"""What workers do for this room. A task takes an id, fetches, calls one function."""

from __future__ import annotations

import logging
from uuid import UUID

from celery import shared_task
from kombu.exceptions import OperationalError

from journey.reports import runs

log = logging.getLogger("evenkeel.reports")


@shared_task(name="journey.tasks.count_outcomes")
def count_outcomes(run_id: str) -> None:
    runs.count(run_id=UUID(run_id))


@shared_task(name="journey.tasks.count_waiting_outcomes")
def count_waiting_outcomes() -> int:
    """The tick that finds reports whose message was lost, or whose worker died."""
    return runs.count_waiting()


def hand_over(run_id: UUID) -> None:
    """Tell a worker of a report. Without a broker it stays in line, and the tick finds it."""
    try:
        count_outcomes.apply_async([str(run_id)], retry=False)
    except OperationalError:
        log.warning("no broker: outcome report %s waits for the tick", run_id)
