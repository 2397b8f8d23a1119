"""What workers do for this room."""

from __future__ import annotations

from celery import shared_task

from clinic import history
from clinic.models import Site
from insurance import verification


@shared_task(name="insurance.tasks.expire_lapsed")
def expire_lapsed() -> int:
    """At every site: answers whose last day is past on its own calendar."""
    with history.acting(None, source="tick"):
        return sum(verification.expire_lapsed(site=site) for site in Site.objects.filter(is_active=True))
