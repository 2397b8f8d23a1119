"""Celery's door: a tick. The lock makes two beats harmless."""

import logging

from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

from clinic import history
from patients.models import SafetyAlert
from reminders import measure_letters, paging
from reminders.dispatch import alone, dispatch_due

log = logging.getLogger("evenkeel.paging")


@shared_task(name="reminders.tasks.dispatch")
def dispatch() -> str:
    """Send what is due. A second worker that gets the same tick leaves at once."""
    with history.acting(None, source="tick"), alone() as mine:
        return str(dispatch_due()) if mine else "another dispatcher is at work"


@shared_task(name="reminders.tasks.page")
def page() -> str:
    """Call staff for alerts that wait, and again where nobody answered."""
    with history.acting(None, source="tick"), paging.alone() as mine:
        return str(paging.run()) if mine else "somebody else is paging"


@shared_task(name="reminders.tasks.write_questionnaires")
def write_questionnaires() -> int:
    """Send links to questionnaires that came due at home."""
    with history.acting(None, source="tick"):
        return measure_letters.write_due()


def call_for_help(alert: SafetyAlert) -> None:
    """Plan the first pages now, and let a worker send them as soon as the alert is kept.

    Without a broker the rows are there all the same, and the tick finds them.
    """
    paging.call(alert)
    transaction.on_commit(_hand_over)


def _hand_over() -> None:
    try:
        page.apply_async(retry=False)
    except OperationalError:
        log.warning("no broker: the pages wait for the tick")
