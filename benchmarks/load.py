"""A group of clinics in an empty, migrated database: through COPY, the same at every load, with its whole history."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db import connection, models

from benchmarks import days, people
from benchmarks.copying import (
    Job,
    Sheet,
    flush,
    history_of,
    keep_history,
    side_by_side,
    trusting,
    without_indexes,
)
from benchmarks.people import PATIENT, Place, ident
from benchmarks.sizes import FULL, RUNNING, Size
from benchmarks.treatments import KEYS
from clinic import clock, sealing
from clinic.models import ReadEvent
from clinic.policy import Role
from insurance.models import Coverage, Verification
from patients.models import Contact, ContactConsent, Patient
from reminders.models import FollowUp

COPIED: tuple[type[models.Model], ...] = (
    Patient, Contact, ContactConsent, Coverage, Verification, FollowUp, *KEYS,
)  # fmt: skip
TASK = 30  # the number of the table in its ids
TASKS = (
    ("missed_visit_call", Role.FRONT_DESK, "Call after a missed visit"),
    ("confirm_call", Role.FRONT_DESK, "Call: visit not confirmed"),
    ("call_instead", Role.FRONT_DESK, "Call instead of a message"),
    ("relapse_call", Role.NURSE, "Call: scores are rising"),
)
READ_DAYS = 180
SPAN = 100_000  # so many numbers go into one job
MANY = 500  # patients; below that, making the indexes again costs more than keeping them


def fill(size: Size = FULL, *, processes: int | None = None) -> list[Place]:
    """Fill an empty database. Answers the sites."""
    processes = processes or min(4, os.cpu_count() or 1)
    now = clock.now().replace(microsecond=0)
    places = people.open_sites(size.at_each_site, now.date())
    payers = people.payers()
    trusting()
    tables = [model._meta.db_table for model in COPIED] + [ReadEvent._meta.db_table]
    histories = [history for _, history in history_of(COPIED)]
    many = [*tables, *histories] if size.patients >= MANY else []
    with without_indexes(many, processes=processes):
        side_by_side(_jobs(size, places, payers, now), processes=processes)
        side_by_side([(keep_history, pair) for pair in history_of(COPIED)], processes=processes)
    people.number_on(size.patients + size.guests)
    _settle()
    return places


def _jobs(size: Size, places: Sequence[Place], payers: Sequence[UUID], now: datetime) -> Iterator[Job]:
    """What can be written side by side, the longest first."""
    first, *_, small, last = places
    guests = iter(range(size.patients, size.patients + size.guests))
    few, many = ([next(guests) for _ in range(day)] for day in size.full_days)
    under_way = [next(guests) for _ in range(RUNNING)]
    old = next(guests)
    for place in places:
        yield days.fill, (place, now)
    yield days.long_record, (first, old, size.long_record, now)
    yield days.full_day, (small, few, now)
    yield days.full_day, (last, many, now)
    yield days.under_way, (first, under_way, now)
    for place in places:
        for numbers in _spans(place.patients):
            yield people.register, (place, numbers, now)
        yield people.insure, (place, payers, now)
    for place, more in ((first, [*under_way, old]), (small, few), (last, many)):
        yield people.register, (place, more, now)
    for numbers in _spans(range(size.readings)):
        yield _readings, (places, numbers, size, now)
    yield _tasks, (first, size.tasks, now)


def _spans(numbers: range) -> Iterator[range]:
    for first in range(0, len(numbers), SPAN):
        yield numbers[first : first + SPAN]


def _readings(places: Sequence[Place], numbers: range, size: Size, now: datetime) -> None:
    """Lines of the read log, in the order of time: who opened whose chart."""
    sheet = Sheet(ReadEvent, "id", "at", "user_id", "patient_id", "request_id", what="chart", route="journey:chart")
    for number in numbers:
        place = places[number % len(places)]
        patient = place.patients[number * 7919 % len(place.patients)]
        at = now - timedelta(days=READ_DAYS) * (1 - number / size.readings)
        who = place.nurses[number % len(place.nurses)]
        sheet.add(number + 1, at, who, ident(PATIENT, patient), f"bench-{number}")
    flush(sheet)


def _tasks(place: Place, many: int, now: datetime) -> None:
    """Open tasks of the desk and of nurses, some late, some to come."""
    sheet = Sheet(
        FollowUp, "id", "kind", "patient_id", "title", "subject_id", "owner_role", "due_at", site_id=place.site.pk,
        subject_kind="patient", link="/patients/", opened_at=now,
    )  # fmt: skip
    for number in range(many):
        kind, role, title = TASKS[number % len(TASKS)]
        patient = ident(PATIENT, place.patients[number % len(place.patients)])
        due = now + timedelta(minutes=number * 37 % 28_800 - 14_400)
        key = ident(TASK, number)
        sheet.add(key, kind, patient, title, uuid5(UUID(key), kind), role.value, due)
    flush(sheet)


def _settle() -> None:
    """As a house in which all this was written over years: sealed, and triggers watch again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('clinic_readevent', 'id'), max(id)) FROM clinic_readevent")
        cursor.execute("RESET session_replication_role")
    sealing.seal()
