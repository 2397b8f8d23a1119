"""J7 and J9 on a tablet: the dose with its weight and its vial, and a test after which nothing is drawn."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from tests import build
from tests.browser.chairside import Tablet
from tests.infusions.day import Day
from tests.journeys import courses

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def tablet(browser, live_server, house_clock):
    """`tablet(day, person)`: each person's own; all are put away at the end."""
    made: list[Tablet] = []

    def of(day: Day, person) -> Tablet:
        made.append(Tablet(browser, live_server.url, house_clock, day, person))
        return made[-1]

    yield of
    for each in made:
        each.context.close()


def test_the_dose_changes_and_the_wrong_vial_stops(tablet, axe, site, nurse, other_nurse, provider):
    """Given 96 kg and a BMI of 33.2, when the provider orders 0.6 mg/kg and the nurse scans, then 57.5 mg are drawn."""
    day = courses.heavy(site, nurse, other_nurse, provider)
    course = courses.two_given(day)
    page = tablet(day, provider).at("08:20", f"/infusions/series/{course.pk}/orders/")
    page.get_by_label("Dose", exact=True).fill("0.6")
    page.get_by_label("Dosing weight").fill("96")
    page.get_by_label("Weighed on").fill(day.day)
    page.get_by_label("Reason for the change").fill("Calm, little effect")
    preview = page.locator("#order-preview")
    expect(preview).to_contain_text(re.compile(r"By actual weight 57\.6\smg; by ideal weight, 65\.94\skg, 39\.6\smg"))
    page.get_by_label("Why this weight").fill("Actual weight, as in the trials")
    expect(preview.locator(".ek-dose")).to_contain_text(re.compile(r"86\.4\smg/h"))
    assert axe(page) == {}
    page.get_by_role("button", name="Sign the order").click()
    expect(page.get_by_role("region", name="Order in force")).to_contain_text("57.6")

    third = courses.ready_for(day, course, 3, "96")
    day.vial("V-0050")
    day.vial("V-0100", strength="100")
    chair = tablet(day, nurse).at("08:40", f"/infusions/{third.pk}/")
    chair.get_by_role("button", name="Clear for the dose").click()
    vial = chair.get_by_label(re.compile("^Vial in hand"))
    vial.fill("V-0100")
    chair.get_by_role("button", name="Draw the dose").click()
    expect(chair.locator("#chair-says")).to_contain_text(re.compile(r"Stop: V-0100 holds 100\smg/mL"))
    assert axe(chair) == {}
    vial.fill("V-0050")
    chair.get_by_role("button", name="Draw the dose").click()
    expect(chair.locator(".ek-dose")).to_contain_text(re.compile(r"1\.15\smL.*it holds 57\.5\smg", re.DOTALL))
    chair.locator("#person-check").select_option(label=other_nurse.full_name)
    chair.locator("#password-check").fill(build.PASSWORD)
    chair.get_by_role("button", name="All five agree").click()
    expect(chair.locator(".ek-dose")).to_contain_text(f"Double-checked by {other_nurse.full_name}")
    third.refresh_from_db()
    assert (third.drawn_ml, third.checked_by) == (Decimal("1.15"), other_nurse)
    chair.mouse.wheel(0, 2000)
    expect(chair.get_by_role("heading", level=1, name="Henrik Dahl")).to_be_in_viewport()


def test_a_positive_test_holds_and_the_provider_suspends(tablet, axe, site, nurse, other_nurse, provider, therapist):
    """Given the day of infusion 4, when the test is positive, then no vial is opened, and the series waits."""
    day = courses.young(site, nurse, other_nurse, provider)
    fourth = courses.three_given(day, therapist)
    day.checked_in(fourth, "08:30")
    day.asked("08:31")
    day.vitals(fourth, "08:33")
    day.arrival(fourth, "08:35", pregnancy="positive")
    page = tablet(day, provider).at("08:40", f"/infusions/{fourth.pk}/")
    gate = page.locator("#gate")
    expect(gate).to_contain_text("The pregnancy test is positive: nothing is drawn, nothing is given.")
    expect(page.get_by_role("button", name="Draw the dose")).to_have_count(0)
    gate.get_by_role("button", name="Positive").click()
    expect(gate).to_contain_text("Positive, 08:40, Dr Miriam Hale")
    assert axe(page) == {}
    gate.get_by_role("button", name="Suspend the series").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Suspend the series").click()
    expect(page.locator(".ek-run-word")).to_have_text("Not given")
    fourth.series.refresh_from_db()
    assert fourth.series.state == "suspended"
