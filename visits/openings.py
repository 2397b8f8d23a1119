"""What came free: a row written in the transaction that freed it, so that no crash and no silent broker loses it."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import transaction
from django.db.models import Exists, Func, OuterRef

from clinic import clock
from clinic.models import Room, Site
from visits.followers import Change
from visits.models import Hold, Offer, Opening, StatusEvent, WaitlistEntry
from visits.tasks import hand_over

AHEAD = timedelta(days=28)  # of a closure that is lifted, so many days are offered
CAUSES = {"cancelled": Opening.Cause.CANCELLED, "no_show": Opening.Cause.NO_SHOW}


def follow_visit(change: Change) -> None:
    """After a change of a visit: note the room that it gave free. Twice for one release changes nothing."""
    known = Opening.objects.filter(hold=OuterRef("pk"), released_in=OuterRef("released_in"))
    still_held = Hold.objects.filter(active=True, room=OuterRef("room"), during__overlap=OuterRef("during"))
    released = (
        Hold.objects.filter(
            ~Exists(known),
            ~Exists(still_held),
            appointment=change.visit,
            active=False,
            room__isnull=False,
            lane__lt=Hold.OVERFLOW_LANE,
            during__endswith__gt=clock.now(),
        )
        .select_related("released_in", "appointment__site", "room")
        .order_by("during")
    )
    for hold in released:
        assert hold.released_in
        assert hold.appointment
        _note(
            hold.appointment.site,
            room=hold.room,
            starts_at=hold.during.lower,
            ends_at=hold.during.upper,
            cause=_cause(hold.released_in),
            hold=hold,
            released_in=hold.released_in,
        )


def _cause(event: StatusEvent) -> Opening.Cause:
    return CAUSES.get(event.after, Opening.Cause.MOVED)


def reopened(*, site: Site, room: Room | None, first_day: date, last_day: date) -> None:
    """A closure was lifted: the days from today on, as far as the calendar is offered, are free again."""
    today = site.today()
    day, last = max(first_day, today), min(last_day, today + AHEAD)
    while day <= last:
        begins, ends = site.day_bounds(day)
        _note(site, room=room, starts_at=begins, ends_at=ends, cause=Opening.Cause.REOPENED)
        day += timedelta(days=1)


def _note(site: Site, **fields: object) -> None:
    opening = Opening.objects.create(site=site, **fields)
    if WaitlistEntry.objects.filter(site=site, state=WaitlistEntry.State.WAITING).exists():
        transaction.on_commit(lambda: hand_over(opening.pk), robust=True)


def current(site: Site) -> list[Opening]:
    """What is free again at a site, still ahead and not given away since, soonest first; at most fifty."""
    span = Func(OuterRef("starts_at"), OuterRef("ends_at"), function="tstzrange", output_field=DateTimeRangeField())
    taken = Hold.objects.filter(active=True, room=OuterRef("room"), during__overlap=span)
    found = (
        Opening.objects.filter(~Exists(taken), site=site, closed_at__isnull=True, ends_at__gt=clock.now())
        .select_related("room")
        .annotate(is_offered=Exists(Offer.objects.filter(opening=OuterRef("pk"), state=Offer.State.OPEN)))
        .order_by("starts_at", "id")
    )
    return list(found[:50])
