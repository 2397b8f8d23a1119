"""What workers do for this room."""

from __future__ import annotations

import logging
from uuid import UUID

from celery import shared_task
from kombu.exceptions import OperationalError

from clinic import history
from clinic.models import Site
from insurance import estimate_watch, filling, verification
from insurance.exchange import exchange as round_trip

log = logging.getLogger("evenkeel.insurance")


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


@shared_task(name="insurance.tasks.look_at_estimates_of")
def look_at_estimates_of(site_id: str) -> int:
    """At one site, whose prices have changed."""
    with history.acting(None, source="worker"):
        return estimate_watch.look_at_site(Site.objects.get(pk=site_id))


def hand_over_prices(site_id: UUID) -> None:
    """Tell a worker of new prices. Without a broker the hourly round finds what they change."""
    try:
        look_at_estimates_of.apply_async([str(site_id)], retry=False)
    except OperationalError:
        log.warning("no broker: new prices of %s wait for the round", site_id)


@shared_task(name="insurance.tasks.exchange")
def exchange() -> int:
    """With the clearing house: inquiries out, answers in."""
    with history.acting(None, source="tick"):
        counts = round_trip()
    return counts.sent + counts.read
