"""A morning at the front desk: found by typing, checked in by key, seen where they are; a time that came free."""

from datetime import date

import pytest
from playwright.sync_api import expect

from tests import build
from tests.visits.waiting import reachable, visit, wish
from visits import changes, offers, tending
from visits.models import Offer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DAY = "2027-02-02"


@pytest.fixture
def morning(house_clock, site, nurse, other_nurse, provider, therapist, front_desk):
    """Tuesday at 10:12: one late, one to come, one here."""
    house_clock.set(build.moment(site, "2027-01-20"))
    people = [("Maya", "Torres"), ("Ána", "Müller-Żak"), ("Dev", "Ramanathan")]
    made = [
        visit(build.patient(site, given_name=given, family_name=family), site, DAY, hour, by=front_desk, kind=kind)
        for (given, family), hour, kind in zip(
            people, ("10:00", "11:00", "10:00"), ("infusion", "evaluation", "preparation"), strict=True
        )
    ]
    house_clock.set(build.moment(site, DAY, "10:12"))
    changes.arrive(appointment_id=made[2].pk, by=front_desk)
    return made


def test_found_by_typing_checked_in_by_key_and_taken_back(morning, signed_in, live_server, front_desk, axe):
    page = signed_in(front_desk)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{live_server.url}/arrivals/")
    assert axe(page) == {}
    expect(page.get_by_text("12 min late")).to_be_visible()
    # Typed without its accents, the name is found; Enter goes to its button, Enter again checks in
    page.keyboard.type("muller")
    expect(page.get_by_role("link", name="Maya Torres")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Check in Ána Müller-Żak")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Undo for Ána Müller-Żak")).to_be_focused()
    expect(page.locator("aside").get_by_text("Ána Müller-Żak")).to_be_visible()
    expect(page.get_by_role("searchbox", name="Show only")).to_have_value("muller")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Check in Ána Müller-Żak")).to_be_focused()
    assert axe(page) == {}


def test_a_freed_time_is_taken_on_a_phone_and_the_second_is_told_kindly(
    morning, site, browser, live_server, front_desk, axe
):
    wanted = [reachable(build.patient(site), f"p{number}@example.com") for number in range(2)]
    for one in wanted:
        wish(one, site, by=front_desk, until=date(2027, 2, 20), notice_hours=2)
    gone = visit(build.patient(site), site, "2027-02-04", "09:00", by=front_desk)
    changes.cancel(appointment_id=gone.pk, party="clinic", reason="Moved away", by=front_desk)
    tending.tend(site=site)
    tokens = ["first", "second"]
    for offer, token in zip(Offer.objects.order_by("pk"), tokens, strict=True):
        Offer.objects.filter(pk=offer.pk).update(token_hash=offers.token_hash(token))
    context = browser.new_context(viewport={"width": 390, "height": 844})
    first, second = context.new_page(), context.new_page()
    for page, token in ((first, "first"), (second, "second")):
        page.goto(f"{live_server.url}/visits/offer/{token}/")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert axe(first) == {}
    first.get_by_role("button", name="Yes, I take it").click()
    expect(first.get_by_role("heading", level=1)).to_have_text("It is yours.")
    second.get_by_role("button", name="Yes, I take it").click()
    expect(second.get_by_role("heading", level=1)).to_have_text("Somebody was faster")
    assert axe(second) == {}
    context.close()
