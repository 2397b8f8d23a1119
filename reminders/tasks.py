"""Celery's door: a tick. The lock makes two beats harmless."""

from celery import shared_task

from clinic import history
from reminders.dispatch import alone, dispatch_due


@shared_task(name="reminders.tasks.dispatch")
def dispatch() -> str:
    """Send what is due. A second worker that gets the same tick leaves at once."""
    with history.acting(None, source="tick"), alone() as mine:
        return str(dispatch_due()) if mine else "another dispatcher is at work"
