"""The board of a day: cards and what each reader reads on them, the list, and days that are odd."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from clinic import clock
from clinic.models import Membership
from clinic.policy import Role
from infusions.models import Infusion
from insurance.models import SelfPay
from patients.models import SafetyAlert
from tests import build
from tests.infusions import making
from tests.infusions.day import Day
from visits import booking, changes

DAY = "2027-02-02"
HOURS = ("11:00", "13:00", "15:00")
CLINICAL = ("mg", "Consent", "Order", "consent", "Fasting", "Infusing now", "safety", "PHQ")


@pytest.fixture(autouse=True)
def at_work(nurse, other_nurse, therapist, provider):
    """Who is needed for a visit."""


@pytest.fixture
def booked(site, provider):
    """`booked("09:00")`: a visit of the day; an infusion with its place in a series."""

    def visit(at="11:00", kind="infusion", day=DAY, **names):
        of = build.patient(site, **names)
        made = booking.book(patient=of, site=site, kind=kind, starts_at=build.moment(site, day, at), by=provider)
        if kind == "infusion":
            Infusion.objects.create(series=making.loading(of, provider), appointment=made, number=1)
        return made

    return visit


def board(client, who, **query):
    client.force_login(who)
    return client.get(reverse("journey:today"), query)


def said(response):
    return response.content.decode().replace("\u00a0", " ")


def cards(response):
    return [(card.name, card.kind, card.state, card.word) for card in response.context["board"].cards]


def test_a_day_without_visits_says_so(client, nurse):
    assert "No visits on this day" in said(board(client, nurse))


def test_a_nurse_reads_state_and_lights(client, booked, nurse):
    visit = booked()
    answer = board(client, nurse)
    (card,) = answer.context["board"].cards
    assert (card.name, card.kind, card.state) == ("Maya Torres", "Infusion 1/6", "Scheduled")
    assert card.lights
    assert card.word
    assert card.href == reverse("journey:today-visit", args=[visit.pk])
    assert card.unseen == "Room 1, 11:00 to 13:00, not confirmed"
    assert f"<small>{card.unseen}</small>" in said(answer)


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.INSURANCE_ADMIN, Role.CLINIC_ADMIN])
@pytest.mark.parametrize("view", ["", "list"])
def test_others_read_no_clinical_word(client, site, booked, role, view):
    visit = booked()
    SafetyAlert.objects.create(patient=visit.patient, grade="high", acknowledge_by=clock.now())
    answer = board(client, build.user(role, at=site), view=view)
    (card,) = answer.context["board"].cards
    assert (card.state, card.word, card.lights, card.left) == ("Booked", "Clinical hold", (), "")
    page = said(answer).split('id="day"')[1].split("</main>")[0]
    assert "Clinical hold" in page
    assert [word for word in CLINICAL if word in page] == []


def test_the_front_desk_is_not_told_of_a_gate_that_only_waits(
    client, site, patient, nurse, other_nurse, provider, front_desk
):
    Day(site, patient, nurse, other_nurse, provider).until("booked")
    assert cards(board(client, front_desk)) == [("Maya Torres", "Infusion 1/6", "Booked", "")]


def test_the_front_desk_reads_that_only_the_insurance_holds_it_up(
    client, site, patient, nurse, other_nurse, provider, front_desk
):
    Day(site, patient, nurse, other_nurse, provider).until("booked")
    SelfPay.objects.update(since="2027-03-01")
    assert cards(board(client, front_desk)) == [("Maya Torres", "Infusion 1/6", "Booked", "Insurance not settled")]
    panel = said(client.get(reverse("journey:today-visit", args=[Infusion.objects.get().appointment_id])))
    assert ("Insurance not settled" in panel, "Clinical hold" in panel) == (True, False)
    assert reverse("insurance:patient", args=[patient.pk]) in panel
    SafetyAlert.objects.create(patient=patient, grade="high", acknowledge_by=clock.now())
    assert cards(board(client, front_desk)) == [("Maya Torres", "Infusion 1/6", "Booked", "Clinical hold")]


@pytest.mark.parametrize(("minutes", "word"), [(9, ""), (20, "20 min late"), (75, "Did not come")])
def test_who_does_not_come_is_late_and_then_absent(client, site, booked, front_desk, minutes, word):
    booked("09:00", kind="evaluation")
    with clock.at(build.moment(site, DAY, "09:00") + timedelta(minutes=minutes)):
        assert cards(board(client, front_desk))[0][3] == word


def test_a_talk_has_its_own_shape_and_a_confirmed_visit_says_so(client, booked, front_desk):
    visit = booked(kind="evaluation")
    changes.confirm(appointment_id=visit.pk, by=front_desk)
    answer = board(client, front_desk)
    (card,) = answer.context["board"].cards
    assert card.css.startswith("is-talk")
    assert (card.confirmed, card.word) == (True, "")
    assert "Confirmed by the patient" in said(answer)


def test_the_list_holds_the_same_visits_with_room_and_person(client, booked, nurse):
    visit = booked()
    page = said(board(client, nurse, view="list"))
    assert reverse("journey:today-visit", args=[visit.pk]) in page
    for words in ("11:00", "Maya Torres", "Infusion 1/6", "Room 1"):
        assert words in page
    assert "ek-board " not in page


def test_a_refresh_brings_the_day_alone(client, booked, nurse):
    booked()
    client.force_login(nurse)
    page = said(client.get(reverse("journey:today"), headers={"HX-Request": "true"}))
    assert "<html" not in page
    assert "Maya Torres" in page


@pytest.mark.parametrize("day", ["", "today", "2027-02-30", "2027-13-01", "<script>", "0001-01-01", "9999-12-31"])
def test_a_day_that_is_none_shows_a_page(client, nurse, booked, day):
    booked()
    answer = board(client, nurse, day=day)
    assert answer.status_code == 200
    assert answer.context["is_today"]


@pytest.mark.parametrize(("day", "hours"), [("2027-03-14", 23), ("2027-11-07", 25)])
@pytest.mark.parametrize("offset", [-1, 0, 1])
def test_days_around_the_change_of_the_clock_are_drawn(client, site, nurse, booked, day, hours, offset):
    start, end = site.day_bounds(build.moment(site, day).date())
    assert end.timestamp() - start.timestamp() == hours * 3600
    wanted = (build.moment(site, day) + timedelta(days=offset)).date()
    assert board(client, nurse, day=wanted.isoformat()).context["on"] == wanted


def test_a_visit_after_the_change_of_the_clock_stands_at_its_hour(client, site, nurse, booked):
    booked("09:00")
    booked("09:00", day="2027-03-15", given_name="Henrik")
    rows = [board(client, nurse, day=day).context["board"].cards[0].row for day in (DAY, "2027-03-15")]
    assert rows[0] == rows[1]


@pytest.mark.parametrize("role", [Role.NURSE, Role.FRONT_DESK])
@pytest.mark.parametrize("view", ["", "list"])
def test_the_board_costs_the_same_for_one_and_for_three(client, site, booked, role, view):
    reader = build.user(role, at=site, shift=False)
    costs = []
    for hours in (HOURS[:1], HOURS[1:]):
        for hour in hours:
            booked(hour)
        board(client, reader, view=view)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(reverse("journey:today"), {"view": view})
        costs.append([query["sql"] for query in queries])
    assert len(answer.context["board"].cards) == 3
    assert len(costs[0]) == len(costs[1]) <= 8, "\n".join(costs[1])


def test_a_stranger_sees_the_board_of_their_own_site(client, booked, stranger):
    booked()
    answer = board(client, stranger)
    assert answer.context["site"].name == "Lakeside"
    assert "Torres" not in said(answer)


def test_the_switch_of_the_site_comes_back_to_the_same_day_and_view(client, site, other_site, nurse):
    Membership.objects.create(user=nurse, site=other_site, role=Role.NURSE)
    here = f"{reverse('journey:today')}?day=2027-02-03&view=list"
    client.force_login(nurse)
    assert f'name="next" value="{escape(here)}"' in client.get(here).content.decode()
    answer = client.post(reverse("clinic:switch-site"), {"site": other_site.pk, "next": here})
    assert answer.url == here
    shown = client.get(here).context
    assert (shown["site"].name, shown["on"].isoformat(), shown["as_list"]) == ("Lakeside", "2027-02-03", True)


def test_one_click_on_a_person_asks_who_is_away(client, booked, nurse, front_desk, site):
    booked()
    link = f"{reverse('journey:repairs')}?person={nurse.pk}"
    assert link in said(board(client, front_desk))
    form = client.get(link).context["form"]
    assert str(form["person"].value()) == str(nurse.pk)
    assert link not in said(board(client, build.user(Role.CLINIC_ADMIN, at=site)))
