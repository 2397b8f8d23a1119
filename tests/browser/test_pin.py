"""A tablet of the clinic in a browser: it covers itself after two minutes, and a PIN opens it, for a colleague too."""

import pytest
from playwright.sync_api import expect

from clinic import tablets
from clinic.models import TabletProof
from tests import build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

COVER = "#ek-lock[open]"


@pytest.fixture
def page(context, live_server, site, clinic_admin, nurse, other_nurse):
    """The nurse is at work on the tablet of room 2; her colleague gave her password there in the same shift."""
    made, secret = tablets.register(site=site, name="Room 2", by=clinic_admin)
    for person, pin in ((nurse, "2749"), (other_nurse, "8316")):
        tablets.set_pin(pin=pin, by=person)
    TabletProof.objects.create(tablet=made, user=other_nurse)
    context.add_cookies([{"name": tablets.COOKIE, "value": secret, "url": live_server.url}])
    opened = context.new_page()
    opened.set_default_timeout(10_000)
    opened.goto(f"{live_server.url}/accounts/login/")
    opened.locator("[name=login]").fill(nurse.email)
    opened.locator("[name=password]").fill(build.PASSWORD)
    opened.keyboard.press("Enter")
    opened.wait_for_selector("body[data-user]")
    opened.clock.install()
    opened.goto(f"{live_server.url}/infusions/vials/")
    return opened


def _covers_itself(page):
    page.clock.run_for(2 * 60_000 + 10_000)
    page.wait_for_selector(COVER)


def test_a_pin_uncovers_what_was_typed_and_a_colleague_is_asked_before_it_goes(page, axe, nurse, other_nurse):
    # Given a half-typed form, when nobody touches the tablet for two minutes, then it is covered
    page.get_by_label("Label").fill("V-0199")
    _covers_itself(page)
    assert page.get_by_label("Label").is_visible() is False
    assert axe(page) == {}

    # And a wrong PIN opens nothing, the right one gives back what was typed
    page.get_by_label("PIN").fill("1111")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("#lock-error")).to_contain_text("That is not the PIN")
    page.get_by_label("PIN").fill("2749")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator(COVER)).to_have_count(0)
    expect(page.get_by_label("Label")).to_have_value("V-0199")

    # When a colleague opens it, then she is told first what would go, and nothing has gone yet
    _covers_itself(page)
    page.get_by_label("Who are you?").select_option(label=other_nurse.full_name)
    page.get_by_label("PIN").fill("8316")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("#lock-error")).to_contain_text("Something typed on this page is not saved yet.")
    assert page.locator("body").get_attribute("data-user") == str(nurse.pk)
    assert axe(page) == {}

    # And with a second press the page is hers, and starts anew
    page.get_by_role("button", name="Go on").click()
    page.wait_for_selector(f"body[data-user='{other_nurse.pk}']")
    expect(page.get_by_label("Label")).to_have_value("")
