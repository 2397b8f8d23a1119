"""What workers do for this room. A task takes an id, fetches, calls one function."""

from __future__ import annotations

import logging
from uuid import UUID

from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

from journey import access_watch, emergency_letters
from journey.fhir import exports
from journey.models import EmergencyAccess
from journey.reports import runs

log = logging.getLogger("evenkeel.reports")
ROUNDS = 10


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


@shared_task(name="journey.tasks.look_for_unusual_access")
def look_for_unusual_access() -> int:
    """As many rounds as fit into one task; the next tick goes on where this one ends."""
    return sum(access_watch.look() for _ in range(ROUNDS))


@shared_task(
    name="journey.tasks.tell_of_emergency",
    autoretry_for=(OSError,),
    retry_backoff=30,
    retry_backoff_max=900,
    max_retries=8,
)
def tell_of_emergency(access_id: str) -> None:
    """A mail server that does not answer is asked again for about an hour; the task in the list stands meanwhile."""
    emergency_letters.send(access_id=UUID(access_id))


def tell_on_commit(access: EmergencyAccess) -> None:
    transaction.on_commit(lambda: _tell(access.pk))


def _tell(access_id: UUID) -> None:
    try:
        tell_of_emergency.apply_async([str(access_id)], retry=False)
    except OperationalError:
        log.warning("no broker: the letters about emergency access %s were not sent; its task stands", access_id)


@shared_task(name="journey.tasks.make_export")
def make_export(export_id: str) -> None:
    exports.make(export_id=UUID(export_id))


@shared_task(name="journey.tasks.make_waiting_exports")
def make_waiting_exports() -> int:
    return exports.make_waiting()


def make_now(export_id: UUID) -> None:
    """A small one is written before the page answers."""
    exports.make(export_id=export_id)


def make_later(export_id: UUID) -> None:
    """Tell a worker of an export. Without a broker it stays in line, and the tick finds it."""
    try:
        make_export.apply_async([str(export_id)], retry=False)
    except OperationalError:
        log.warning("no broker: export %s waits for the tick", export_id)
