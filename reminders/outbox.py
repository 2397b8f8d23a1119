"""What goes out of a site, and what could not: the lists of the page “Messages”, each with its number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Count, Q, QuerySet

from clinic import clock
from clinic.models import Site
from reminders.models import Message

State = Message.State
BACK = timedelta(days=14)
UNSETTLED = Q(state__in=[State.FAILED, State.UNCERTAIN])


@dataclass(frozen=True)
class List:
    """One list of the page: what is in it, and what to say when nothing is."""

    name: str
    label: str
    which: Q
    newest_first: bool
    empty: str
    hint: str


def lists(site: Site) -> list[List]:
    """In the order in which somebody should look at them."""
    now = clock.now()
    start, end = _day(site, now)
    today, lately = Q(due_at__gte=start, due_at__lt=end), Q(due_at__gte=now - BACK, due_at__lte=now)
    gone = Q(state__in=[State.SENT, State.DELIVERED], sent_at__gte=start)
    return [
        List("unsettled", "To look at", UNSETTLED, False, "Nothing to look at",
             "What could not be delivered, or of which nobody knows whether it arrived, appears here."),
        List("due", "Still to go today", Q(state__in=[State.PLANNED, State.CLAIMED], due_at__lt=end), False,
             "Nothing more goes out today", "Reminders are planned with each visit that is booked."),
        List("sent", "Sent today", gone & Q(due_at__gte=start - BACK), True, "Nothing went out today yet",
             "What goes out today appears here."),
        List("held", "Held back", Q(state=State.SUPPRESSED) & lately, True, "Nothing was held back in 14 days",
             "Messages to patients whom nothing may be written appear here, with the reason."),
        List("late", "Too late", Q(state=State.EXPIRED) & lately, True, "Nothing came too late in 14 days",
             "What could not go out before its time had passed appears here."),
        List("called", "Called instead", Q(state=State.CALLED) & lately, True, "Nobody was called instead in 14 days",
             "Messages that somebody settled with a call appear here."),
        List("planned", "Planned today", today, False, "Nothing is planned for today",
             "Everything that has its hour today appears here, whatever became of it."),
    ]  # fmt: skip


def _day(site: Site, now: datetime) -> tuple[datetime, datetime]:
    day = site.local(now).date()
    return site.moment(day, time.min), site.moment(day + timedelta(days=1), time.min)


def counts(site: Site, every: list[List]) -> dict[str, int]:
    """How many are in each list, in one query."""
    found = _of(site).aggregate(**{one.name: Count("pk", filter=one.which) for one in every})
    return {name: int(number) for name, number in found.items()}


def rows(site: Site, one: List) -> QuerySet[Message]:
    order = ("-due_at", "-id") if one.newest_first else ("due_at", "id")
    return Message.objects.filter(one.which, site=site).select_related("patient", "site").order_by(*order)


def _of(site: Site) -> QuerySet[Message]:
    """What any of the lists may hold: nothing older than two of its spans, but all that is not settled."""
    since = clock.now() - 2 * BACK
    return Message.objects.filter(UNSETTLED | Q(due_at__gte=since), site=site)


def held_back(site: Site) -> list[tuple[str, int]]:
    """Why messages were held back lately, the most frequent reason first."""
    now = clock.now()
    held = Message.objects.filter(site=site, state=State.SUPPRESSED, due_at__gte=now - BACK, due_at__lte=now)
    return list(held.order_by().values_list("why").annotate(number=Count("pk")).order_by("-number", "why")[:8])
