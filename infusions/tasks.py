"""Celery's door to this room: ticks, each harmless when it comes twice."""

from celery import shared_task

from clinic import history
from infusions import checkins, devices, flowsheets, questionnaires, watch


@shared_task(name="infusions.tasks.make_flowsheets")
def make_flowsheets() -> int:
    """Make the morning's packs."""
    with history.acting(None, source="tick"):
        return flowsheets.make_due()


@shared_task(name="infusions.tasks.watch_ledger")
def watch_ledger() -> int:
    """Ask for what the ledger waits for."""
    with history.acting(None, source="tick"):
        return watch.look()


@shared_task(name="infusions.tasks.plan_questionnaires")
def plan_questionnaires() -> int:
    """Plan what is to be asked of those who were there before the plan was."""
    with history.acting(None, source="tick"):
        return questionnaires.catch_up()


@shared_task(name="infusions.tasks.look_for_silent")
def look_for_silent() -> int:
    """Ask a nurse to call whoever did not answer the day after."""
    with history.acting(None, source="tick"):
        return checkins.look()


@shared_task(name="infusions.tasks.forget_readings")
def forget_readings() -> int:
    """Throw away what monitors sent and nobody took over."""
    with history.acting(None, source="tick"):
        return devices.forget()
