"""Advisory locks: whoever changes what is held waits here, in one order, and never for each other in a ring."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import connection

from clinic import advisory
from patients.models import Patient
from visits.calendar import Calendar
from visits.places import Wanted
from visits.rules import Shape


def lock(names: Iterable[tuple[str, UUID]]) -> None:
    """Take the advisory locks of (day, resource) pairs until the transaction ends, always in one order.

    Days are UTC days, so that two sites in two zones mean the same by them. A repair that touches several visits
    locks all of them here first; booking inside it then waits for nobody.
    """
    pairs = sorted({(day, str(resource)) for day, resource in names})
    keys = [key(day, resource) for day, resource in pairs]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS key", [keys])


def key(day: str, resource: str) -> int:
    """The number that stands for a resource on a day."""
    return advisory.number(f"{day}:{resource}")


def utc_days(start: datetime, end: datetime) -> list[str]:
    first, last = start.astimezone(UTC).date(), end.astimezone(UTC).date()
    return [(first + timedelta(days=number)).isoformat() for number in range((last - first).days + 1)]


def lock_for(calendar: Calendar, patient: Patient, wanted: Sequence[tuple[Wanted, Shape]]) -> None:
    """Lock everything that these visits of one patient could take: where nothing was asked for, every candidate."""
    lock_each(calendar, [patient.pk] * len(wanted), wanted)


def lock_each(calendar: Calendar, patients: Sequence[UUID], wanted: Sequence[tuple[Wanted, Shape]]) -> None:
    """The same for visits of several patients, one patient for each visit."""
    names: set[tuple[str, UUID]] = set()
    for patient_id, (wish, form) in zip(patients, wanted, strict=True):
        rooms = [wish.room] if wish.room else calendar.rooms_for(form)
        people = [wish.staff] if wish.staff else calendar.people[form.role]
        resources = [patient_id, *(room.pk for room in rooms), *(user.pk for user in people)]
        end = wish.starts_at + timedelta(minutes=form.minutes)
        for day in utc_days(wish.starts_at, end):
            names.update((day, resource) for resource in resources)
    lock(names)
