"""The week by room and by person."""

from datetime import date, time

import pytest

from clinic.models import Closure, Room, Shift, ShiftException
from tests import build
from visits import booking
from visits.views import schedule
from visits.week import by_person, by_room, week

pytestmark = pytest.mark.django_db
MONDAY, TUESDAY = date(2027, 2, 1), date(2027, 2, 2)


@pytest.fixture
def booked(site, front_desk, nurse, therapist):
    def visit(day="2027-02-02", kind="infusion", **wishes):
        start = build.moment(site, day, "09:00")
        return booking.book(patient=build.patient(site), site=site, kind=kind, starts_at=start, by=front_desk, **wishes)

    return visit


def told(lines):
    return {line.name: [len(cell.visits) for cell in line.cells] for line in lines}


def test_each_visit_stands_in_the_line_of_its_room_and_of_its_person(site, booked):
    booked()
    booked("2027-02-05", "preparation")
    shown = week(site, MONDAY)
    rooms, people = told(by_room(shown)), told(by_person(shown))
    tuesday, friday, none = [0, 1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 1, 0, 0], [0] * 7
    assert rooms == {"Room 1": tuesday, "Room 2": none, "Quiet A": friday, "Consult": none}
    assert people == {"Adaeze Okafor": tuesday, "Nadia Amir": friday}


def test_a_line_says_when_a_person_works_and_when_a_room_is_closed(site, nurse):
    Closure.objects.create(
        site=site, room=Room.objects.get(site=site, name="Room 1"), first_day=TUESDAY, last_day=TUESDAY, reason="Pump"
    )
    ShiftException.objects.create(user=nurse, site=site, day=TUESDAY)
    ShiftException.objects.create(user=nurse, site=site, day=date(2027, 2, 3), starts=time(12), ends=time(15))
    Shift.objects.filter(user=nurse, weekday=3).update(valid_until=date(2027, 1, 31))
    shown = week(site, MONDAY)
    room = [(cell.note, cell.is_off) for cell in by_room(shown)[0].cells[:3]]
    assert room == [("", False), ("Pump", True), ("", False)]
    notes = [cell.note for cell in by_person(shown)[0].cells]
    assert notes == ["08:00–18:00", "off", "12:00–15:00", "off", "08:00–18:00", "off", "off"]


def test_a_room_no_longer_in_use_has_a_line_while_it_is_booked(site, booked):
    booked()
    Room.objects.filter(site=site, name="Room 1").update(is_active=False)
    last = by_room(week(site, MONDAY))[-1]
    assert (last.name, last.under, last.count) == ("Room 1", "no longer in use", 1)


@pytest.mark.parametrize("count", [1, 3])
def test_both_grids_cost_eight_queries_however_full(site, booked, count, django_assert_num_queries):
    for number in range(count):
        booked(f"2027-02-0{number + 2}")
    with django_assert_num_queries(8):
        shown = week(site, MONDAY)
        assert sum(line.count for line in [*by_room(shown), *by_person(shown)]) == 2 * count


@pytest.mark.parametrize("view", ["rooms", "people", "nonsense"])
def test_the_page_shows_the_week_as_it_was_asked_for(client, site, front_desk, booked, view):
    booked()
    client.force_login(front_desk)
    page = client.get("/visits/", {"week": "2027-02-02", "view": view, "room": "x"})
    assert page.context["view"] == (view if view != "nonsense" else "")
    assert "Maya Torres" in page.content.decode()


@pytest.mark.parametrize("view", ["", "rooms", "people"])
def test_what_a_very_full_week_holds_beyond_its_first_part_comes_by_its_own_request(
    client, front_desk, booked, monkeypatch, view
):
    monkeypatch.setattr(schedule, "DAYS_AT_ONCE", 1)
    monkeypatch.setattr(schedule, "LINES_AT_ONCE", 1)
    booked("2027-02-02")
    booked("2027-02-05", "preparation")
    client.force_login(front_desk)
    page = client.get("/visits/", {"week": "2027-02-02", "view": view})
    assert page.content.count(b"Maya Torres") == 1
    assert f"since={page.context['rest']}" in page.content.decode()
    rest = {"week": "2027-02-02", "view": view, "since": page.context["rest"]}
    after = client.get("/visits/", rest, headers={"HX-Request": "true"})
    assert after.content.count(b"Maya Torres") == 1
    assert (b"<html" in after.content, after.context["rest"]) == (False, None)


@pytest.mark.parametrize("view", ["", "rooms", "people"])
def test_a_part_opened_by_itself_counts_nothing_and_leads_to_whole_weeks(client, front_desk, booked, view):
    booked("2027-02-05", "preparation")
    client.force_login(front_desk)
    page = client.get("/visits/", {"week": "2027-02-02", "view": view, "since": "1"}).content.decode()
    assert ("since=" in page, "1 visit" in page) == (False, False)


@pytest.mark.parametrize("since", ["-1", "x", "9999", "²", "99"])
def test_a_part_that_is_none_shows_a_page(client, front_desk, since):
    client.force_login(front_desk)
    assert client.get("/visits/", {"since": since}).status_code == 200
