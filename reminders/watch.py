"""How long messages, pages and events have been waiting for nobody to send them: the alarm, not how many they are."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Min
from django.db.models.functions import Coalesce, Greatest

from clinic import clock
from clinic.health import OK
from clinic.models import Site
from reminders import leases, rules
from reminders.models import Message, StaffPage, WebhookDelivery

TOO_OLD = timedelta(minutes=2)


def check_messages() -> str:
    """For the health page."""
    return _says(oldest(), "message")


def check_pages() -> str:
    """The same for calls to staff, which no quiet hour holds back."""
    return _says(_oldest_page(), "page")


def check_events() -> str:
    """The same for events that other systems are to be told of. One that does not answer is no fault of this house."""
    return _says(_oldest_event(), "event for another system")


def waiting() -> dict[str, float]:
    """How old the oldest of each is, in seconds, for the figures."""
    ages = {"messages": oldest(), "pages": _oldest_page(), "events": _oldest_event()}
    return {what: age.total_seconds() if age else 0.0 for what, age in ages.items()}


def _oldest_page() -> timedelta | None:
    now = clock.now()
    since = StaffPage.objects.filter(state=StaffPage.State.PLANNED, due_at__lte=now).aggregate(
        since=Min(Greatest("due_at", Coalesce("next_attempt_at", "due_at")))
    )["since"]
    return now - since if since else None


def _oldest_event() -> timedelta | None:
    """Of what could have gone out: a try that comes later does not wait yet, a lost one waits since its hour."""
    now, ready = clock.now(), Greatest("due_at", Coalesce("next_attempt_at", "due_at"))
    rows = WebhookDelivery.objects.filter(webhook__ended_at__isnull=True)
    planned = rows.filter(state=WebhookDelivery.State.PLANNED).annotate(ready=ready).filter(ready__lte=now)
    lost = rows.filter(state=WebhookDelivery.State.CLAIMED, lease_until__lt=now).annotate(ready=ready)
    since = planned.union(lost).order_by("ready").values_list("ready", flat=True).first()
    return now - since if since else None


def _says(age: timedelta | None, what: str) -> str:
    if age is None or age <= TOO_OLD:
        return OK
    return f"the oldest {what} has been waiting for {age.total_seconds():.0f} s"


def oldest(at: Site | None = None) -> timedelta | None:
    """How long the oldest message has been waiting that could have gone out, at one site or at all. None: none is.

    What waits for a second try counts from then on, and what waits for the morning from the end of the quiet hours.
    What a dispatcher that died still holds counts from its hour.
    """
    now = clock.now()
    awake = ((site, since) for site, since in _by_site(now, at) if not rules.is_quiet(site.local(now)))
    return max((now - _since(site, since, now) for site, since in awake), default=None)


def _by_site(now: datetime, at: Site | None) -> list[tuple[Site, datetime]]:
    ready = Greatest("due_at", Coalesce("next_attempt_at", "due_at"))
    lost = Message.objects.filter(state=Message.State.CLAIMED, lease_until__lt=now)
    here = {} if at is None else {"site": at}
    rows = [
        *leases.due().filter(**here).order_by().values("site").annotate(since=Min(ready)).values_list("site", "since"),
        *lost.filter(**here).order_by().values("site").annotate(since=Min("due_at")).values_list("site", "since"),
    ]
    sites = Site.objects.in_bulk({site for site, _ in rows})
    return [(sites[site], since) for site, since in rows]


def _since(site: Site, waiting: datetime, now: datetime) -> datetime:
    """Since when it could have gone out: not in the quiet hours that lie between then and now."""
    morning = site.moment(site.local(now).date(), rules.QUIET_UNTIL)
    return max(waiting, morning)
