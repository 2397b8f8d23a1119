"""The check-in list: who is awaited, late, here and where; one button each; the same queries for one and for three."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic import clock
from tests import build
from tests.infusions import making
from visits import booking, changes
from visits.models import Appointment

pytestmark = pytest.mark.django_db
DAY = "2027-02-02"


@pytest.fixture
def at_nine(site):
    with clock.at(build.moment(site, DAY, "09:05")):
        yield


@pytest.fixture
def visit(site, patient, provider, front_desk) -> Appointment:
    with clock.at(build.moment(site, "2027-01-20")):
        return booking.book(
            patient=patient, site=site, kind="evaluation", starts_at=build.moment(site, DAY), by=front_desk
        )


@pytest.fixture
def desk(client, front_desk):
    client.force_login(front_desk)
    return client


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode().replace("\u00a0", " ")))


def press(desk, visit, step):
    address = reverse("journey:arrivals-step", args=[visit.pk], query={"version": visit.version})
    return desk.post(address, {"step": step}, headers={"HX-Request": "true"})


def test_the_list_names_each_with_birth_date_kind_and_room(desk, visit, at_nine):
    page = text(desk.get(reverse("journey:arrivals")))
    for words in ("09:00 Maya Torres 14 Mar 1984 Evaluation Consult", "not confirmed", "Check in", "1 to come"):
        assert words in page
    assert "Did not come" not in page


def test_one_press_checks_in_and_says_where_the_person_is(desk, visit, at_nine):
    answer = press(desk, visit, "arrive")
    visit.refresh_from_db()
    assert (answer.status_code, visit.status) == (200, "arrived")
    assert "Maya Torres is here." in answer["HX-Trigger"]
    # Under an id of its own: a list that is refreshed in place makes another button of one that has none.
    assert f'value="undo" id="undo-{visit.pk}"' in answer.content.decode()
    assert "Here now 1 Maya Torres Consult Here since 09:05" in text(answer).replace("Arrived", "Here")
    press(desk, visit, "undo")
    visit.refresh_from_db()
    assert (visit.status, visit.arrived_at) == ("booked", None)


def test_who_is_more_than_ten_minutes_late_is_marked_and_may_be_missed(desk, visit, site):
    with clock.at(build.moment(site, DAY, "09:10")):
        assert "late" not in text(desk.get(reverse("journey:arrivals")))
    with clock.at(build.moment(site, DAY, "09:11")):
        page = text(desk.get(reverse("journey:arrivals")))
        assert "11 min late" in page
        assert "Did not come" in page
        assert press(desk, visit, "no-show").status_code == 200
    visit.refresh_from_db()
    assert visit.status == "no_show"


def test_a_refusal_is_said_and_nothing_changes(desk, visit, site):
    with clock.at(build.moment(site, DAY, "09:02")):
        answer = press(desk, visit, "no-show")
    assert answer.status_code == 409
    assert "Nothing was changed. Wait until Tue 2 Feb, 09:10" in text(answer)
    visit.refresh_from_db()
    assert visit.status == "booked"


def test_the_desk_learns_that_something_blocks_and_never_what(desk, site, patient, nurse, at_nine):
    series = making.loading(patient, nurse)
    made = booking.book(
        patient=patient, site=site, kind="infusion", starts_at=build.moment(site, DAY, "13:00"), by=nurse
    )
    series.infusions.create(appointment=made, number=1)
    page = text(desk.get(reverse("journey:arrivals")))
    assert "Infusion 1/6" in page
    for word in ("Consent", "Order", "Fasting", "PHQ"):
        assert word not in page


def test_the_list_costs_the_same_for_one_and_for_three(desk, visit, site, front_desk, at_nine):
    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            desk.get(reverse("journey:arrivals"))
        return len(counted)

    queries()
    one = queries()
    for number, name in enumerate(("Ána Müller-Żak", "李 小龍")):
        given, family = name.split()
        other = booking.book(
            patient=build.patient(site, given_name=given, family_name=family),
            site=site,
            kind="evaluation",
            starts_at=build.moment(site, DAY, f"{10 + number}:00"),
            by=front_desk,
        )
        changes.arrive(appointment_id=other.pk, by=front_desk)
    assert queries() == one
    assert "Ána Müller-Żak" in text(desk.get(reverse("journey:arrivals")))


def test_a_visit_of_another_site_is_not_there(desk, visit, other_site, client, stranger, at_nine):
    client.force_login(stranger)
    assert press(client, visit, "arrive").status_code == 404
    assert "Maya" not in text(client.get(reverse("journey:arrivals")))


def test_a_walk_in_is_found_booked_and_received(desk, site, provider, at_nine):
    there = build.patient(site, given_name="Ána", family_name="Müller")
    there.search_text = "muller ana"
    there.save(update_fields=["search_text"])
    found = desk.get(reverse("visits:walk-in-find"), {"q": "müller"})
    assert reverse("visits:walk-in", args=[there.pk]) in found.content.decode()
    address = reverse("visits:walk-in", args=[there.pk])
    page = desk.get(address)
    assert "Evaluation a new visit 09:15 Book and check in" in text(page)
    assert "Infusion" not in text(page).split("Soonest today")[1].split("Nothing suits")[0]
    starts_at = build.moment(site, DAY, "09:15")
    answer = desk.post(address, {"kind": "evaluation", "starts_at": starts_at.isoformat()})
    assert answer.url == reverse("journey:arrivals")
    made = Appointment.objects.get(patient=there)
    assert (made.status, made.starts_at, made.arrived_at) == ("arrived", starts_at, clock.now())


def test_a_walk_in_whose_time_has_just_gone_is_told_and_nothing_is_booked(desk, site, provider, visit, at_nine):
    there = build.patient(site)
    typed = {"kind": "evaluation", "starts_at": build.moment(site, DAY, "09:15").isoformat()}
    answer = desk.post(reverse("visits:walk-in", args=[there.pk]), typed)
    assert answer.status_code == 409
    assert "Nothing was booked." in text(answer)
    assert not Appointment.objects.filter(patient=there).exists()
    assert desk.post(reverse("visits:walk-in", args=[there.pk]), {"kind": "infusion"}).status_code == 422


def test_who_comes_on_the_wrong_day_has_the_visit_moved_where_the_gaps_allow_it(
    desk, site, patient, nurse, front_desk, at_nine
):
    with clock.at(build.moment(site, "2027-01-20")):
        days = ("2027-02-01", "2027-02-04")
        first, second = (
            booking.book(patient=patient, site=site, kind="infusion", starts_at=build.moment(site, day), by=front_desk)
            for day in days
        )
    Appointment.objects.filter(pk=first.pk).update(status="done", arrived_at=first.starts_at)
    address = reverse("visits:walk-in", args=[patient.pk])
    assert "nothing today that keeps the gaps" in text(desk.get(address))
    Appointment.objects.filter(pk=first.pk).update(starts_at=first.starts_at - timedelta(days=3))
    assert "Move and check in" in text(desk.get(address))
    typed = {"visit": second.pk, "starts_at": build.moment(site, DAY, "09:15").isoformat()}
    assert desk.post(address, typed).url == reverse("journey:arrivals")
    second.refresh_from_db()
    assert (second.status, site.local(second.starts_at).date()) == ("arrived", date(2027, 2, 2))
