"""J8 on the nurse's tablet: the driver cancels after the dose, and the patient will not wait."""

import pytest
from playwright.sync_api import expect

from infusions.models import Discharge
from tests import build
from tests.browser.chairside import Tablet

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_nobody_leaves_alone_before_time_or_at_the_wheel(browser, live_server, house_clock, day, axe):
    infusion = day.until("checked")
    day.started(infusion, "10:00")
    day.completed(infusion, "10:40")
    tablet = Tablet(browser, live_server.url, house_clock, day, day.nurse)
    page = tablet.at("11:40", f"/infusions/{infusion.pk}/")

    # Given a patient who is well, and whose driver has cancelled
    way = page.locator("#discharge")
    way.get_by_label("Score").fill("10")
    for words in ("Oriented", "Walks steadily", "No active", "IV out", "Written instructions"):
        way.get_by_label(words).check()
    way.get_by_label("Goes home with").fill("")
    way.get_by_label("Relation").fill("")

    # When the nurse lets her go into a taxi, each reason to stay is named
    way.get_by_label("How").select_option(label="Taxi or ride service")
    way.get_by_role("button", name="Discharge").click()
    expect(page.locator("#chair-says")).to_contain_text("No adult is named")
    expect(page.locator("#chair-says")).to_contain_text("until 12:40")
    # And they stay, though the page looks meanwhile whether anything changed
    with page.expect_response(lambda answer: "x-background" in answer.request.headers and answer.status == 200):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#chair-says")).to_contain_text("No adult is named")
    assert axe(page) == {}

    # And her own car is never a way home
    way.get_by_label("How").select_option(label="Drives themself")
    way.get_by_role("button", name="Discharge").click()
    expect(page.locator("#chair-says")).to_contain_text("may not drive until tomorrow")

    # Then, when she will not wait, the form against advice is signed before the provider
    way.get_by_role("link", name="Leaves against advice").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Leaving against advice")
    page.get_by_label("Score").fill("10")
    for words in ("Oriented", "Walks steadily", "No active", "IV out", "Written instructions"):
        page.get_by_label(words).check()
    page.get_by_label("How").select_option(label="Taxi or ride service")
    page.get_by_label("Why the patient leaves").fill("Will not wait for the afternoon")
    page.get_by_label("What was explained").fill("Falls and sedation; no driving; a bed until 12:40")
    page.get_by_label("Patient’s full name").fill("Maya Torres")
    page.locator("[data-sign-pad]").scroll_into_view_if_needed()
    pad = page.locator("[data-sign-pad]").bounding_box()
    page.mouse.move(pad["x"] + 60, pad["y"] + 80)
    page.mouse.down()
    page.mouse.move(pad["x"] + 260, pad["y"] + 40, steps=5)
    page.mouse.up()
    expect(page.locator("[data-sign-said]")).to_have_text("You have signed in the box.")
    page.get_by_label("Provider who releases").select_option(label=day.provider.full_name)
    page.get_by_label("Password of the provider").fill(build.PASSWORD)
    assert axe(page) == {}
    page.get_by_role("button", name="Patient leaves against advice").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Infusion 1, note")
    expect(page.locator("main")).to_contain_text("a bed until 12:40 (signed on the screen by Maya Torres)")
    assert axe(page) == {}
    expect(page.get_by_role("img", name="Signature of Maya Torres").locator("polyline")).to_have_count(1)
    left = Discharge.objects.get()
    assert (left.released_by, left.entered_by, left.way_home) == (day.provider, day.nurse, "taxi")
    tablet.context.close()
