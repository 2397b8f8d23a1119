"""Many people, one slot. First the race is shown with the guard off, then the verb stops it."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction
from psycopg2.extras import DateTimeTZRange

from clinic.models import Room
from clinic.policy import Role
from tests import build
from visits import booking, changes, locks, places
from visits.clashes import SlotTaken
from visits.models import Appointment, Hold

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 20


@pytest.fixture
def in_january():
    """The real clock: a moved one would be seen by one thread only."""


@pytest.fixture
def house():
    site = build.site(rooms=1)
    build.user(Role.NURSE, at=site, name="Adaeze Okafor")
    return site


def at_once(number: int, work: Callable[[int], object]) -> list[object]:
    """What each of `number` threads answers, or the error it met."""
    gate, answers = Barrier(number), [None] * number

    def run(index: int) -> None:
        try:
            gate.wait(30)
            answers[index] = work(index)
        except Exception as error:
            answers[index] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=(index,)) for index in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return answers


def test_look_then_write_without_a_guard_gives_one_slot_to_many(house):
    room = Room.objects.get(site=house, kind="infusion")
    start, end = (build.moment(house, "2027-02-02", hour) for hour in ("09:00", "11:00"))
    desk = build.user(Role.FRONT_DESK, at=house)
    patients = [build.patient(house) for _ in range(MANY)]
    looked = Barrier(MANY)

    def careless(index: int) -> bool:
        with transaction.atomic():
            taken = Hold.objects.filter(
                active=True, resource=room.pk, during__overlap=DateTimeTZRange(start, end)
            ).exists()
            looked.wait(30)
            if taken:
                return False
            Appointment.objects.create(
                patient=patients[index], site=house, kind="infusion", starts_at=start, ends_at=end, booked_by=desk
            )
        return True

    assert at_once(MANY, careless).count(True) >= 2


def test_twenty_book_one_slot_and_one_gets_it(house):
    desk = build.user(Role.FRONT_DESK, at=house)
    patients = [build.patient(house) for _ in range(MANY)]
    start = build.moment(house, "2027-02-02")
    answers = at_once(
        MANY,
        lambda index: booking.book(patient=patients[index], site=house, kind="infusion", starts_at=start, by=desk),
    )
    assert sum(isinstance(answer, Appointment) for answer in answers) == 1
    lost = [answer for answer in answers if not isinstance(answer, Appointment)]
    assert all(isinstance(answer, SlotTaken) for answer in lost), lost
    assert Hold.objects.filter(active=True, room__isnull=False).count() == 1


def test_two_series_that_meet_in_the_middle_book_one_and_not_half_of_the_other(house):
    desk = build.user(Role.FRONT_DESK, at=house)
    days = ["2027-02-02", "2027-02-05", "2027-02-09", "2027-02-12", "2027-02-16", "2027-02-19"]
    others = ["2027-02-01", "2027-02-04", "2027-02-08", "2027-02-11", "2027-02-16", "2027-02-22"]

    def series(index: int) -> list[Appointment]:
        chosen = (days, others)[index]
        # One of them in the opposite order: locks are taken in one order all the same.
        wanted = [places.Wanted("infusion", build.moment(house, day)) for day in chosen]
        return booking.book_all(patient=patients[index], site=house, wanted=wanted if index else wanted[::-1], by=desk)

    patients = [build.patient(house) for _ in range(2)]
    answers = at_once(2, series)
    assert sorted(type(answer).__name__ for answer in answers) == ["SlotTaken", "list"]
    assert Appointment.objects.count() == 6


def test_random_bookings_and_moves_leave_no_overlap_and_no_deadlock(house):
    desk = build.user(Role.FRONT_DESK, at=house)
    Room.objects.create(site=house, name="Room 2", kind=Room.Kind.INFUSION)
    patients = [build.patient(house) for _ in range(8)]

    def work(index: int) -> int:
        booked = 0
        for number in range(6):
            day = ("2027-02-02", "2027-02-03")[(index + number) % 2]
            start = build.moment(house, day, f"{9 + (index * 3 + number) % 6:02}:{(number % 2) * 30:02}")
            try:
                mine = booking.book(patient=patients[index], site=house, kind="infusion", starts_at=start, by=desk)
                booked += 1
                changes.move(
                    appointment_id=mine.pk,
                    starts_at=build.moment(house, day, f"{8 + (index + number) % 8:02}:00"),
                    by=desk,
                )
            except SlotTaken:
                continue
        return booked

    answers = at_once(8, work)
    assert all(isinstance(answer, int) for answer in answers), answers
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM visits_hold a JOIN visits_hold b ON a.id < b.id AND a.resource = b.resource "
            "AND a.lane = b.lane AND a.during && b.during WHERE a.active AND b.active"
        )
        assert cursor.fetchone() == (0,)


def test_the_constraint_is_the_last_witness(house, monkeypatch):
    """Even if no lock is taken, the database refuses the second hold, and the answer is a sentence."""
    monkeypatch.setattr(locks, "lock", lambda names: None)
    desk = build.user(Role.FRONT_DESK, at=house)
    patients = [build.patient(house) for _ in range(6)]
    start = build.moment(house, "2027-02-02")
    answers = at_once(
        6, lambda index: booking.book(patient=patients[index], site=house, kind="infusion", starts_at=start, by=desk)
    )
    assert sum(isinstance(answer, Appointment) for answer in answers) == 1
    assert sum(isinstance(answer, SlotTaken) for answer in answers) == 5, answers
