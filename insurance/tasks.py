"""What workers do for this room."""

from __future__ import annotations

from celery import shared_task

from clinic import history
from clinic.models import Site
from insurance import filling, verification


@shared_task(name="insurance.tasks.expire_lapsed")
def expire_lapsed() -> int:
    """At every site: answers whose last day is past on its own calendar."""
    with history.acting(None, source="tick"):
        return sum(verification.expire_lapsed(site=site) for site in Site.objects.filter(is_active=True))


@shared_task(name="insurance.tasks.fill_queue")
def fill_queue() -> int:
    """At every site: the checks that have become due."""
    with history.acting(None, source="tick"):
        return sum(filling.sweep(site) for site in Site.objects.filter(is_active=True))
