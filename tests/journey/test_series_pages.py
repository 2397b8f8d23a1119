"""The series wizard and the booster page: offers, one click for all nine visits, and refusals with a sentence."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from clinic import clock
from clinic.models import Room
from clinic.policy import Role
from infusions import booster_tasks, boosters
from infusions.models import BoosterPlan, Series
from journey import proposals
from reminders.models import FollowUp, Message
from tests import build
from tests.infusions import making
from tests.insurance import pricing
from therapy.models import TherapySession
from visits import booking
from visits.models import Appointment, Hold

pytestmark = pytest.mark.usefixtures("at_work")


@pytest.fixture(autouse=True)
def in_january(site):
    """Wednesday 20 January 2027, 10:40: thirteen days before the first infusion that is wished."""
    with clock.at(build.moment(site, "2027-01-20", "10:40")):
        yield


@pytest.fixture
def at_work(nurse, other_nurse, therapist, provider):
    """Who is needed for a series."""


@pytest.fixture
def eligible(patient, provider):
    making.evaluation(patient, provider)
    return patient


WISHES = {"count": "6", "not_before": "2027-02-02", "days": "1,4", "at": "09:00"}


def wizard(client, who, patient, **wishes):
    client.force_login(who)
    return client.get(reverse("journey:series-plan", args=[patient.pk]), WISHES | wishes)


def test_who_may_not_see_coverage_sees_no_cost(client, eligible, nurse, insurance_admin, site):
    pricing.schedule(site, insurance_admin)
    text = said(wizard(client, nurse, eligible))
    assert "complete plans" in text
    assert "paying alone" not in text


def book(client, who, patient, plan):
    client.force_login(who)
    return client.post(reverse("journey:series-plan", args=[patient.pk]), {"plan": plan})


def offered(client, who, patient, place=0, **wishes):
    return wizard(client, who, patient, **wishes).context["offers"][place]


def said(response):
    return response.content.decode().replace("\u00a0", " ")


def nothing_booked():
    counts = [model.objects.count() for model in (Series, Appointment, Hold, TherapySession, FollowUp, Message)]
    return counts == [0] * 6


def test_complete_plans_are_offered_with_their_cost_and_nothing_is_held(
    client, eligible, front_desk, insurance_admin, site
):
    pricing.schedule(site, insurance_admin)
    page = wizard(client, front_desk, eligible)
    assert {offer.cost for offer in page.context["offers"]} == {"$3,240, paying alone."}
    assert 1 <= len(page.context["offers"]) <= 3
    assert "Tue and Fri at 09:00" in said(page)
    assert "2 Feb to 19 Feb, 17 days" in said(page)
    assert nothing_booked()


def test_one_click_books_all_nine_visits_with_room_and_staff(client, eligible, front_desk):
    offer = offered(client, front_desk, eligible)
    answer = book(client, front_desk, eligible, offer.sealed)
    assert answer.status_code == 302
    assert answer.url == reverse("journey:chart", args=[eligible.pk])
    series = Series.objects.get()
    assert (series.planned_count, series.template, series.infusions.count()) == (6, "Tue and Fri", 6)
    assert set(series.therapy_sessions.values_list("kind", flat=True)) == {"preparation", "midpoint", "integration"}
    booked = set(
        Hold.objects.filter(room__isnull=False).values_list("appointment__kind", "appointment__starts_at", "room")
    )
    assert booked == {(slot.kind, slot.starts_at, slot.room.pk) for slot in offer.proposal.slots}


def test_the_second_click_is_refused_and_books_nothing_more(client, eligible, front_desk):
    plan = offered(client, front_desk, eligible).sealed
    book(client, front_desk, eligible, plan)
    again = book(client, front_desk, eligible, plan)
    assert again.status_code == 409
    assert "has a loading series already" in said(again)
    assert (Series.objects.count(), Appointment.objects.count()) == (1, 9)


@pytest.mark.parametrize("plan", ["", "nonsense", "a:b:c", "é" * 50])
def test_a_forged_plan_is_refused(client, eligible, front_desk, plan):
    answer = book(client, front_desk, eligible, plan)
    assert answer.status_code == 422
    assert "This plan can’t be read. Search again, then book." in said(answer)
    assert nothing_booked()


def test_a_changed_plan_is_refused(client, eligible, front_desk):
    plan = offered(client, front_desk, eligible).sealed
    answer = book(client, front_desk, eligible, plan[:30] + ("A" if plan[30] != "A" else "B") + plan[31:])
    assert answer.status_code == 422
    assert nothing_booked()


def test_the_plan_of_another_patient_is_refused(client, site, eligible, front_desk, provider):
    other = build.patient(site, given_name="Henrik")
    making.evaluation(other, provider)
    answer = book(client, front_desk, other, offered(client, front_desk, eligible).sealed)
    assert answer.status_code == 422
    assert "belongs to another patient" in said(answer)
    assert nothing_booked()


def test_a_plan_of_an_hour_ago_is_refused(client, eligible, front_desk, monkeypatch):
    plan = offered(client, front_desk, eligible).sealed
    monkeypatch.setattr(proposals, "_AGE", -1)
    answer = book(client, front_desk, eligible, plan)
    assert answer.status_code == 422
    assert "more than an hour old" in said(answer)
    assert nothing_booked()


def test_a_slot_that_is_gone_meanwhile_books_nothing_of_the_plan(client, site, eligible, front_desk, provider):
    offer = offered(client, front_desk, eligible)
    third = offer.proposal.infusions[2]
    booking.book(
        patient=build.patient(site), site=site, kind="infusion", starts_at=third.starts_at, room=third.room,
        by=provider,
    )  # fmt: skip
    answer = book(client, front_desk, eligible, offer.sealed)
    assert answer.status_code == 409
    assert third.room.name in said(answer)
    assert "Nothing was booked. Below is what is free now for the same wishes." in said(answer)
    gone = (third.starts_at, third.room)
    again = [[(slot.starts_at, slot.room) for slot in one.proposal.infusions] for one in answer.context["offers"]]
    assert again
    assert all(gone not in slots for slots in again)
    assert Series.objects.count() == 0
    assert Appointment.objects.filter(patient=eligible).count() == 0
    assert Hold.objects.filter(patient=eligible).count() == 0


def test_a_refused_plan_keeps_the_wishes(client, eligible, front_desk):
    page = said(wizard(client, front_desk, eligible, count="7", days="0,3", at="11:00"))
    address = next(line for line in page.split('action="') if "/series/" in line.split('"')[0]).split('"')[0]
    answer = client.post(address.replace("&amp;", "&"), {"plan": "nonsense"})
    assert answer.status_code == 422
    assert [answer.context["form"]["count"].value(), answer.context["form"]["days"].value()] == ["7", "0,3"]


def test_who_is_not_eligible_is_not_booked(client, patient, front_desk):
    offer = offered(client, front_desk, patient)
    answer = book(client, front_desk, patient, offer.sealed)
    assert answer.status_code == 409
    assert "not found eligible" in said(answer)
    assert nothing_booked()


def test_days_of_ones_own_hours_room_and_lengths_are_kept_to_the_booking(client, site, eligible, front_desk):
    room = Room.objects.get(site=site, name="Room 2")
    wishes = {"days": "own", "weekdays": ["0", "3"], "until": "11:00", "room": room.pk, "drug": "60", "recovery": "75"}
    offer = offered(client, front_desk, eligible, **wishes)
    assert {slot.starts_at.weekday() for slot in offer.proposal.infusions} == {0, 3}
    assert {slot.room for slot in offer.proposal.infusions} == {room}
    book(client, front_desk, eligible, offer.sealed)
    lengths = {visit.recovery_minutes: visit.ends_at - visit.starts_at for visit in Appointment.objects.all()}
    assert lengths == {75: timedelta(minutes=15 + 60 + 75 + 5), None: timedelta(minutes=55)}


def test_two_a_week_need_no_days(client, eligible, front_desk):
    assert offered(client, front_desk, eligible, days="free").proposal.infusions[0].starts_at.day == 2


@pytest.mark.parametrize(
    "wishes",
    [
        {"days": "own"},
        {"until": "08:00"},
        {"recovery": "2"},
        {"room": "nowhere"},
        {"count": "5"},
        {"count": "six"},
        {"not_before": "soon"},
        {"not_before": "0001-01-01"},
        {"not_before": "9999-12-31"},
        {"days": "8"},
        {"at": "09:07"},
        {"at": "25:00"},
        {"therapist": "nobody"},
        {"nurse": "01a1fc4e-a278-7dcf-b460-7c68b4b68aeb"},
    ],
)
def test_wishes_that_make_no_sense_get_a_page_and_not_an_error(client, eligible, front_desk, wishes):
    answer = wizard(client, front_desk, eligible, **wishes)
    assert answer.status_code == 200
    name, value = next(iter(wishes.items()))
    assert str(answer.context["form"][name].value()) == value


def test_htmx_gets_the_offers_alone(client, eligible, front_desk):
    client.force_login(front_desk)
    answer = client.get(reverse("journey:series-plan", args=[eligible.pk]), WISHES, headers={"HX-Request": "true"})
    assert "<html" not in said(answer)
    assert "Book all 9" in said(answer)


@pytest.mark.parametrize("role", [Role.INSURANCE_ADMIN, Role.CLINIC_ADMIN])
def test_those_who_do_not_book_are_turned_away(client, site, eligible, front_desk, role):
    plan, reader = offered(client, front_desk, eligible).sealed, build.user(role, at=site)
    assert wizard(client, reader, eligible).status_code == 403
    assert book(client, reader, eligible, plan).status_code == 403
    assert nothing_booked()


def test_a_stranger_finds_neither_wizard_nor_booster(client, eligible, front_desk, stranger, provider):
    plan = offered(client, front_desk, eligible).sealed
    series = making.loading(eligible, provider)
    for answer in (
        wizard(client, stranger, eligible),
        book(client, stranger, eligible, plan),
        client.get(reverse("journey:booster", args=[series.pk])),
        client.post(reverse("journey:booster", args=[series.pk]), {"day": "2027-03-05", "at": "09:00"}),
    ):
        assert answer.status_code == 404
        assert "Torres" not in said(answer)
    assert Appointment.objects.count() == 0


@pytest.fixture
def reviewed(eligible, provider, nurse, other_nurse):
    """A series that ended on 15 January, with boosters planned from 14 days on."""
    series = making.loading(eligible, provider, day="2026-12-20")
    order, vial = making.order(series, provider, day="2026-12-20"), making.vial(eligible.site, nurse)
    last = making.infusion(series, 1, "2027-01-15")
    making.give(last, order, vial, nurse=nurse, checker=other_nurse)
    Series.objects.filter(pk=series.pk).update(state="completed", ended_at=clock.now() - timedelta(days=4))
    BoosterPlan.objects.create(series=series, intervals_days=[14, 21], signed_by=provider)
    series.refresh_from_db()
    return series


def booster(client, who, series, **typed):
    client.force_login(who)
    return client.post(reverse("journey:booster", args=[series.pk]), {"day": "2027-01-29", "at": "09:00"} | typed)


def test_the_booster_page_proposes_the_day_of_the_plan(client, reviewed, front_desk):
    client.force_login(front_desk)
    answer = client.get(reverse("journey:booster", args=[reviewed.pk]))
    assert answer.context["due"] == date(2027, 1, 29)
    assert "due 29 Jan" in said(answer)


def test_a_booster_opens_maintenance_once_and_is_booked(client, reviewed, front_desk):
    assert booster(client, front_desk, reviewed).status_code == 302
    assert booster(client, front_desk, reviewed, day="2027-02-19").status_code == 302
    maintenance = Series.objects.get(kind="maintenance")
    assert maintenance.follows == reviewed
    assert list(maintenance.infusions.values_list("number", flat=True)) == [1, 2]
    assert set(Appointment.objects.filter(kind="booster").values_list("status", flat=True)) == {"booked"}


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"day": "2027-01-19"}, "in the past"),
        ({"day": "2027-01-31"}, "Sunday"),
        ({"day": "soon"}, ""),
        ({"day": ""}, ""),
        ({"at": "03:00"}, ""),
        ({"day": "9999-12-31"}, "Choose a day within two years"),
        ({"day": "0001-01-01"}, "Choose a day within two years"),
    ],
)
def test_a_booster_on_a_day_that_can_not_be_is_refused_and_kept(client, reviewed, front_desk, typed, words):
    answer = booster(client, front_desk, reviewed, **typed)
    assert answer.status_code == 422
    assert words in said(answer)
    assert answer.context["form"].errors
    name, value = next(iter(typed.items()))
    assert str(answer.context["form"][name].value()) == value
    assert Appointment.objects.filter(kind="booster").count() == 0
    assert Series.objects.filter(kind="maintenance").count() == 0


def test_a_booster_for_an_hour_that_is_taken_names_what_is_taken(client, reviewed, front_desk):
    booster(client, front_desk, reviewed)
    answer = booster(client, front_desk, reviewed)
    assert answer.status_code == 422
    assert "Maya Torres" in said(answer)
    assert Appointment.objects.filter(kind="booster").count() == 1


def test_before_the_series_is_complete_no_booster_is_booked(client, eligible, front_desk, provider):
    answer = booster(client, front_desk, making.loading(eligible, provider))
    assert answer.status_code == 422
    assert Appointment.objects.count() == 0


def test_another_series_ends_what_was_asked_for_the_boosters_of_the_one_before(client, reviewed, front_desk):
    booster_tasks.refresh(reviewed)
    asked = FollowUp.objects.filter(kind="booster_due", state="open")
    assert (boosters.next_due(reviewed), asked.count()) == (date(2027, 1, 29), 1)
    assert book(client, front_desk, reviewed.patient, offered(client, front_desk, reviewed.patient).sealed).url
    assert (boosters.next_due(reviewed), asked.count()) == (None, 0)
