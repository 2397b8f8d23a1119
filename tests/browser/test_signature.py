"""A consent is signed with the mouse and with a finger, and what was drawn is found in the record."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from patients import signatures
from patients.models import Consent
from tests.browser.pen import ZIGZAG, draw
from tests.browser.settling import settle

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def touch(page: Page, points=ZIGZAG) -> None:
    """With a finger, as the browser sends it."""
    box = page.locator("[data-sign-pad]").bounding_box()
    hand = page.context.new_cdp_session(page)
    spots = [{"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]} for x, y in points]
    hand.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": spots[:1]})
    for spot in spots[1:]:
        hand.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [spot]})
    hand.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


@pytest.fixture
def browser_context_args(browser_context_args):
    return browser_context_args | {"has_touch": True}


def test_a_consent_is_signed_by_mouse_and_finger_and_found_in_the_record(signed_in, live_server, axe, patient, nurse):
    page = signed_in(nurse)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(live_server.url + reverse("patients:consent-new", args=[patient.pk]))
    name, sign = page.get_by_label("Your full name"), page.get_by_role("button", name="Keep the signature")
    lines, said = page.locator("[data-sign-pad] polyline"), page.locator("[data-sign-said]")

    # Given a name, but nothing drawn: it is refused, and the name is still there
    name.fill("Maya Torres")
    page.get_by_label("My questions have been answered").check()
    sign.click()
    expect(page.get_by_role("alert")).to_contain_text("Sign in the box")
    expect(name).to_have_value("Maya Torres")
    assert axe(page) == {}

    # When it is drawn with the mouse, taken back, cleared by mistake and brought again
    draw(page)
    expect(lines).to_have_count(1)
    expect(said).to_have_text("You have signed in the box.")
    page.get_by_role("button", name="Clear").click()
    expect(lines).to_have_count(0)
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    page.get_by_role("button", name="Undo").click()
    expect(lines).to_have_count(1)
    page.locator("[data-sign-pad]").scroll_into_view_if_needed()
    touch(page, [(0.1, 0.8), (0.4, 0.85), (0.9, 0.8)])
    expect(lines).to_have_count(2)

    # And it is sent
    sign.click()
    expect(page.get_by_role("img", name="Signature of Maya Torres")).to_be_visible()
    settle(page)

    # Then the record holds both lines, the picture of them, and where they were drawn
    consent = Consent.objects.get()
    assert len(consent.strokes) == 2
    corners = [(round(x * 1000), round(y * 400)) for x, y in ZIGZAG]
    assert all(min(abs(px - x) + abs(py - y) for px, py in consent.strokes[0]) < 12 for x, y in corners)
    assert bytes(consent.png) == signatures.drawn(consent.strokes)
    assert axe(page) == {}
