"""The frame in a real browser: readable by everyone, by keyboard, in both themes, at both widths."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 820, 390])
def test_the_gallery_breaks_no_rule_of_access_and_fits_its_width(
    signed_in, live_server, axe, clinic_admin, scheme, width
):
    page = signed_in(clinic_admin)
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{live_server.url}/clinic/gallery/")
    assert axe(page) == {}
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_signing_in_breaks_no_rule_of_access(page, live_server, axe, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{live_server.url}/accounts/login/")
    assert page.locator("html").get_attribute("data-bs-theme") == scheme
    assert axe(page) == {}


def test_the_chosen_theme_stays_on_the_next_page(signed_in, live_server, clinic_admin):
    page = signed_in(clinic_admin)
    page.goto(f"{live_server.url}/clinic/gallery/")
    page.locator("summary.ek-who").click()
    page.get_by_role("button", name="Dark").click()
    page.reload()
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    assert page.locator("html").get_attribute("data-theme-auto") is None


def test_a_dialog_starts_at_the_way_back_and_returns_the_focus(signed_in, live_server, clinic_admin):
    page = signed_in(clinic_admin)
    page.goto(f"{live_server.url}/clinic/gallery/")
    opener = page.locator("[data-dialog=cancel]")
    opener.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.textContent") == "Keep the visit"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.dialog") == "cancel"


def test_a_menu_closes_on_escape_and_returns_the_focus(signed_in, live_server, clinic_admin):
    page = signed_in(clinic_admin)
    page.goto(f"{live_server.url}/clinic/gallery/")
    page.locator("summary.ek-who").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.className") == "ek-who"
    assert page.locator(".ek-menu[open]").count() == 0
