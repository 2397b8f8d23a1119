"""The calendar of a member of staff: right times, no patient, ended when it should be."""

import logging
from datetime import UTC, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from clinic import clock
from clinic.logs import NoSecrets
from clinic.models import Room
from clinic.policy import Role
from tests import build
from tests.visits.waiting import visit
from visits import booking, changes, feeds
from visits.models import CalendarLink

pytestmark = pytest.mark.django_db


@pytest.fixture
def booked(site, provider, front_desk):
    there = build.patient(site, given_name="Ána", family_name="Müller-Żak")
    return visit(there, site, "2027-02-02", by=front_desk)


def address(user) -> str:
    return reverse("visits:feed", args=[feeds.issue(by=user)])


def events(response) -> list:
    calendar = Calendar.from_ical(response.content)
    assert calendar.errors == []
    assert not any(event.errors for event in calendar.events)
    return calendar.events


def test_a_visit_stands_there_with_time_room_and_link_and_without_the_patient(client, booked, provider, site):
    response = client.get(address(provider))
    (event,) = events(response)
    assert (event.start, event.end) == (booked.starts_at, booked.ends_at)
    assert str(event["summary"]) == "Visit, Consult"
    assert str(event["uid"]).startswith(f"{booked.pk}@")
    assert (event["sequence"], event["status"]) == (1, "CONFIRMED")
    assert str(event["url"]).endswith(reverse("visits:appointment", args=[booked.pk]))
    words = response.content.decode().replace("\r\n ", "").lower()
    for secret in ("müller", "ána", booked.patient.mrn.lower(), "evaluation", "infusion", str(booked.patient_id)):
        assert secret not in words
    assert response["Content-Type"].startswith("text/calendar")
    assert "private" in response["Cache-Control"]
    assert "sessionid" not in response.cookies


def test_a_move_keeps_the_uid_and_raises_the_sequence_and_a_cancelled_visit_says_so(
    client, booked, provider, site, front_desk
):
    link = address(provider)
    (before,) = events(client.get(link))
    changes.move(appointment_id=booked.pk, starts_at=build.moment(site, "2027-02-03", "10:00"), by=front_desk)
    (moved,) = events(client.get(link))
    assert (moved["uid"], moved["sequence"]) == (before["uid"], 2)
    assert moved.start == build.moment(site, "2027-02-03", "10:00")
    changes.cancel(appointment_id=booked.pk, party="patient", reason="A cold", by=front_desk)
    (gone,) = events(client.get(link))
    assert (gone["status"], gone["sequence"], gone["uid"]) == ("CANCELLED", 3, before["uid"])
    assert gone.start == moved.start
    assert b"cold" not in client.get(link).content


def test_who_no_longer_has_the_visit_no_longer_sees_it(client, booked, provider, site, front_desk):
    other = build.user(Role.PROVIDER, at=site)
    changes.move(appointment_id=booked.pk, starts_at=build.moment(site, "2027-02-03"), staff=other, by=front_desk)
    assert events(client.get(address(provider))) == []
    assert len(events(client.get(address(other)))) == 1


@pytest.mark.parametrize(
    ("zone", "day", "utc"),
    [
        ("America/Los_Angeles", "2027-03-12", "17:00"),
        ("America/Los_Angeles", "2027-03-15", "16:00"),  # the clocks changed on the 14th
        ("America/Los_Angeles", "2027-11-05", "16:00"),
        ("America/Los_Angeles", "2027-11-08", "17:00"),
        ("Australia/Lord_Howe", "2027-04-02", "22:00"),  # eleven hours ahead: the evening before in UTC
        ("Australia/Lord_Howe", "2027-04-05", "22:30"),  # half an hour back on the 4th
    ],
)
def test_the_moment_is_right_through_every_change_of_the_clocks(zone, day, utc, db):
    there = build.site("Harbor", zone)
    doctor = build.user(Role.PROVIDER, Role.FRONT_DESK, at=there)
    start = build.moment(there, day, "09:00")
    with clock.at(start - timedelta(days=20)):
        booking.book(patient=build.patient(there), site=there, kind="evaluation", starts_at=start, by=doctor)
        (event,) = Calendar.from_ical(feeds.of(doctor).body).events
    assert f"{event.start.astimezone(UTC):%H:%M}" == utc
    assert event.start == start


def test_the_range_is_bounded_and_the_queries_too(booked, provider, site, front_desk):
    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            feeds.of(provider)
        return len(counted)

    one = queries()
    for day in ("2027-02-03", "2027-02-04", "2027-08-10"):
        visit(build.patient(site), site, day, by=front_desk)
    provider.__dict__.pop("roles_held", None)
    assert queries() == one
    assert len(Calendar.from_ical(feeds.of(provider).body).events) == 3, "August is more than 180 days ahead"
    with clock.at(clock.now() + timedelta(days=46)):
        assert len(Calendar.from_ical(feeds.of(provider).body).events) == 1, "more than 30 days ago"


def test_two_sites_in_two_zones_in_one_calendar_and_only_where_one_works(booked, provider, site, front_desk):
    far = build.site("Harbor", "America/Chicago")
    everyone = build.user(*Role, at=far, shift=False)
    membership = provider.memberships.create(site=far, role=Role.PROVIDER)
    provider.shifts.create(site=far, weekday=2, starts="08:00", ends="18:00", valid_from="2020-01-01")
    provider.__dict__.pop("roles_held", None)
    booking.book(
        patient=build.patient(far),
        site=far,
        kind="evaluation",
        starts_at=build.moment(far, "2027-02-03"),
        by=everyone,
        staff=provider,
    )
    assert {str(one["location"]) for one in Calendar.from_ical(feeds.of(provider).body).events} == {site.name, "Harbor"}
    membership.delete()
    provider.__dict__.pop("roles_held", None)
    assert {str(one["location"]) for one in Calendar.from_ical(feeds.of(provider).body).events} == {site.name}
    assert Room.objects.filter(site=far).exists()


def test_unchanged_is_answered_304(client, booked, provider, front_desk):
    link = address(provider)
    first = client.get(link)
    again = client.get(link, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(link, headers={"If-Modified-Since": first["Last-Modified"]}).status_code == 304
    with clock.at(clock.now() + timedelta(minutes=5)):
        changes.confirm(appointment_id=booked.pk, by=front_desk)
        assert client.get(link, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_replaced_revoked_guessed_or_of_one_who_left_it_leads_nowhere(client, booked, provider):
    old = address(provider)
    new = address(provider)
    assert [client.get(one).status_code for one in (old, new)] == [404, 200]
    assert CalendarLink.objects.filter(revoked_at__isnull=True).count() == 1
    token = new.rsplit("/", 1)[1].removesuffix(".ics")
    assert not CalendarLink.objects.filter(token_hash=token).exists(), "only its hash is kept"
    provider.is_active = False
    provider.save(update_fields=["is_active"])
    assert client.get(new).status_code == 404
    provider.is_active = True
    provider.save(update_fields=["is_active"])
    assert feeds.revoke(by=provider)
    assert client.get(new).status_code == 404
    assert client.post(new).status_code == 405


def test_one_makes_and_ends_ones_own_link_on_ones_own_page(client, booked, provider):
    client.force_login(provider)
    page = reverse("visits:calendar")
    made = client.post(page, {"do": "issue"}).content.decode()
    assert "/visits/calendar/" in made
    assert "no-store" in client.get(page)["Cache-Control"]
    assert ".ics" not in client.get(page).content.decode(), "shown once"
    client.post(page, {"do": "revoke"})
    assert feeds.standing_link(provider) is None


def test_a_log_line_loses_the_secret_of_an_address():
    for path in ("/visits/calendar/aB3_-x.ics", "/visits/offer/aB3_-x/"):
        record = logging.LogRecord("django.request", logging.ERROR, "", 1, "%s: %s", ("Error", path), None)
        assert NoSecrets().filter(record)
        assert "aB3" not in record.getMessage()
        assert "/visits/" in record.getMessage()
