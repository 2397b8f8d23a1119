from uuid import UUID

from celery import shared_task

from clinic import sealing
from clinic.api import idempotency
from clinic.place import invitations


@shared_task(name="clinic.tasks.seal_history")
def seal_history() -> int:
    """Seal the history that is old enough."""
    return sealing.seal()


@shared_task(name="clinic.tasks.forget_kept_answers")
def forget_kept_answers() -> int:
    """What requests with an Idempotency-Key were answered is kept for two days."""
    return idempotency.forget()


@shared_task(
    name="clinic.tasks.send_invitation",
    autoretry_for=(OSError,),
    retry_backoff=30,
    retry_backoff_max=900,
    max_retries=8,
)
def send_invitation(user_id: str) -> None:
    """A mail server that does not answer (OSError, as SMTPException is one) is asked again for about an hour."""
    invitations.send(user_id=UUID(user_id))
