"""J6 and J12 in a browser: 28 days become 42 in one press, and a relapse brings the earliest booster in another."""

import re

import pytest
from playwright.sync_api import expect

from tests import build
from tests.journeys import responding
from tests.journeys.telling import pine_street

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_longer_after_remission_and_sooner_in_a_relapse(signed_in, axe, live_server, house_clock, context):
    # Given boosters on 03-05 and 03-26 with PHQ-9 4 and 4, and one booked for 04-23
    clinic = pine_street()
    series = responding.maintained(clinic)
    address = f"{live_server.url}/infusions/series/{series.pk}/boosters/"
    house_clock.set(build.moment(clinic.site, "2027-03-26", "16:00"))
    page = signed_in(clinic.provider)
    page.goto(address)
    rule = page.get_by_role("region", name="It may be longer: 42 instead of 28 days")
    expect(rule).to_contain_text("PHQ-9 4 on 5 Mar and 4 on 26 Mar.")
    expect(rule).to_contain_text("moves to Fri 7 May, 09:00")
    assert axe(page) == {}
    # When the provider signs 42 days, then the booked booster moves
    page.get_by_role("button", name="Sign 42 days").click()
    expect(page.get_by_text("The booster moved to Fri 7 May, 09:00")).to_be_visible()
    # When the patient answers 12 on 04-30, then it is a relapse, and front desk books Tuesday 05-04
    responding.scored(clinic, series, "2027-04-30", 12, "follow_up")
    house_clock.set(build.moment(clinic.site, "2027-04-30", "11:00"))
    desk = signed_in(clinic.desk)
    desk.goto(address)
    expect(desk.get_by_role("heading", name="A sooner booster")).to_be_visible()
    expect(desk.get_by_role("main")).not_to_contain_text("PHQ-9")
    assert axe(desk) == {}
    desk.get_by_role("button", name=re.compile("Book it for Tue 4 May, 09:00")).click()
    expect(desk.get_by_text("Booster booked for Tuesday 4 May at 09:00.")).to_be_visible()
    # And the provider signs the interval one step shorter: both boosters stay
    page = signed_in(clinic.provider)
    page.goto(address)
    expect(page.get_by_role("main")).to_contain_text("Relapse confirmed")
    assert axe(page) == {}
    page.get_by_role("button", name="Sign 28 days").click()
    booked = page.get_by_role("complementary").last
    expect(booked).to_contain_text("Tue 4 May, 09:00")
    expect(booked).to_contain_text("Fri 7 May, 09:00")
    page.goto(f"{live_server.url}/infusions/maintenance/?show=confirmed")
    expect(page.get_by_role("row")).to_have_count(2)
    assert axe(page) == {}
