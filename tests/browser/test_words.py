"""The clinic admin writes words of their own, sees how long they become and how they look, and keeps them."""

import pytest
from playwright.sync_api import expect

from reminders import wordings
from tests import build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_admin_writes_looks_and_keeps(signed_in, live_server, axe, site, clinic_admin):
    # Given a patient, and the list of every message
    build.patient(site, given_name="Marisol", family_name="Quint")
    page = signed_in(clinic_admin)
    page.goto(f"{live_server.url}/clinic/")
    page.get_by_role("link", name="Open the words of messages").click()
    expect(page.get_by_role("heading", name="Words of messages", level=1)).to_be_visible()
    assert axe(page) == {}
    # When the admin makes the text too long, then the count says so at once
    page.get_by_role("link", name="Reminder, the day before, English").click()
    text = page.get_by_label("Text message")
    expect(page.locator("#count")).to_contain_text("of 160")
    text.fill("$site: $day $time. We look forward to seeing you with all our heart, dear friend. $link STOP ends this")
    expect(page.locator("#count")).to_contain_text("Too long")
    expect(text).to_be_focused()
    # When it is shorter, and looked at with the patient, then it stands there as she would get it
    text.fill("$site: $day $time. $link STOP ends this")
    expect(page.locator("#count")).to_contain_text("Fits")
    page.get_by_label("To a patient").fill("Quint")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#preview")).to_contain_text("Hello Marisol")
    assert axe(page) == {}
    # When it is kept, then it is the version in use
    page.get_by_role("button", name="Make the new version").click()
    expect(page.get_by_text("Version 1 holds from now on.")).to_be_visible()
    assert wordings.newest("appointment_24h", "en", site=site).text.endswith("STOP ends this")
