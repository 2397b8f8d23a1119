"""The page beside the chair on a tablet: given, when, then. Nothing that was typed is lost, and nothing comes twice."""

import re

import pytest
from playwright.sync_api import expect

from tests import build
from tests.browser.chairside import type_row
from tests.infusions.day import Day

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def at_chair(signed_in, live_server, house_clock, day):
    """`at_chair(infusion, "09:22")`: the nurse's tablet at that time."""

    def open_page(infusion, time, by=None):
        house_clock.moment = day.at(time)
        page = signed_in(by or day.nurse)
        page.set_viewport_size({"width": 1180, "height": 820})
        page.goto(f"{live_server.url}/infusions/{infusion.pk}/")
        return page

    return open_page


def test_enter_walks_on_and_the_sixth_saves_the_row(at_chair, day, axe):
    page = at_chair(day.until("started"), "09:22")
    type_row(page)
    expect(page.locator("[data-sheet] thead th").nth(1)).to_contain_text("09:22")
    expect(page.locator("[data-sheet] tbody td").first).to_have_text("146/90")
    expect(page.locator("#was-systolic")).to_have_text("was 146")
    expect(page.locator("#vin-systolic")).to_be_focused()
    assert axe(page) == {}


def test_a_number_that_cannot_be_comes_back_with_its_sentence(at_chair, day):
    infusion = day.until("started")
    page = at_chair(infusion, "09:22")
    type_row(page, spo2="197")
    expect(page.locator("#err-spo2")).to_have_text("SpO2 is between 50 and 100. You wrote 197.")
    expect(page.locator("#vin-systolic")).to_have_value("146")
    expect(page.locator("#vin-spo2")).to_have_value("197")
    assert infusion.vitals.count() == 1


def test_a_crossed_line_asks_and_one_press_answers(at_chair, day, axe):
    page = at_chair(day.until("started"), "09:32")
    type_row(page, systolic="172", diastolic="98")
    ask = page.locator("#chair-ask")
    expect(ask).to_contain_text("172/98 crossed the notify line")
    assert axe(page) == {}
    ask.get_by_role("button", name="Rechecked").click()
    expect(ask).not_to_contain_text("What did you do?")
    expect(page.locator("#chair-told")).to_contain_text("Rechecked")


def test_a_row_the_server_breaks_at_holds_up_nothing_and_can_be_sent_again(at_chair, day, axe):
    infusion = day.until("started")
    page = at_chair(infusion, "09:22")
    page.route("**/vitals/", lambda route: route.fulfill(status=500))
    type_row(page)
    page.get_by_role("button", name="Pause", exact=True).click()
    page.evaluate("() => { setInterval(() => dispatchEvent(new Event('online')), 100) }")
    expect(page.locator(".ek-run-word")).to_have_text("Paused")
    expect(page.locator("#refused-list")).to_contain_text("The server broke at this three times.")
    assert (infusion.vitals.count(), axe(page)) == (1, {})
    page.unroute("**/vitals/")
    page.get_by_role("button", name="Send again").click()
    expect(page.locator("#refused")).to_be_hidden()
    expect(page.locator("[data-sheet] .is-new")).to_have_count(0)
    assert infusion.vitals.count() == 2


def test_typed_numbers_stay_while_the_rest_of_the_page_changes(at_chair, day):
    page = at_chair(day.until("started"), "09:20")
    page.locator("#vin-systolic").fill("146")
    page.get_by_role("button", name="Pause").click()
    expect(page.locator(".ek-run-word")).to_have_text("Paused")
    expect(page.locator("#vin-systolic")).to_have_value("146")


def test_a_quick_event_and_an_early_stop(at_chair, day, axe):
    infusion = day.until("started")
    page = at_chair(infusion, "09:30")
    page.get_by_role("button", name="Nausea").click()
    page.get_by_label("How bad, and what was done").fill("mild, breathing helps")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#chair-told")).to_contain_text("mild, breathing helps")
    page.get_by_role("button", name="Stop early").click()
    page.locator("#stop-reason").fill("She asked to stop")
    page.locator("#dialog-stop").get_by_role("button", name="Stop early").click()
    expect(page.locator(".ek-run-word")).to_have_text(re.compile("Recovery after an early stop"))
    expect(page.get_by_text("22 mg left in the bag")).to_be_visible()
    assert axe(page) == {}


def test_a_double_press_the_way_back_and_a_second_tab_do_nothing_twice_or_elsewhere(at_chair, day, site):
    # Given a dose that is checked, when Start is pressed twice, then the pump starts once
    infusion = day.until("checked")
    page = at_chair(infusion, "09:12")
    page.get_by_role("button", name="Start the pump").dblclick()
    expect(page.locator(".ek-run-word")).to_contain_text("Infusing")
    assert infusion.state_events.filter(after="in_progress").count() == 1
    expect(page.locator("#chair-says .ek-banner")).to_have_count(0)

    # When a note in any writing is saved with a double press, then it stands there once, as it was typed
    page.get_by_role("button", name="Note").click()
    page.locator("#event-note-text").fill("Dice: “todo está bien” 🙂 Zoë Nguyễn 静か")
    page.locator("#dialog-event-note").get_by_role("button", name="Save").dblclick()
    expect(page.locator("#chair-told")).to_contain_text("Dice: “todo está bien” 🙂 Zoë Nguyễn 静か")
    assert infusion.events.count() == 1

    # When she goes to another patient in a second tab, then what she types in the first stays with the first
    other = build.patient(site, given_name="Ines", family_name="Brandt")
    second = Day(site, other, day.nurse, day.other_nurse, day.provider, starts="13:00").until("checked in")
    tab = page.context.new_page()
    tab.goto(page.url.replace(str(infusion.pk), str(second.pk)))
    expect(tab.get_by_role("heading", level=1, name="Ines Brandt")).to_be_visible()
    type_row(page)
    expect(page.locator("#unsaved")).to_be_hidden()
    expect(page.locator("[data-sheet] .is-new")).to_have_count(0)
    expect(page.locator("[data-sheet] tbody td").first).to_have_text("146/90")
    assert (infusion.vitals.count(), second.vitals.count()) == (2, 0)

    # And the way back shows the chair as it is, not as it was
    page.goto(page.url.split("/infusions/")[0] + "/infusions/station/")
    page.go_back()
    expect(page.locator(".ek-run-word")).to_contain_text("Infusing")
    expect(page.get_by_role("button", name="Start the pump")).to_have_count(0)
