"""What the room must not forget: a rest nobody saw wasted, a count nobody took. Asked by the clock, not by a page."""

from __future__ import annotations

from datetime import time, timedelta

from django.db import transaction

from clinic import clock, settings_versions
from clinic.models import Site
from clinic.policy import Role
from clinic.wording import quantity
from infusions import counts, ledger, stock
from infusions.models import LedgerEntry, StockCount
from reminders import followups

COUNT_BY = time(18, 0)
"""On the site's clock: the daily count is asked for when the last patient has usually left."""
WARN_BIENNIAL = timedelta(days=30)


def look() -> int:
    """Open a task for everything that is late at any site; asked again, nothing doubles."""
    return sum(_of_site(site) for site in Site.objects.filter(is_active=True))


@transaction.atomic
def _of_site(site: Site) -> int:
    now, opened = clock.now(), 0
    late = now - timedelta(minutes=settings_versions.current(site).waste_witness_minutes)
    for rest in stock.unaccounted(site, ended_before=late):
        followups.open_task(
            kind=ledger.UNWITNESSED, site=site, subject_kind="infusion", subject_id=rest.infusion.pk,
            title=f"{quantity(rest.mg, 'mg')} left over: waste it before a witness", owner_role=Role.NURSE,
            patient=rest.infusion.series.patient, due_at=now, escalates_at=now + timedelta(minutes=30),
            link=f"/infusions/{rest.infusion.pk}/",
        )  # fmt: skip
        opened += 1
    if _daily_is_late(site):
        followups.open_task(
            kind=counts.DAILY_COUNT, site=site, subject_kind="site", subject_id=site.pk,
            title="Count the safe: today’s count is open", owner_role=Role.NURSE, due_at=now,
            escalates_at=now + timedelta(hours=2), link="/infusions/vials/count/",
        )  # fmt: skip
        opened += 1
    if _has_stock(site) and counts.biennial_due_on(site) - WARN_BIENNIAL <= site.today():
        due = max(now, site.moment(counts.biennial_due_on(site), COUNT_BY))
        followups.open_task(
            kind=counts.BIENNIAL_COUNT, site=site, subject_kind="site", subject_id=site.pk,
            title="Take the biennial inventory of controlled drugs", owner_role=Role.PROVIDER, due_at=due,
            link="/infusions/vials/count/?kind=biennial",
        )  # fmt: skip
        opened += 1
    return opened


def _daily_is_late(site: Site) -> bool:
    here = site.local(clock.now())
    if here.time() < COUNT_BY or not _has_stock(site):
        return False
    today = counts.of_day(site, StockCount.Kind.DAILY, here.date())
    moved = LedgerEntry.objects.filter(vial__site=site, observed_at__gte=site.day_bounds(here.date())[0]).exists()
    return (today is None and moved) or (today is not None and today.closed_at is None)


def _has_stock(site: Site) -> bool:
    return stock.open_vials(site).exists()
