"""The hallway view: what it does not say, and that a session in it opens nothing else."""

import pytest
from django.urls import reverse

from clinic import clock
from infusions.models import Infusion
from tests import build
from tests.infusions import making
from visits import booking

PAGES = ("journey:home", "journey:today", "patients:list", "visits:schedule", "account_change_password")


@pytest.fixture(autouse=True)
def at_work(nurse, other_nurse, therapist, provider):
    """Who is needed for a visit."""


@pytest.fixture
def visits(site, provider):
    """An infusion and a preparation of today."""
    made = []
    for kind, at, given in (("infusion", "11:00", "Maya"), ("preparation", "13:00", "Zoltan")):
        of = build.patient(site, given_name=given)
        start = build.moment(site, "2027-02-02", at)
        made.append(booking.book(patient=of, site=site, kind=kind, starts_at=start, by=provider))
    Infusion.objects.create(series=making.loading(made[0].patient, provider), appointment=made[0], number=1)
    return made


@pytest.fixture
def in_hallway(client, nurse, visits):
    client.force_login(nurse)
    client.post(reverse("journey:hallway"))
    return client


def board_of(answer):
    return answer.content.decode().split('id="day"')[1].split("</main>")[0]


def test_it_shows_initials_and_hours_and_neither_name_nor_kind_nor_reason(in_hallway):
    page = board_of(in_hallway.get(reverse("journey:hallway")))
    assert "M. T." in page
    assert "Z. T." in page
    assert "11:00" in page
    names, kinds = ("Maya", "Zoltan", "Torres"), ("nfusion", "reparation", "talk", "ek-seg")
    reasons, doors = ("Order", "PHQ", "lights", "title="), ("/today/0", "/visits/")
    assert [word for word in (*names, *kinds, *reasons, *doors) if word in page] == []


@pytest.mark.parametrize("name", PAGES)
def test_every_other_page_stays_shut_until_the_password_is_given(in_hallway, name):
    assert in_hallway.get(reverse(name)).status_code == 401
    assert in_hallway.get(reverse("clinic:unlock")).status_code == 401
    assert in_hallway.post(reverse("clinic:unlock"), {"password": "not this one"}).status_code == 422
    assert in_hallway.get(reverse(name)).status_code == 401
    in_hallway.post(reverse("clinic:unlock"), {"password": build.PASSWORD})
    assert in_hallway.get(reverse(name)).status_code in {200, 302}


def test_a_visit_cannot_be_changed_from_the_hallway(in_hallway, visits):
    answer = in_hallway.post(reverse("journey:today-step", args=[visits[0].pk]), {"step": "confirm"})
    visits[0].refresh_from_db()
    assert (answer.status_code, visits[0].status) == (401, "booked")


def test_it_goes_on_when_nobody_touches_it_and_opens_nothing_then_either(in_hallway):
    from datetime import timedelta

    with clock.at(clock.now() + timedelta(hours=2)):
        poll = in_hallway.get(reverse("journey:hallway"), headers={"HX-Request": "true", "X-Background": "1"})
        assert (poll.status_code, "M. T." in poll.content.decode()) == (200, True)
        assert in_hallway.get(reverse("journey:home")).status_code == 401


def test_its_address_alone_leads_to_the_board(client, nurse):
    client.force_login(nurse)
    assert client.get(reverse("journey:hallway")).url == reverse("journey:today")
