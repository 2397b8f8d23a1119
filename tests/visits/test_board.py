"""The day as the board reads it."""

from datetime import date, time

import pytest

from clinic import clock
from clinic.models import Closure, Room, ShiftException
from tests import build
from visits import board, booking, changes

pytestmark = pytest.mark.django_db
DAY = date(2027, 2, 2)


@pytest.fixture
def booked(site, front_desk, nurse, therapist):
    def visit(at="09:00", kind="infusion", **wishes):
        return booking.book(
            patient=build.patient(site),
            site=site,
            kind=kind,
            starts_at=build.moment(site, "2027-02-02", at),
            by=front_desk,
            **wishes,
        )

    return visit


def test_an_empty_day_has_rooms_people_and_hours(site, nurse, therapist):
    shown = board.day(site, DAY)
    assert [place.room.name for place in shown.rooms] == ["Room 1", "Room 2", "Quiet A", "Consult"]
    assert [(person.user.full_name, person.lanes) for person in shown.people] == [
        ("Adaeze Okafor", 2),
        ("Nadia Amir", 1),
    ]
    assert (f"{shown.opens_at:%H:%M}", f"{shown.closes_at:%H:%M}", shown.rows) == ("08:00", "18:00", 120)
    assert shown.visits == []


def test_a_visit_stands_in_its_room_with_its_stages(site, booked):
    booked()
    shown = board.day(site, DAY)
    visit = shown.rooms[0].visits[0]
    assert (visit.row, visit.rows, visit.staff.full_name) == (13, 24, "Adaeze Okafor")
    assert [(stage.name, f"{stage.starts_at:%H:%M}", f"{stage.ends_at:%H:%M}") for stage in visit.stages] == [
        ("preparation", "09:00", "09:15"),
        ("infusion", "09:15", "09:55"),
        ("recovery", "09:55", "10:55"),
    ]
    assert [(block.phase, block.lane, block.row, block.rows) for block in shown.people[0].blocks] == [
        ("watching", 1, 13, 23),
        ("attending", 50, 13, 5),
    ]


def test_who_is_late_and_who_is_here(site, booked, front_desk):
    here, late = booked(), booked("09:30")
    with clock.at(build.moment(site, "2027-02-02", "09:41")):
        changes.arrive(appointment_id=here.pk, by=front_desk)
        shown = board.day(site, DAY)
        assert [visit.appointment for visit in shown.here] == [here]
        assert [visit.appointment for visit in shown.late] == [late]
        assert shown.now_row == 21


def test_a_no_show_stays_visible_and_a_cancellation_does_not(site, booked, front_desk):
    missed, cancelled = booked(), booked("11:00")
    changes.cancel(appointment_id=cancelled.pk, party="clinic", reason="Storm", by=front_desk)
    with clock.at(build.moment(site, "2027-02-02", "09:10")):
        changes.no_show(appointment_id=missed.pk, by=front_desk)
    assert [visit.appointment for visit in board.day(site, DAY).visits] == [missed]


def test_a_closed_room_says_why_and_an_absent_nurse_is_not_shown(site, nurse):
    room = Room.objects.get(site=site, name="Room 1")
    Closure.objects.create(site=site, room=room, first_day=DAY, last_day=DAY, reason="Pump service")
    ShiftException.objects.create(user=nurse, site=site, day=DAY)
    shown = board.day(site, DAY)
    assert [place.closed_because for place in shown.rooms] == ["Pump service", "", "", ""]
    assert shown.people == []


def test_a_shorter_day_by_exception_is_shown(site, nurse):
    ShiftException.objects.create(user=nurse, site=site, day=DAY, starts=time(12), ends=time(15))
    (shift,) = board.day(site, DAY).people[0].shifts
    assert [f"{moment:%H:%M}" for moment in shift] == ["12:00", "15:00"]


def test_another_site_is_not_on_the_board(site, other_site, booked):
    booked()
    assert board.day(other_site, DAY).visits == []


@pytest.mark.parametrize("count", [1, 3])
def test_a_day_costs_one_query_however_full(site, booked, count, django_assert_num_queries):
    for number in range(count):
        booked(f"{9 + number * 2:02}:00")
    with django_assert_num_queries(1):
        shown = board.day(site, DAY)
        assert [visit.patient.name for visit in shown.visits] == ["Maya Torres"] * count
