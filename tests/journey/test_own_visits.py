"""The patient's own page behind a link: birth date first, then visits, a ride, and the day after; in two languages."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from icalendar import Calendar

from clinic import clock
from patients import links
from patients.models import Contact
from reminders.models import FollowUp
from tests import build
from tests.infusions import making
from tests.patients.linking import good, open_door, token_of
from visits import booking, changes
from visits.models import Appointment, Ride

CLINICAL = ("infusion", "ketamine", "depress", "booster", "psych")


@pytest.fixture(autouse=True)
def in_january(site):
    with clock.at(build.moment(site, "2027-01-27", "10:40")):
        yield


@pytest.fixture
def visit(site, patient, nurse, other_nurse) -> Appointment:
    starts_at = build.moment(site, "2027-02-05")
    return booking.book(patient=patient, site=site, kind="infusion", starts_at=starts_at, by=nurse)


@pytest.fixture
def path(patient) -> str:
    return links.make(patient_id=patient.pk, purpose="visits", by=None)


@pytest.fixture
def own(client, path, patient, visit):
    """The page of the visit, behind the door."""
    open_door(client, path, patient)
    return f"/p/{token_of(path)}/visits/{visit.pk}/"


def words(answer) -> str:
    return " ".join(answer.content.decode().split())


def read(answer) -> str:
    """What a person reads on the page."""
    return re.sub(r"<[^>]*>", " ", words(answer)).lower()


def test_nothing_is_said_before_the_birth_date(client, path, visit, patient):
    shut = client.get(f"/p/{token_of(path)}/visits/", follow=True)
    assert "What is your birth date?" in words(shut)
    assert not any(word in read(shut) for word in (*CLINICAL, "maya", "9:00"))
    opened = open_door(client, path, patient)
    assert "Hello Maya" in words(opened)
    assert "Friday, February 5, 9:00 AM" in words(opened)
    assert not any(word in read(opened) for word in CLINICAL)


def test_a_yes_that_was_sent_while_the_door_was_shut_is_kept_and_done(client, path, visit, patient):
    address = f"/p/{token_of(path)}/visits/{visit.pk}/confirm/"
    asked = client.post(address, {"answer": "yes"})
    assert asked.status_code == 401
    done = client.post(address, good(patient) | {"held": asked.context["held"]}, follow=True)
    visit.refresh_from_db()
    assert (done.status_code, visit.status) == (200, "confirmed")


def test_yes_shows_its_result_however_often_it_is_pressed(client, own, visit):
    for _ in range(2):
        done = client.post(f"{own}confirm/", follow=True)
        assert "Thank you. See you then" in words(done)
    assert "Yes, I will be there" not in words(client.get(own))
    assert visit.status_events.filter(after="confirmed").count() == 1


def test_a_link_on_two_phones_asks_each_for_the_birth_date_and_does_it_once(client, own, path, patient, visit):
    other = Client()
    assert "What is your birth date?" in words(other.get(own))
    open_door(other, path, patient)
    for phone in (client, other):
        assert "See you then" in words(phone.post(f"{own}confirm/", {"answer": "yes"}, follow=True))
    client.post(f"{own}cancel/", {"reason": ""})
    late = other.post(f"{own}move/", {"starts": "2027-02-08T17:00:00+00:00", "seen": visit.starts_at.isoformat()})
    assert (late.status_code, "This visit does not stand any more." in words(late)) == (409, True)
    assert visit.status_events.filter(after="confirmed").count() == 1


def test_a_patient_moves_to_an_offered_hour_and_finds_it_by_the_way_back(client, own, visit):
    page = client.get(f"{own}move/")
    days = page.context["days"]
    assert 1 <= sum(len(starts) for _, starts in days) <= 12
    starts, seen = days[0][1][0][0], page.context["seen"]
    for _ in range(2):
        done = client.post(f"{own}move/", {"starts": starts, "seen": seen}, follow=True)
        assert "Your visit is moved" in words(done)
    assert visit.status_events.filter(moved_from__isnull=False).count() == 1


def test_what_the_desk_changed_meanwhile_is_said_with_the_hours_that_are_free_now(client, own, visit, nurse):
    page = client.get(f"{own}move/")
    typed = {"starts": page.context["days"][0][1][0][0], "seen": page.context["seen"]}
    changes.move(appointment_id=visit.pk, starts_at=visit.starts_at + timedelta(hours=2), by=nurse)
    answer = client.post(f"{own}move/", typed)
    assert answer.status_code == 409
    assert "Your visit has changed meanwhile. It is on Friday, February 5 at 11:00 AM now." in words(answer)
    assert answer.context["days"]


def test_none_suits_is_a_call(client, own):
    done = client.post(f"{own}move/", {"call": "1"}, follow=True)
    assert "Thank you. We call you" in words(done)
    assert FollowUp.objects.get(kind="patient_wants_time").state == "open"


def test_calling_off_says_first_what_it_means(client, own, visit):
    asked = client.get(f"{own}cancel/")
    assert "You tell us more than 24 hours before, so it does not count as late." in words(asked)
    with clock.at(visit.starts_at - timedelta(hours=3)):
        client.get(own)  # the door was idle
    client.post(f"{own}cancel/", {"reason": "A cold"}, follow=True)
    visit.refresh_from_db()
    assert (visit.status, visit.cancelled_late, visit.reason) == ("cancelled", False, "A cold")
    assert "This visit is called off" in words(client.get(own))


def test_who_is_late_or_was_missed_is_told_what_to_do(client, path, patient, visit, nurse):
    """After the hour nothing can be answered by link any more: the page says so, and has the number."""
    with clock.at(visit.starts_at + timedelta(minutes=20)):
        open_door(client, path, patient)
        own = f"/p/{token_of(path)}/visits/{visit.pk}/"
        late = words(client.get(own))
        assert "Your visit has begun by the clock." in late
        assert (late.count('href="tel:'), "Yes, I will be there" in late) == (4, False)
        changes.no_show(appointment_id=visit.pk, by=nurse)
        missed = words(client.get(own))
    assert ("We missed you" in missed, "Your visit has begun" in missed) == (True, False)


def test_calling_off_is_one_tap_from_the_first_page(client, path, patient, visit):
    assert f"/visits/{visit.pk}/cancel/" in words(open_door(client, path, patient))


def test_a_late_one_is_named_so_by_the_rule(client, path, patient, visit):
    with clock.at(visit.starts_at - timedelta(hours=20)):
        open_door(client, path, patient)
        own = f"/p/{token_of(path)}/visits/{visit.pk}/"
        assert "By our rule this counts as a late cancellation." in words(client.get(f"{own}cancel/"))
        assert "so we move it together on the phone" in words(client.get(f"{own}move/"))
        done = client.post(f"{own}cancel/", follow=True)
    assert "It counts as a late cancellation." in words(done)


def test_the_ride_is_asked_for_kindly_and_a_short_number_is_named(client, own, visit):
    short = client.post(f"{own}ride/", {"who": "other", "name": "Luis", "phone": "(555) 013-774"})
    assert (short.status_code, "for example (555) 013-7742" in words(short)) == (422, True)
    typed = {"who": "other", "name": "Luis", "phone": "(555) 013-7742", "relation": "brother"}
    done = client.post(f"{own}ride/", typed, follow=True)
    assert "We know who takes you home" in words(done)
    assert Ride.objects.get(appointment=visit).contact == Contact.objects.get(name="Luis")
    assert "Luis, (555) 013-7742" in words(client.get(f"{own}ride/"))
    client.post(f"{own}ride/", {"who": "nobody"})
    assert FollowUp.objects.get(kind="visit_no_ride").state == "open"


def test_preparing_says_the_hours_of_the_sites_protocol(client, own):
    """From the drug at 9:15: six hours without food, two without drink, a day without alcohol (Table A)."""
    page = words(client.get(f"{own}prepare/"))
    assert "Nothing to eat after <b>Friday, February 5 at 3:15 AM</b>" in page
    assert "Water and other clear drinks until <b>Friday, February 5 at 7:15 AM</b>" in page
    assert "from <b>Thursday, February 4 at 9:15 AM</b> on" in page
    spanish = words(client.get(f"{own}prepare/?lang=es", follow=True))
    assert "viernes 5 de febrero" in spanish


def test_the_calendar_file_says_when_and_where_and_not_what_for(client, own, visit):
    file = client.get(f"{own}visit.ics")
    assert file["Content-Type"].startswith("text/calendar")
    [event] = Calendar.from_ical(file.content).walk("VEVENT")
    assert (event["summary"], event["sequence"], event.decoded("dtstart")) == (
        "Visit at Pine Street", 1, visit.starts_at,
    )  # fmt: skip
    assert not any(word in file.content.decode().lower() for word in (*CLINICAL, "maya", "treatment"))


def test_another_patients_visit_leads_nowhere(client, own, site, other_nurse):
    other = booking.book(
        patient=build.patient(site, given_name="Ana"),
        site=site,
        kind="infusion",
        starts_at=build.moment(site, "2027-02-08"),
        by=other_nurse,
    )
    for page in ("", "move/", "cancel/", "ride/", "prepare/", "visit.ics"):
        answer = client.get(own.rsplit("/", 2)[0] + f"/{other.pk}/{page}")
        assert (answer.status_code, "Ana" in words(answer)) == (404, False)


@pytest.mark.parametrize("count", [1, 3])
def test_the_queries_do_not_grow_with_the_visits(client, path, patient, nurse, django_assert_num_queries, count):
    series = making.loading(patient, nurse)
    for number in range(count):
        infusion = making.infusion(series, number + 1, f"2027-02-0{number + 2}")
        Ride.objects.create(appointment=infusion.appointment, told_by=nurse)
    open_door(client, path, patient)
    with django_assert_num_queries(14):
        client.get(f"/p/{token_of(path)}/visits/")
