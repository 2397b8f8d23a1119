"""Many people, one slot. First each race is shown with a guard off, then the verbs stop it."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection

from clinic import clock
from clinic.composed import Batch
from clinic.errors import Refused
from clinic.models import Room, Site, User
from clinic.policy import Role
from patients.models import Patient
from reminders.models import Message
from tests import build, cleaning
from tests.visits.processes import FORK, Met, at_once
from visits import booking, changes, locks, places
from visits.calendar import Calendar
from visits.clashes import SlotTaken
from visits.models import Appointment, Hold
from visits.places import Wanted

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 40
# Two series that meet at the fifth of six dates.
DAYS = ["2027-02-02", "2027-02-05", "2027-02-09", "2027-02-12", "2027-02-16", "2027-02-19"]
OTHERS = ["2027-02-01", "2027-02-04", "2027-02-08", "2027-02-11", "2027-02-16", "2027-02-22"]

OVERLAPS = (
    "SELECT count(*) FROM visits_hold a JOIN visits_hold b ON a.id < b.id AND a.resource = b.resource "
    "AND a.lane = b.lane AND a.during && b.during WHERE a.active AND b.active"
)
DEADLOCKS = (
    "SELECT pg_stat_force_next_flush(); SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
)


def count(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0])


@pytest.fixture
def house() -> Iterator[Site]:
    """One infusion room, one nurse, in January."""
    site = build.site(rooms=1)
    build.user(Role.NURSE, at=site, name="Adaeze Okafor")
    with clock.at(build.moment(site, "2027-01-20")):
        yield site


@pytest.fixture
def desk(house: Site) -> User:
    return build.user(Role.FRONT_DESK, at=house)


@pytest.fixture
def no_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "keys", lambda names: [])


@pytest.fixture
def no_constraint(transactional_db: None) -> Iterator[None]:
    """The database lets two holds overlap; what they left is swept before it forbids that again."""
    (constraint,) = [one for one in Hold._meta.constraints if one.name == "hold_never_twice"]
    with connection.schema_editor() as editor:
        editor.remove_constraint(Hold, constraint)
    yield
    cleaning.empty()
    with connection.schema_editor() as editor:
        editor.add_constraint(Hold, constraint)


def all_look_before_one_writes(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The unlucky moment, made certain: everybody has seen the calendar, and nobody has written yet."""
    seen, look = FORK.Barrier(number), Calendar.read_holds

    def read_holds(calendar: Calendar, **asked: Any) -> None:
        look(calendar, **asked)
        seen.wait(30)

    monkeypatch.setattr(Calendar, "read_holds", read_holds)


def one_slot(house: Site, desk: User) -> Callable[[int], str]:
    patients = [build.patient(house) for _ in range(MANY)]
    start = build.moment(house, "2027-02-02")

    def work(index: int) -> str:
        return str(booking.book(patient=patients[index], site=house, kind="infusion", starts_at=start, by=desk).pk)

    return work


def two_series(house: Site, desk: User) -> Callable[[int], int]:
    patients = [build.patient(house) for _ in range(2)]

    def work(index: int) -> int:
        wanted = [Wanted("infusion", build.moment(house, day)) for day in (DAYS, OTHERS)[index]]
        # One of them in the opposite order: locks are taken in one order all the same.
        return len(booking.book_all(patient=patients[index], site=house, wanted=wanted[:: 1 - 2 * index], by=desk))

    return work


# One slot


def test_without_guards_forty_processes_all_get_one_slot(house, desk, no_locks, no_constraint, monkeypatch):
    work = one_slot(house, desk)
    all_look_before_one_writes(MANY, monkeypatch)
    answers = at_once(MANY, work)
    assert [answer for answer in answers if isinstance(answer, Met)] == []
    assert Hold.objects.filter(active=True, room__isnull=False).count() == MANY
    assert count(OVERLAPS) > 0


def test_forty_processes_book_one_slot_and_one_gets_it(house, desk):
    answers = at_once(MANY, one_slot(house, desk))
    lost = [answer for answer in answers if isinstance(answer, Met)]
    assert len(lost) == MANY - 1
    sentence = "Room 1 is taken from 09:00 to 11:00. The nearest free time is Tue 2 Feb, 11:00."
    assert set(lost) == {Met("SlotTaken", sentence)}
    assert Appointment.objects.count() == 1
    assert Hold.objects.filter(active=True, room__isnull=False).count() == 1


def test_the_constraint_is_the_last_witness(house, desk, no_locks, monkeypatch):
    """Without the locks everybody believes the slot free, and the database lets one have it."""
    work = one_slot(house, desk)
    all_look_before_one_writes(6, monkeypatch)
    answers = at_once(6, work)
    lost = [answer for answer in answers if isinstance(answer, Met)]
    assert len(lost) == 5
    assert {answer.kind for answer in lost} <= {"SlotTaken", "OperationalError"}, lost  # the latter is a deadlock
    assert count(OVERLAPS) == 0
    assert Appointment.objects.count() == 1


# Two series


def test_without_guards_two_series_share_their_fifth_date(house, desk, no_locks, no_constraint, monkeypatch):
    work = two_series(house, desk)
    all_look_before_one_writes(2, monkeypatch)
    assert at_once(2, work) == [6, 6]
    start = build.moment(house, DAYS[4])
    assert Appointment.objects.filter(starts_at=start).count() == 2
    assert count(OVERLAPS) > 0


def test_without_the_locks_two_series_in_opposite_order_deadlock(house, desk, no_locks, monkeypatch):
    patients = [build.patient(house) for _ in range(2)]
    begun, write = FORK.Barrier(2), places.write

    def write_and_meet(holds: Sequence[Hold], taken: str, *, along: Sequence[Batch]) -> None:
        """What the first visit holds, and when both have that, the rest."""
        first = [hold for hold in holds if hold.appointment_id == holds[0].appointment_id]
        write(first, taken, along=along)
        begun.wait(30)
        write(holds[len(first) :], taken)

    def work(index: int) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SET deadlock_timeout = '20ms'")
        wanted = [Wanted("infusion", build.moment(house, day)) for day in DAYS[:2]]
        return len(booking.book_all(patient=patients[index], site=house, wanted=wanted[:: 1 - 2 * index], by=desk))

    monkeypatch.setattr(places, "write", write_and_meet)
    (lost,) = [answer for answer in at_once(2, work) if isinstance(answer, Met)]
    assert lost.kind == "OperationalError"
    assert "deadlock detected" in lost.words


def test_two_series_that_meet_at_the_fifth_date_book_one_and_nothing_of_the_other(house, desk):
    answers = at_once(2, two_series(house, desk))
    (lost,) = [answer for answer in answers if isinstance(answer, Met)]
    assert 6 in answers
    assert lost.kind == "SlotTaken"
    assert "Room 1 is taken from 09:00 to 11:00." in lost.words
    assert Appointment.objects.count() == 6
    assert Appointment.objects.values("patient").distinct().count() == 1
    assert Message.objects.values("patient").distinct().count() == 1
    assert not Hold.objects.exclude(appointment__in=Appointment.objects.all()).exists()


# A busy morning


@pytest.fixture
def busy(house: Site) -> Site:
    """Four rooms, three nurses and one day."""
    for number in (2, 3, 4):
        Room.objects.create(site=house, name=f"Room {number}", kind=Room.Kind.INFUSION)
    build.user(Role.NURSE, at=house)
    build.user(Role.NURSE, at=house)
    return house


def some_start(random: Random, site: Site) -> datetime:
    return build.moment(site, "2027-02-02", "07:00") + timedelta(minutes=15 * random.randrange(44))


def tries(busy: Site, desk: User, patients: list[Patient], number: int) -> Callable[[int], Counter[str]]:
    """`number` random bookings, and a move of each that succeeds; what came of them, counted."""

    def one(random: Random) -> str:
        patient, start = random.choice(patients), some_start(random, busy)
        try:
            booked = booking.book(patient=patient, site=busy, kind="infusion", starts_at=start, by=desk)
            changes.move(appointment_id=booked.pk, starts_at=some_start(random, busy), by=desk)
        except SlotTaken:
            return "taken"
        except Refused:
            return "refused"
        return "moved"

    def work(index: int) -> Counter[str]:
        random = Random(index)
        return Counter(one(random) for _ in range(number))

    return work


def test_eight_hundred_random_bookings_leave_no_overlap_no_deadlock_and_no_error(busy, desk):
    patients = [build.patient(busy) for _ in range(30)]
    before = count(DEADLOCKS)
    answers = at_once(16, tries(busy, desk, patients, 50))
    assert [answer for answer in answers if isinstance(answer, Met)] == []
    told = sum(answers, Counter())
    assert told.total() == 800
    assert told["taken"] > 100
    assert count(OVERLAPS) == 0
    assert count(DEADLOCKS) == before
    assert Appointment.objects.filter(status="booked").count() >= 8
