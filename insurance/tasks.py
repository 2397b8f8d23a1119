"""What workers do for this room."""

from __future__ import annotations

from celery import shared_task

from clinic import history
from clinic.models import Site
from insurance import estimate_watch, filling, verification
from insurance.exchange import exchange as round_trip


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


@shared_task(name="insurance.tasks.look_at_estimates")
def look_at_estimates() -> int:
    """At every site: the estimates that no longer say what is planned, and bills that run past one."""
    with history.acting(None, source="tick"):
        return sum(estimate_watch.look_at_site(site) for site in Site.objects.filter(is_active=True))


@shared_task(name="insurance.tasks.exchange")
def exchange() -> int:
    """With the clearing house: inquiries out, answers in."""
    with history.acting(None, source="tick"):
        counts = round_trip()
    return counts.sent + counts.read
