"""J3 in a browser: thoughts of suicide before infusion 2 beside the chair, and at night on a patient's phone."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from patients import giving, links
from patients.models import SafetyAlert
from reminders.models import StaffPage
from tests import build
from tests.browser.chairside import Tablet
from tests.browser.settling import settle
from tests.infusions.day import Day
from tests.journeys.safety import second_ready

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def patience():
    """A busy machine may take its time; what is looked for stays the same."""
    expect.set_options(timeout=15_000)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def day(house_clock, site, patient, nurse, other_nurse, provider):
    """Friday 5 February, the day of infusion 2."""
    return Day(site, patient, nurse, other_nurse, provider, day="2027-02-05")


@pytest.fixture
def tablet(browser, live_server, house_clock, day):
    """`tablet(person)`: each person's own; all are put away at the end."""
    made: list[Tablet] = []

    def of(person) -> Tablet:
        made.append(Tablet(browser, live_server.url, house_clock, day, person))
        made[-1].page.set_default_timeout(30_000)
        return made[-1]

    yield of
    for each in made:
        each.context.close()


def test_the_start_waits_for_a_provider_and_front_desk_learns_only_of_a_hold(
    tablet, axe, day, nurse, provider, front_desk
):
    """Given an open chair page, when answers speak of suicide, then everybody is called, and a provider clears."""
    second = second_ready(day)
    chair_of_nurse = tablet(nurse)
    chair = chair_of_nurse.at("08:40", f"/infusions/{second.pk}/")
    settle(chair)
    with day.clock("08:41"):
        build.phq9(day.patient, 19, by=nurse, timepoint="pre_infusion", item9=2)
        build.cssrs(day.patient, 1, 1, 1, 0, 0, 0, by=nurse, timepoint="pre_infusion")
    chair_of_nurse.passes_to("08:42")
    strip = chair.get_by_role("alert").filter(has_text="A safety alert waits")
    expect(strip).to_contain_text("answer by 08:56")
    expect(strip).not_to_contain_text(day.patient.family_name)
    chair.reload()
    expect(chair.locator("#gate")).to_contain_text("A safety alert is open")
    expect(chair.get_by_role("button", name="Clear for the dose")).to_be_disabled()

    desk = tablet(front_desk).at("08:43", reverse("journey:chart", args=[day.patient.pk]))
    expect(desk.locator("main")).to_contain_text("Clinical hold")
    expect(desk.locator("body")).not_to_contain_text(re.compile("safety alert|suicid", re.IGNORECASE))

    page = tablet(provider).at("08:44", "/")
    page.get_by_role("alert").get_by_role("link", name="Open it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Safety alert")
    assert axe(page) == {}
    page.get_by_role("button", name="I take it up").click()
    expect(page.locator("main")).to_contain_text("Taken up")
    expect(page.locator("#alert-strip")).to_be_empty()
    page.get_by_label("How you judged the risk").fill("Thoughts, no intent, no plan; her brother stays with her")
    page.get_by_role("button", name="Clear infusions").click()
    expect(page.locator("#contacts")).to_contain_text("Thoughts, no intent, no plan; her brother stays with her")
    page.get_by_role("button", name="Make a safety plan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Safety plan")
    assert axe(page) == {}

    chair.reload()
    chair.get_by_role("button", name="Clear for the dose").click()
    expect(chair.locator(".ek-run-word")).to_have_text("Cleared")


def test_at_night_a_phone_shows_988_at_once_and_the_one_on_call_is_paged(
    browser, live_server, tablet, axe, day, nurse, provider
):
    """Given a check-in at home at 21:40, when item 9 is 3 and Q4 yes, then help is there before the last question."""
    with day.clock("12:00"):
        path = links.make(patient_id=day.patient.pk, purpose="measures", by=nurse)
    link = links.find(path.strip("/").split("/")[-1])
    with day.clock("21:40"):
        giving.begin_extra(link)
        for number in range(1, 9):
            giving.answer(link=link, instrument="phq9", number=number, value=2, language="en")
    at_work = tablet(provider)
    work = at_work.at("21:40", "/")
    context = browser.new_context(viewport={"width": 390, "height": 844})
    phone = context.new_page()
    phone.set_default_timeout(30_000)
    phone.goto(live_server.url + path)
    phone.get_by_label("Month").select_option("3")
    phone.get_by_label("Day").fill("14")
    phone.get_by_label("Year").fill("1984")
    phone.get_by_role("button", name="Go on").click()
    phone.get_by_role("link", name="Go on").click()
    phone.get_by_label("Nearly every day").check()
    phone.get_by_role("button", name="Next").click()
    expect(phone.get_by_role("link", name="Call 988")).to_have_attribute("href", "tel:988")
    expect(phone.get_by_role("link", name="Call 911")).to_be_visible()
    assert axe(phone) == {}
    assert SafetyAlert.objects.get().grade == "unscreened"
    at_work.passes_to("21:41")
    expect(work.get_by_role("alert")).to_contain_text("A safety alert waits. Opened 21:40, answer by 21:55")

    with day.clock("21:41"):
        giving.answer(link=link, instrument="phq9", number=10, value=2, language="en")
        for number in (1, 2, 3):
            giving.answer(link=link, instrument="cssrs", number=number, value=1, language="en")
    phone.goto(live_server.url + path)
    expect(phone.get_by_role("link", name="Call 988")).to_be_visible()
    phone.get_by_role("link", name="Go on").click()
    expect(phone.get_by_role("complementary", name="Help at any hour")).to_contain_text("988")
    phone.get_by_label("Yes").check()
    phone.get_by_role("button", name="Next").click()
    expect(phone.get_by_role("heading", name="You don’t have to carry this alone")).to_be_visible()
    assert SafetyAlert.objects.get().grade == "high"
    assert {page.recipient for page in StaffPage.objects.all()} == {provider}
    context.close()
