"""The calendar of one member of staff, for calendar programs: times and rooms, never a patient.

Whoever has the address has the calendar, and it is copied to places outside the clinic; so it says that there is a
visit, where and how long, and the rest is behind its link, where one signs in (protocol 7.3, minimum necessary).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import Max, OuterRef, Subquery
from django.db.models.functions import Greatest
from django.urls import reverse
from psycopg2.extras import DateTimeTZRange

from clinic import clock
from clinic.errors import NotFound
from clinic.models import User
from visits.models import Appointment, CalendarLink, GroupSession, Hold

if TYPE_CHECKING:
    from icalendar import Event

BACK, AHEAD = timedelta(days=30), timedelta(days=180)
ENDED = (Appointment.Status.CANCELLED, Appointment.Status.NO_SHOW)


@dataclass(frozen=True)
class Feed:
    body: bytes
    changed_at: datetime | None

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:32]}"'


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def issue(*, by: User) -> str:
    """A new secret address for one's own calendar; an older one ends with it. Answers the secret, which is not kept."""
    revoke(by=by)
    token = secrets.token_urlsafe(32)
    CalendarLink.objects.create(user=by, token_hash=token_hash(token))
    return token


@transaction.atomic
def revoke(*, by: User) -> bool:
    """End one's own address. Answers whether there was one."""
    User.objects.select_for_update().get(pk=by.pk)
    standing = CalendarLink.objects.filter(user=by, revoked_at__isnull=True).first()
    if standing is None:
        return False
    standing.revoked_at = clock.now()
    standing.save(update_fields=["revoked_at"])
    return True


def standing_link(user: User) -> CalendarLink | None:
    return CalendarLink.objects.filter(user=user, revoked_at__isnull=True).first()


def read(token: str) -> Feed:
    """What the calendar program gets. Raises NotFound for an address that is no more, or whose owner has left."""
    link = (
        CalendarLink.objects.select_related("user")
        .filter(token_hash=token_hash(token), revoked_at__isnull=True, user__is_active=True)
        .first()
    )
    if link is None:
        raise NotFound
    return of(link.user)


def of(user: User) -> Feed:
    """The visits of a person from a month back to half a year ahead, at the sites where they still work."""
    visits = _visits(user)
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//Evenkeel//Visits//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "Evenkeel")
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"value": "DURATION"})
    for visit in visits:
        own = [hold for hold in visit.holds.all() if hold.staff_id == user.pk]
        held = [hold for hold in own if hold.active]
        ended = [hold for hold in own if hold.released_in and hold.released_in.after in ENDED]
        if held or (visit.status in ENDED and ended):
            calendar.add_component(_event(visit, held or ended))
    groups = _groups(user)
    for group in groups:
        calendar.add_component(_of_group(group))
    changed = [visit.changed_at for visit in visits if visit.changed_at]  # type: ignore[attr-defined]
    changed += [group.changed_at for group in groups]  # type: ignore[attr-defined]
    return Feed(calendar.to_ical(), max(changed, default=None))


def _visits(user: User) -> list[Appointment]:
    now = clock.now()
    own = Hold.objects.filter(staff=user, during__overlap=DateTimeTZRange(now - BACK, now + AHEAD))
    return list(
        Appointment.objects.filter(pk__in=own.values("appointment"), site__in=user.site_ids)
        .select_related("site")
        .prefetch_related("holds__room", "holds__released_in")
        .annotate(changed_at=Greatest(Max("status_events__at"), Max("status_events__undone_at")))
        .order_by("starts_at", "id")
    )


def _groups(user: User) -> list[GroupSession]:
    now = clock.now()
    history = apps.get_model("visits", "GroupSessionHistory").objects.filter(pgh_obj=OuterRef("pk"))
    return list(
        GroupSession.objects.filter(therapist=user, site__in=user.site_ids)
        .filter(starts_at__gte=now - BACK, starts_at__lt=now + AHEAD)
        .select_related("site", "room")
        .annotate(changed_at=Subquery(history.order_by("-pgh_created_at").values("pgh_created_at")[:1]))
        .order_by("starts_at", "id")
    )


def _of_group(group: GroupSession) -> Event:
    """A group is one event, whoever comes; its topic stays in the house."""
    from icalendar import Event

    event = Event()
    event.add("uid", f"{group.pk}@{urlsplit(settings.PUBLIC_URL).hostname}")
    event.add("sequence", group.version)
    event.add("dtstamp", group.changed_at.astimezone(UTC))  # type: ignore[attr-defined]
    event.add("dtstart", group.starts_at.astimezone(UTC))
    event.add("dtend", group.ends_at.astimezone(UTC))
    event.add("summary", f"Group, {group.room.name}")
    event.add("location", group.site.name)
    event.add("status", "CANCELLED" if group.cancelled_at else "CONFIRMED")
    event.add("class", "PRIVATE")
    event.add("url", urljoin(settings.PUBLIC_URL, reverse("therapy:group", args=[group.pk])))
    return event


def _event(visit: Appointment, holds: Iterable[Hold]) -> Event:
    """In UTC: a moment that no change of the clocks can move, whatever zone the reader's device stands in."""
    holds = list(holds)
    room = next((hold.room for hold in visit.holds.all() if hold.room and hold.active), None)
    from icalendar import Event

    event = Event()
    event.add("uid", f"{visit.pk}@{urlsplit(settings.PUBLIC_URL).hostname}")
    event.add("sequence", visit.version)
    event.add("dtstamp", (visit.changed_at or visit.booked_at).astimezone(UTC))  # type: ignore[attr-defined]
    event.add("dtstart", min(hold.during.lower for hold in holds).astimezone(UTC))
    event.add("dtend", max(hold.during.upper for hold in holds).astimezone(UTC))
    event.add("summary", f"Visit, {room.name}" if room else "Visit")
    event.add("location", visit.site.name)
    event.add("status", "CANCELLED" if visit.status in ENDED else "CONFIRMED")
    event.add("class", "PRIVATE")
    event.add("url", urljoin(settings.PUBLIC_URL, reverse("visits:appointment", args=[visit.pk])))
    return event
