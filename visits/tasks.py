"""What workers do for this room. A task takes an id, fetches, calls one function."""

from __future__ import annotations

import logging
from uuid import UUID

from celery import shared_task
from kombu.exceptions import OperationalError

from clinic import history
from visits import offers, patient_tasks, repair_finding, tending

log = logging.getLogger("evenkeel.visits")


@shared_task(name="visits.tasks.offer_opening")
def offer_opening(opening_id: str) -> int:
    """Hold a time that came free out to those who wait for it."""
    with history.acting(None, source="worker"):
        return offers.hold_out(opening_id=UUID(opening_id))


@shared_task(name="visits.tasks.tend_waiting_lists")
def tend_waiting_lists() -> int:
    """The tick: what has run out is closed, and what nobody was told of is offered."""
    with history.acting(None, source="tick"):
        return tending.tend_all()


def hand_over(opening_id: UUID) -> None:
    """Tell a worker of a time that came free. Without a broker the tick finds it."""
    try:
        offer_opening.apply_async([str(opening_id)], retry=False)
    except OperationalError:
        log.warning("no broker: opening %s waits for the tick", opening_id)


@shared_task(name="visits.tasks.find_repair")
def find_repair(repair_id: str) -> None:
    repair_finding.find(repair_id=UUID(repair_id))


@shared_task(name="visits.tasks.find_waiting_repairs")
def find_waiting_repairs() -> int:
    """The tick that finds repairs whose message was lost, or whose worker died."""
    return repair_finding.find_waiting()


def hand_over_repair(repair_id: UUID) -> None:
    """Tell a worker of a repair. Without a broker it stays in line, and the tick finds it."""
    try:
        find_repair.apply_async([str(repair_id)], retry=False)
    except OperationalError:
        log.warning("no broker: repair %s waits for the tick", repair_id)


@shared_task(name="visits.tasks.look_for_unconfirmed")
def look_for_unconfirmed() -> int:
    """The tick that asks for a call where a visit of the next 20 hours is not confirmed."""
    with history.acting(None, source="tick"):
        return patient_tasks.look()
