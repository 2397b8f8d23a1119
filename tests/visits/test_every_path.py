"""Nobody takes a place past the guard: few modules write visits and holds, and each write stands inside its locks."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from clinic import clock
from clinic.errors import Refused
from clinic.models import Closure
from tests import build
from tests.visits.house import House
from visits import arrivals, booking, changes, extending, locks, repair, repair_finding, undoing
from visits.models import Appointment, Hold
from visits.places import Wanted

ROOMS = ("clinic", "patients", "insurance", "reminders", "visits", "infusions", "therapy", "journey")
HOLDS, VISITS = "holds", "visits"
# Who may write: the taking of a place, the taking back, and the verbs of a visit.
MAY_WRITE = {
    HOLDS: {"visits/places.py", "visits/undoing.py", "visits/extending.py"},
    VISITS: {
        "visits/booking.py",
        "visits/changes.py",
        "visits/undoing.py",
        "visits/extending.py",
        "visits/groups.py",
    },
}
WRITES = r"(create|bulk_create|acreate|update|bulk_update|get_or_create|update_or_create|delete|save)"
CALLS = {
    HOLDS: re.compile(rf"Hold$|.*\b(Hold\.\w+|holds?)\b(\(.*\))?(\..*)?\.{WRITES}$", re.DOTALL),
    VISITS: re.compile(
        rf"Appointment$|(?!.*\bholds\b).*\b(Appointment\.\w+|appointments?|visits?)\b(\(.*\))?(\..*)?\.{WRITES}$",
        re.DOTALL,
    ),
}
SQL = {
    HOLDS: re.compile(r"(INSERT INTO|UPDATE|DELETE FROM|TRUNCATE)\s+\"?visits_hold\b", re.IGNORECASE),
    VISITS: re.compile(r"(INSERT INTO|UPDATE|DELETE FROM|TRUNCATE)\s+\"?visits_appointment\b", re.IGNORECASE),
}


def written(source: str) -> set[str]:
    """Of holds and visits, what this code writes."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            found |= {what for what, call in CALLS.items() if call.match(called)}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found |= {what for what, statement in SQL.items() if statement.search(node.value)}
    return found


def modules() -> Iterator[tuple[str, str]]:
    """Every module of the rooms but the migrations."""
    root = Path(settings.BASE_DIR)
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(root)), path.read_text()


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("Hold.objects.create(lane=1)", {HOLDS}),
        ("Hold(lane=1)", {HOLDS}),
        ("Hold.objects.filter(active=True).update(active=False)", {HOLDS}),
        ("visit.holds.filter(active=True).update(active=False)", {HOLDS}),
        ("hold.save()", {HOLDS}),
        ("Appointment.objects.bulk_create(rows)", {VISITS}),
        ("patient.appointments.all().update(status='done')", {VISITS}),
        ("appointment.save(update_fields=['starts_at'])", {VISITS}),
        ("infusion.appointment.save()", {VISITS}),
        ("cursor.execute('UPDATE visits_hold SET active = false')", {HOLDS}),
        ("Appointment.objects.filter(holds__room=room).count()", set()),
        ("'SELECT 1 FROM visits_hold'", set()),
        ("series.save()", set()),
    ],
)
def test_a_write_is_seen(source, what):
    assert written(source) == what


def test_only_the_verbs_of_booking_write_visits_and_holds():
    stray = [(name, what) for name, source in modules() for what in written(source) if name not in MAY_WRITE[what]]
    assert stray == []


def test_each_that_may_write_does():
    """Else the list above allows what nobody needs."""
    does = {name: written(source) for name, source in modules()}
    idle = [(name, what) for what, names in MAY_WRITE.items() for name in sorted(names) if what not in does[name]]
    assert idle == []


# Inside the locks


HELD_LOCKS = (
    "SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks "
    "WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted"
)


def taken() -> dict[Any, set[int]]:
    """Of each active hold, the locks that its taking needs."""
    holds = Hold.objects.filter(active=True).values_list("pk", "resource", "during")
    return {
        pk: {locks.key(day, str(resource)) for day in locks.utc_days(during.lower, during.upper)}
        for pk, resource, during in holds
    }


@contextmanager
def every_write_is_locked() -> Iterator[list[int]]:
    """Look at each statement that takes places: every day and resource of theirs is locked by us."""
    seen: list[int] = []

    def look(execute: Callable[..., Any], sql: str, *asked: Any) -> Any:
        if not re.search(r'(^|; )(INSERT INTO|UPDATE) "visits_hold"', sql):  # others may go in the same sending
            return execute(sql, *asked)
        before = set(taken())
        answer = execute(sql, *asked)
        needed = {key for pk, keys in taken().items() if pk not in before for key in keys}
        with connection.cursor() as cursor:
            cursor.execute(HELD_LOCKS)
            assert needed <= {row[0] for row in cursor.fetchall()}, sql
        seen.append(len(needed))
        return answer

    with connection.execute_wrapper(look):
        yield seen
    assert sum(seen), "No place was taken: this proves nothing."


@pytest.fixture
def house(transactional_db: None) -> Iterator[House]:
    made = House()
    with clock.at(made.opens):
        yield made


def new(house: House) -> Any:
    start = build.moment(house.site, "2027-02-03", "13:00")
    return booking.book(patient=house.patients[1], site=house.site, kind="infusion", starts_at=start, by=house.desk)


def series(house: House) -> Any:
    wanted = [Wanted("preparation", build.moment(house.site, day, "13:00")) for day in ("2027-02-03", "2027-02-04")]
    return booking.book_all(patient=house.patients[1], site=house.site, wanted=wanted, by=house.desk)


def overbooked(house: House) -> Any:
    for patient in house.patients[1:]:
        booking.book(
            patient=patient, site=house.site, kind="infusion", starts_at=build.moment(house.site, "2027-02-05"),
            by=house.desk, overbook_reason="Came from far",
        )  # fmt: skip


def walk_in(house: House) -> Any:
    start = build.moment(house.site, "2027-02-01", "08:00")
    with clock.at(start):
        arrivals.walk_in(patient=house.patients[1], site=house.site, kind="infusion", starts_at=start, by=house.desk)


def moved(house: House) -> Any:
    visit = Appointment.objects.filter(patient=house.patients[1]).get()
    start = build.moment(house.site, "2027-02-05", "14:00")
    changes.move(appointment_id=visit.pk, starts_at=start, by=house.desk)


def extended(house: House) -> Any:
    visit = Appointment.objects.filter(patient=house.patients[1]).get()
    extending.extend(appointment_id=visit.pk, minutes=30, by=house.desk)


def undone(house: House) -> Any:
    visit = Appointment.objects.filter(patient=house.patients[1]).get()
    changes.cancel(appointment_id=visit.pk, party="clinic", reason="By mistake", by=house.desk)
    undoing.undo(appointment_id=visit.pk, by=house.desk)


def repaired(house: House) -> Any:
    day = date(2027, 2, 2)
    Closure.objects.create(site=house.site, first_day=day, last_day=day, reason="Flooded")
    asked = repair.ask(site=house.site, first_day=day, last_day=day, by=house.desk)
    repair_finding.find(repair_id=asked.pk)
    repair.carry_out(repair_id=asked.pk, by=house.desk)


def repaired_and_taken_back(house: House) -> Any:
    repaired(house)
    repair.undo(repair_id=house.site.repairs.get().pk, by=house.desk)


PATHS = (new, series, overbooked, walk_in, moved, extended, undone, repaired, repaired_and_taken_back)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.__name__)
def test_each_path_takes_its_places_inside_the_locks(house, path):
    with every_write_is_locked():
        path(house)


def test_a_path_without_its_locks_is_noticed(house, monkeypatch):
    monkeypatch.setattr(locks, "keys", lambda names: [])
    with pytest.raises(AssertionError, match="visits_hold"), every_write_is_locked():
        new(house)


def test_a_refused_booking_takes_nothing(house):
    before = taken()
    with pytest.raises(Refused):
        booking.book(
            patient=house.patients[1], site=house.site, kind="infusion",
            starts_at=build.moment(house.site, "2027-02-06"), by=house.desk,
        )  # fmt: skip
    assert taken() == before
