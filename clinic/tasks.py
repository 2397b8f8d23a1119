from celery import shared_task

from clinic import sealing


@shared_task(name="clinic.tasks.seal_history")
def seal_history() -> int:
    """Seal the history that is old enough."""
    return sealing.seal()
