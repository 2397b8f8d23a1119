"""Celery's doors: each tick takes an advisory lock, so that two beats do no harm."""

from celery import shared_task
from django.db import connection

from reminders.dispatch import dispatch_due

_TICK = 7_204_001


@shared_task(name="reminders.tasks.dispatch")
def dispatch() -> str:
    """Send what is due. A second worker that gets the same tick leaves at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_TICK])
        if not cursor.fetchone()[0]:
            return "another dispatcher is at work"
    try:
        return str(dispatch_due())
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_TICK])
