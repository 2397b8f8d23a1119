"""What reminders do: how many came and confirmed, of those who were reminded in each way and of those who were not.

A visit is counted when it is over: kept, or a no-show. Cancelled ones are in no rate. What counts is what was said of
the visit's last hour: a reminder of an hour from which it was moved reminds nobody (protocol 7.1, S-Steiner).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When

from clinic import replica
from clinic.documents.spreadsheet import comma_separated
from clinic.models import Site
from journey.reports.report import Rate
from reminders.message_kinds import KINDS as MESSAGES
from reminders.models import Message
from visits.models import Appointment, StatusEvent
from visits.notices import KINDS, SUBJECT

KEPT = (Appointment.Status.ARRIVED, Appointment.Status.IN_PROGRESS, Appointment.Status.DONE)
DELIVERED, SENT, NONE = "delivered", "sent", "none"
WORDS = {DELIVERED: "Arrived", SENT: "Sent, not known to have arrived", NONE: "None went out"}
CHANNELS = {"text": "Text message", "email": "Email", "": ""}
HEADINGS = ("Reminder", "By", "How far", "Visits", "No-shows", "No-shows %", "Confirmed", "Confirmed %")


@dataclass(frozen=True)
class Line:
    """Visits for which one reminder came equally far on one channel."""

    reminder: str
    channel: str
    how: str
    visits: int
    no_shows: Rate
    confirmed: Rate


def lines(site: Site, first: date, last: date) -> list[Line]:
    """One query a reminder, and one for those who got any."""
    visits = _over(site, first, last)
    asked = [("Any of them", KINDS), *((MESSAGES[kind].label, (kind,)) for kind in KINDS)]
    return replica.read(lambda: [line for label, kinds in asked for line in _counted(visits, label, kinds)])


def _over(site: Site, first: date, last: date) -> QuerySet[Appointment]:
    begins, ends = site.day_bounds(first)[0], site.day_bounds(last)[1]
    over = Q(status__in=KEPT) | Q(status=Appointment.Status.NO_SHOW)
    return Appointment.objects.filter(over, site=site, starts_at__gte=begins, starts_at__lt=ends)


def _counted(visits: QuerySet[Appointment], label: str, kinds: tuple[str, ...]) -> Iterator[Line]:
    said = (
        Message.objects.filter(
            subject_kind=SUBJECT,
            subject_id=OuterRef("pk"),
            kind__in=kinds,
            state__in=[Message.State.SENT, Message.State.DELIVERED],
            expires_at=OuterRef("starts_at"),
        )
        .annotate(far=Case(When(state=Message.State.DELIVERED, then=Value(0)), default=Value(1)))
        .order_by("far", "-sent_at")
    )
    confirmed = StatusEvent.objects.filter(appointment=OuterRef("pk"), after="confirmed", undone_at__isnull=True)
    rows = (
        visits.order_by()
        .annotate(how=Subquery(said.values("state")[:1]), way=Subquery(said.values("channel")[:1]))
        .annotate(agreed=Exists(confirmed))
        .values("how", "way")
        .annotate(
            seen=Count("pk"),
            missed=Count("pk", filter=Q(status=Appointment.Status.NO_SHOW)),
            sure=Count("pk", filter=Q(agreed=True)),
        )
        .order_by(F("how").asc(nulls_last=True), "way")
    )
    for row in rows:
        yield Line(
            label,
            CHANNELS[row["way"] or ""],
            WORDS[row["how"] or NONE],
            row["seen"],
            Rate(row["missed"], row["seen"]),
            Rate(row["sure"], row["seen"]),
        )


def as_csv(found: list[Line]) -> bytes:
    """One line a row of the page."""
    return comma_separated(HEADINGS, (_cells(line) for line in found))


def _cells(line: Line) -> tuple[object, ...]:
    percents = [rate.percent if rate.percent is not None else "" for rate in (line.no_shows, line.confirmed)]
    missed, sure = line.no_shows.n, line.confirmed.n
    return line.reminder, line.channel, line.how, line.visits, missed, percents[0], sure, percents[1]
