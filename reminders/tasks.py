"""Celery's doors: ticks. Rows are claimed, and some work has a lock, so two beats do no harm."""

import logging

from celery import Task, shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

from clinic import history
from patients.models import SafetyAlert
from reminders import measure_letters, paging, sweeping
from reminders.dispatch import place, work
from reminders.webhooks import dispatch as webhooks

log = logging.getLogger("evenkeel.reminders")


# A turn is short, so that pages to staff and all other work get theirs in between.
TURN_SECONDS = 10


@shared_task(name="reminders.tasks.dispatch", soft_time_limit=60, time_limit=90)
def dispatch() -> str:
    """Send what is due, for a turn; with more to do, stand in line again. Enough others at it: leave at once."""
    with history.acting(None, source="tick"), place() as mine:
        if not mine:
            return "enough dispatchers are at work"
        run = work(seconds=TURN_SECONDS)
    if run.cut_short:
        _stand_in_line(dispatch)
    return str(run.counts)


@shared_task(name="reminders.tasks.tell_other_systems", soft_time_limit=60, time_limit=90)
def tell_other_systems() -> str:
    """Send the events that other systems wait for, for a turn. Enough others at it: leave at once."""
    with history.acting(None, source="tick"), webhooks.place() as mine:
        return str(webhooks.work(seconds=TURN_SECONDS)) if mine else "enough dispatchers are at work"


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


@shared_task(name="reminders.tasks.sweep_follow_ups")
def sweep_follow_ups() -> str:
    """Open, close and escalate what time alone makes due."""
    with history.acting(None, source="tick"):
        return str(sweeping.sweep() or "somebody else is at it")


def call_for_help(alert: SafetyAlert) -> None:
    """Plan the first pages now, and let a worker send them as soon as the alert is kept.

    Without a broker the rows are there all the same, and the tick finds them.
    """
    paging.call(alert)
    transaction.on_commit(_hand_over)


def _hand_over() -> None:
    _stand_in_line(page)


def look_at_once(**_: object) -> None:
    """A worker that has just started need not wait for the tick."""
    _stand_in_line(dispatch)
    _stand_in_line(page)


def _stand_in_line(task: Task[[], str]) -> None:
    try:
        task.apply_async(retry=False)
    except OperationalError:
        log.warning("no broker: %s waits for the tick", task.name)
