"""Advisory locks: whoever changes what is held waits here, in one order, and never for each other in a ring."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import connection

from clinic import advisory
from visits.calendar import Calendar
from visits.places import Wanted
from visits.rules import Shape


def lock(names: Iterable[tuple[str, UUID]]) -> None:
    """Take the advisory locks of (day, resource) pairs until the transaction ends, always in one order.

    Days are UTC days, so that two sites in two zones mean the same by them. A repair that touches several visits
    locks all of them here first; booking inside it then waits for nobody.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS key", [keys(names)])


def keys(names: Iterable[tuple[str, UUID]]) -> list[int]:
    """What stands for these pairs, in the one order."""
    pairs = sorted({(day, str(resource)) for day, resource in names})
    return [key(day, resource) for day, resource in pairs]


def key(day: str, resource: str) -> int:
    """The number that stands for a resource on a day."""
    return advisory.number(f"{day}:{resource}")


def utc_days(start: datetime, end: datetime) -> list[str]:
    first, last = start.astimezone(UTC).date(), end.astimezone(UTC).date()
    return [(first + timedelta(days=number)).isoformat() for number in range((last - first).days + 1)]


def look_alone(
    calendar: Calendar,
    patients: Sequence[UUID],
    wanted: Sequence[tuple[Wanted, Shape]],
    *,
    without: Collection[UUID] = (),
) -> None:
    """Lock everything that these visits could take, then read what is held; nobody else changes it from here on.

    One patient for each visit; where no room or person was asked for, every candidate is locked. `without` leaves out
    the holds of these visits or groups.
    """
    names: set[tuple[str, UUID]] = set()
    for patient_id, (wish, form) in zip(patients, wanted, strict=True):
        rooms = [wish.room] if wish.room else calendar.rooms_for(form)
        people = [wish.staff] if wish.staff else calendar.people[form.role]
        resources = [patient_id, *(room.pk for room in rooms), *(user.pk for user in people)]
        end = wish.starts_at + timedelta(minutes=form.minutes)
        for day in utc_days(wish.starts_at, end):
            names.update((day, resource) for resource in resources)
    calendar.read_holds(patients=patients, without=without, behind=keys(names))
