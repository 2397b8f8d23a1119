"""My day: the story beside each session, what is to be booked with one click, what waits."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic import clock
from infusions.models import Infusion
from tests import build
from tests.infusions import making
from therapy import day
from therapy.models import TherapySession
from therapy.views import day as views
from visits import booking as visit_booking


@pytest.fixture(autouse=True)
def tuesday(site):
    with clock.at(build.moment(site, "2027-02-10", "08:00")):
        yield


@pytest.fixture
def midway(site, therapist, provider, front_desk):
    """Somebody with three infusions given and the midpoint at an hour of today; `midway("13:00")`."""

    def make(hour: str) -> TherapySession:
        series = making.loading(build.patient(site), provider, state="active")
        for number, on in enumerate(making.J0_DAYS, start=1):
            made = making.infusion(series, number, on)
            if number < 4:
                Infusion.objects.filter(pk=made.pk).update(state="discharged")
        with clock.at(build.moment(site, "2027-02-01")):
            visit = visit_booking.book(
                patient=series.patient, site=site, kind="midpoint", staff=therapist, by=front_desk,
                starts_at=build.moment(site, "2027-02-10", hour),
            )  # fmt: skip
        return visit.therapy_session

    return make


def test_today_tells_the_story_and_the_integration_is_booked_with_one_click(client, midway, therapist, site):
    session = midway("13:00")
    client.force_login(therapist)
    page = client.get(reverse("therapy:mine")).content.decode()
    assert "No card yet." in page
    assert "No score yet." in page
    found = day.read(therapist, site)
    assert [talk.session for talk in found.today] == [session]
    assert [row.window.kind for row in found.lacking] == ["integration"]
    slot = found.lacking[0].slot
    assert slot is not None
    place = found.lacking[0].window.place
    address = reverse("therapy:book", args=[session.patient_id], query={"place": place.key})
    assert f'formaction="{address}"' in page
    booked = client.post(address, {"therapist": therapist.pk, "starts_at": slot.starts_at.isoformat()})
    assert booked.status_code == 302
    made = TherapySession.objects.get(kind="integration")
    assert (made.series, made.therapist) == (session.series, therapist)
    assert day.read(therapist, site).lacking == []


def test_the_windows_that_close_first_come_first(midway, therapist, site):
    midway("13:00")
    found = day.read(therapist, site)
    assert [(one.kind, one.hours_left) for one in found.open] == [("midpoint", 145)]
    with clock.at(build.moment(site, "2027-02-24", "08:00")):  # the midpoint's note was never signed
        assert [row.kind for row in day.read(therapist, site).unsigned] == ["midpoint"]


def test_another_therapist_sees_nothing_of_it(midway, other_therapist, site):
    midway("13:00")
    found = day.read(other_therapist, site)
    assert (found.today, found.lacking, found.open, list(found.unsigned)) == ([], [], [], [])


def test_my_day_costs_the_same_for_one_and_for_three(client, midway, therapist):
    client.force_login(therapist)
    costs = []
    for hours in (("13:00",), ("10:00", "15:00")):
        for hour in hours:
            midway(hour)
        client.get(reverse("therapy:mine"))
        with CaptureQueriesContext(connection) as queries:
            page = client.get(reverse("therapy:mine")).content.decode()
        costs.append(len(queries))
    assert page.count("No card yet.") == 3
    assert costs[0] == costs[1] <= 31


def test_of_many_sessions_to_book_the_later_ones_come_when_they_are_asked_for(client, midway, therapist, monkeypatch):
    monkeypatch.setattr(views, "AT_ONCE", 1)
    for hour in ("10:00", "13:00"):
        midway(hour)
    client.force_login(therapist)
    address = reverse("therapy:mine")
    first = client.get(address)
    later = client.get(address, {"since": 1}, headers={"HX-Request": "true"})
    shown = [row.window.place.key for row in (*first.context["rows"], *later.context["rows"])]
    assert shown == [row.window.place.key for row in first.context["day"].lacking]
    assert b"Show the others" in first.content
    assert b"<html" not in later.content
