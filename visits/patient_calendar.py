"""A visit as a calendar file for the patient's own phone: when and where, and not what for (protocol 7.3)."""

from __future__ import annotations

from datetime import UTC
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from clinic import clock
from patients import phones
from visits.models import Appointment


def of(visit: Appointment) -> bytes:
    """One event, under an id that stays the same however often the visit moves: a newer file takes the old one's place.

    In UTC: a moment that no change of the clocks can move, whatever zone the phone stands in.
    """
    from icalendar import Calendar, Event  # 2 MB that few processes need

    site = visit.site
    event = Event()
    event.add("uid", f"{visit.pk}@{urlsplit(settings.PUBLIC_URL).hostname}")
    event.add("sequence", visit.version)
    event.add("dtstamp", clock.now().astimezone(UTC))
    event.add("dtstart", visit.starts_at.astimezone(UTC))
    event.add("dtend", visit.ends_at.astimezone(UTC))
    event.add("summary", _("Visit at %(site)s") % {"site": site.name})
    event.add("location", ", ".join(part for part in (site.name, site.address, site.city) if part))
    if site.phone:
        event.add("description", _("Questions? Call us:") + " " + phones.shown(site.phone))
    event.add("status", "CONFIRMED" if visit.is_alive else "CANCELLED")
    event.add("class", "PRIVATE")
    calendar = Calendar()
    calendar.add("prodid", "-//Evenkeel//Visits//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
