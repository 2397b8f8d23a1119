"""The pages of the schedule: who may open them, what they say, what they cost."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic import clock
from clinic.models import Closure, ReadEvent
from clinic.policy import Role
from reminders.models import FollowUp, Message
from tests import build
from visits import booking, changes, rides
from visits.models import Appointment

pytestmark = pytest.mark.django_db
STEPS = ["confirm", "arrive", "begin", "finish", "cancel", "no-show", "move", "undo"]


@pytest.fixture
def visit(site, patient, front_desk, nurse):
    return booking.book(
        patient=patient, site=site, kind="infusion", starts_at=build.moment(site, "2027-02-02"), by=front_desk
    )


@pytest.fixture
def desk(client, front_desk):
    client.force_login(front_desk)
    return client


def address(name, visit):
    return reverse(f"visits:{name}", args=[visit.pk])


def text(response):
    return re.sub(r"\s+", " ", response.content.decode().replace("\u00a0", " "))


def test_the_week_shows_its_visits_with_room_and_nurse(desk, visit):
    page = text(desk.get(reverse("visits:schedule"), {"week": "2027-02-04"}))
    for words in ("Maya Torres", "Room 1", "Adaeze Okafor", "09:00", "Tuesday 2 February", "1 visit"):
        assert words in page


def test_the_week_of_one_room_leaves_out_the_others(desk, visit, site):
    other = site.rooms.get(name="Room 2")
    page = text(desk.get(reverse("visits:schedule"), {"week": "2027-02-02", "room": other.pk}))
    assert "Maya Torres" not in page


def test_a_week_that_is_no_date_is_this_week(desk, visit):
    assert "18 Jan to 24 Jan 2027" in text(desk.get(reverse("visits:schedule"), {"week": "soon", "room": "x"}))


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_week_beyond_every_calendar_is_this_week(desk, visit, day):
    assert desk.get(reverse("visits:schedule"), {"week": day}).status_code == 200


def test_a_slip_in_the_year_is_asked_about(desk, patient):
    wish = {"kind": "evaluation", "day": "9999-12-31", "at": "09:00"}
    answer = desk.get(reverse("visits:book", args=[patient.pk]), wish)
    assert answer.status_code == 422
    assert "Look at the year" in answer.content.decode()


def test_a_closed_day_says_why(desk, site):
    day = site.today()
    Closure.objects.create(site=site, first_day=day, last_day=day, reason="Staff day")
    assert "Staff day" in text(desk.get(reverse("visits:schedule")))


@pytest.mark.parametrize("count", [1, 3])
def test_the_week_costs_the_same_however_full(desk, site, nurse, front_desk, count):
    for number in range(count):
        booking.book(
            patient=build.patient(site),
            site=site,
            kind="infusion",
            starts_at=build.moment(site, "2027-02-02") + timedelta(days=number),
            by=front_desk,
        )
    with CaptureQueriesContext(connection) as queries:
        desk.get(reverse("visits:schedule"), {"week": "2027-02-02"})
    visits = [query for query in queries if "visits_" in query["sql"]]
    assert len(visits) == 2


def test_a_stranger_finds_nothing(client, stranger, visit):
    client.force_login(stranger)
    assert client.get(address("appointment", visit)).status_code == 404
    for step in STEPS:
        assert client.post(address(step, visit)).status_code == 404
    assert client.get(reverse("visits:book", args=[visit.patient_id])).status_code == 404
    assert "Maya" not in text(client.get(reverse("visits:schedule"), {"week": "2027-02-02"}))


def test_a_colleague_without_the_right_sees_and_does_not_change(client, insurance_admin, visit):
    client.force_login(insurance_admin)
    page = text(client.get(address("appointment", visit)))
    assert "Maya Torres" in page
    assert "Cancel the visit" not in page
    for step in STEPS:
        assert client.post(address(step, visit)).status_code == 403
    assert client.get(reverse("visits:book", args=[visit.patient_id])).status_code == 403


def test_opening_a_visit_leaves_a_line_in_the_read_log(desk, visit):
    desk.get(address("appointment", visit))
    assert ReadEvent.objects.get().patient_id == visit.patient_id


def test_the_consequences_of_a_cancellation_are_said_before(desk, visit):
    page = text(desk.get(address("appointment", visit)))
    assert "Room 1 and Adaeze Okafor are free again, 09:00 to 11:00." in page
    assert "2 planned messages are taken back." in page
    assert "In good time: late only after Mon 1 Feb, 09:00." in page


def test_a_late_cancellation_is_said_before_and_after(desk, visit, site):
    with clock.at(build.moment(site, "2027-02-01", "10:00")):
        assert "it counts as late" in text(desk.get(address("appointment", visit)))
        answer = desk.post(address("cancel", visit), {"party": "patient", "reason": "A cold"}, follow=True)
        assert "Cancelled. It counts as late." in text(answer)


def test_a_cancellation_without_a_reason_keeps_what_was_typed(desk, visit):
    answer = desk.post(address("cancel", visit), {"party": "clinic", "reason": ""})
    assert answer.status_code == 422
    page = text(answer)
    assert "Write in a few words why." in page
    assert re.search(r'value="clinic"[^>]*checked', page)
    visit.refresh_from_db()
    assert visit.status == "booked"


def test_a_cancellation_can_be_undone_from_the_page(desk, visit):
    desk.post(address("cancel", visit), {"party": "clinic", "reason": "Storm"})
    assert "can be undone until" in text(desk.get(address("appointment", visit)))
    desk.post(address("undo", visit), {"version": "2"})
    visit.refresh_from_db()
    assert visit.status == "booked"
    assert Message.objects.filter(state="planned").count() == 2


def test_a_stale_page_does_not_undo_what_a_colleague_changed_since(desk, visit, front_desk):
    desk.post(address("confirm", visit))
    page = desk.get(address("appointment", visit)).content.decode()
    assert '<input type="hidden" name="version" value="2">' in page
    changes.cancel(appointment_id=visit.pk, party="clinic", reason="Storm", by=front_desk)
    for seen in ({"version": "2"}, {}):
        answer = desk.post(address("undo", visit), seen)
        assert answer.status_code == 409
        assert "Look at it again before you undo anything." in text(answer)
    visit.refresh_from_db()
    assert visit.status == "cancelled"


def test_front_desk_does_not_read_the_reason_and_a_nurse_does(client, desk, visit, nurse, front_desk):
    changes.cancel(appointment_id=visit.pk, party="clinic", reason="Blood pressure", by=nurse)
    assert "Blood pressure" not in text(desk.get(address("appointment", visit)))
    client.force_login(nurse)
    assert "Blood pressure" in text(client.get(address("appointment", visit)))


def test_a_move_goes_through_the_page(desk, visit, site):
    answer = desk.post(address("move", visit), {"day": "2027-02-03", "at": "10:30"}, follow=True)
    assert "Moved to Wed 3 Feb, 10:30." in text(answer)
    visit.refresh_from_db()
    assert visit.starts_at == build.moment(site, "2027-02-03", "10:30")


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        ({"day": "2027-02-06", "at": "10:30"}, 409, "not open on Saturdays"),
        ({"day": "2027-02-03", "at": "10:31"}, 422, "step of 5 minutes"),
        ({"day": "", "at": "10:30"}, 422, "Choose the new day."),
        ({"day": "tomorrow", "at": "10:30"}, 422, "This is not a date."),
        ({"day": "2026-02-03", "at": "10:30"}, 409, "is in the past"),
    ],
)
def test_a_move_that_can_not_be_says_why_and_keeps_what_was_typed(desk, visit, typed, status, words):
    answer = desk.post(address("move", visit), typed)
    assert answer.status_code == status
    assert words in text(answer)
    assert f'value="{typed["at"]}"' in text(answer)


def test_arrival_is_no_button_on_another_day(desk, visit):
    assert ">Arrived<" not in text(desk.get(address("appointment", visit)))


def test_arrival_is_one_button_on_the_day(desk, visit, site):
    with clock.at(build.moment(site, "2027-02-02", "08:55")):
        assert ">Arrived<" in text(desk.get(address("appointment", visit)))
        assert "Maya Torres is here." in text(desk.post(address("arrive", visit), follow=True))
        assert "can’t become" in text(desk.post(address("arrive", visit)))


def test_a_no_show_too_early_is_a_sentence(desk, visit, site):
    with clock.at(build.moment(site, "2027-02-02", "09:05")):
        answer = desk.post(address("no-show", visit))
    assert answer.status_code == 409
    assert "Wait until Tue 2 Feb, 09:10" in text(answer)


def test_a_free_slot_is_booked_with_one_click(desk, patient, nurse, site):
    wish = {"kind": "infusion", "day": "2027-02-02", "at": "10:00"}
    page = desk.get(reverse("visits:book", args=[patient.pk]), wish)
    slots = re.findall(r'name="starts_at" value="([^"]+)"', page.content.decode())
    assert "Tuesday 2 February" in text(page)
    answer = desk.post(
        reverse("visits:book", args=[patient.pk]), {"kind": "infusion", "starts_at": slots[0]}, follow=True
    )
    assert "Booked: Tue 2 Feb" in text(answer)
    assert Appointment.objects.get().kind == "infusion"


def test_a_slot_that_has_gone_meanwhile_is_a_sentence_and_the_list_is_fresh(desk, visit, site, nurse):
    other = build.patient(site)
    site.rooms.filter(name="Room 2").update(is_active=False)
    answer = desk.post(
        reverse("visits:book", args=[other.pk]) + "?kind=infusion&day=2027-02-02&at=09:00",
        {"kind": "infusion", "starts_at": visit.starts_at.isoformat()},
    )
    assert answer.status_code == 409
    assert "Room 1 is taken from 09:00 to 11:00" in text(answer)
    assert "Tuesday 2 February" in text(answer)


@pytest.mark.parametrize(
    ("wish", "words"),
    [({"day": "someday"}, "This is not a date."), ({"kind": "party"}, "This is not one of the choices.")],
)
def test_a_wish_that_is_none_is_said(desk, patient, wish, words):
    answer = desk.get(reverse("visits:book", args=[patient.pk]), wish)
    assert answer.status_code == 422
    assert words in text(answer)


def test_a_week_without_anything_free_says_what_to_do(desk, patient):
    answer = desk.get(reverse("visits:book", args=[patient.pk]), {"kind": "infusion", "day": "2027-02-02"})
    assert "Nothing is free in this week" in text(answer)


def test_a_therapist_begins_and_ends_a_session_of_their_own(client, therapist, site, patient, front_desk):
    session = booking.book(
        patient=patient,
        site=site,
        kind="midpoint",
        starts_at=build.moment(site, "2027-02-02", "13:00"),
        by=front_desk,
    )
    client.force_login(therapist)
    with clock.at(build.moment(site, "2027-02-02", "13:00")):
        for step in ("arrive", "begin", "finish"):
            assert client.post(address(step, session)).status_code == 302
    session.refresh_from_db()
    assert session.status == "done"


@pytest.mark.parametrize("step", ["begin", "finish"])
def test_an_infusion_is_not_begun_or_ended_by_hand(client, nurse, site, patient, front_desk, step):
    visit = booking.book(
        patient=patient, site=site, kind="infusion", starts_at=build.moment(site, "2027-02-02"), by=front_desk
    )
    client.force_login(nurse)
    with clock.at(build.moment(site, "2027-02-02")):
        changes.arrive(appointment_id=visit.pk, by=front_desk)
        answer = client.post(address(step, visit))
    assert "at the chair" in text(answer)
    visit.refresh_from_db()
    assert visit.status == "arrived"


@pytest.mark.parametrize("role", list(Role))
def test_everybody_at_the_site_sees_the_schedule(client, site, role):
    client.force_login(build.user(role, at=site))
    assert client.get(reverse("visits:schedule")).status_code == 200


def test_the_desk_names_the_ride_on_the_phone_and_the_call_is_off_the_list(client, visit, front_desk):
    rides.has_none(appointment_id=visit.pk, by=front_desk)
    client.force_login(front_desk)
    page = f"/visits/{visit.pk}/ride/"
    assert client.post(page, {"name": "Luis", "phone": "12"}).status_code == 422
    kept = client.post(page, {"name": "Luis", "phone": "(555) 013-7742"}, follow=True)
    assert "Tomas Reyes" in kept.content.decode()
    assert rides.of(visit).contact.name == "Luis"
    assert FollowUp.objects.get(kind="visit_no_ride").state == "done"
