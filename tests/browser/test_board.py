"""The day board under the hands of front desk and nurse: keys, panel, refresh, drag, hallway."""

import re
from io import BytesIO

import pytest
import time_machine
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Page, expect

from clinic.models import Room
from tests import build
from tests.browser.settling import settle
from visits import booking, changes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DAY = "2027-02-02"
CONFIRMED = re.compile(r"Confirmed.*10:00 to 12:00, confirmed")
RAIL = 4  # pixels from the left edge of a card
FOCUSED = "document.activeElement.textContent"
ROW = "card => getComputedStyle(card).gridRowStart"


@pytest.fixture
def day(site, front_desk, nurse, other_nurse, therapist):
    """Tuesday at nine; Maya at ten in Room 1, Owen at ten in Room 2, Ruth at one in Room 1."""
    with time_machine.travel(build.moment(site, DAY, "09:00"), tick=True):
        rooms = {room.name: room for room in Room.objects.filter(site=site)}
        wanted = {"Maya": ("10:00", "Room 1"), "Owen": ("10:00", "Room 2"), "Ruth": ("13:00", "Room 1")}
        yield {
            name: booking.book(
                patient=build.patient(site, given_name=name),
                site=site,
                kind="infusion",
                starts_at=build.moment(site, DAY, at),
                room=rooms[room],
                by=front_desk,
            )
            for name, (at, room) in wanted.items()
        }


@pytest.fixture
def board(signed_in, live_server, front_desk, day) -> Page:
    page = signed_in(front_desk)
    page.set_viewport_size({"width": 1180, "height": 720})
    page.goto(f"{live_server.url}{reverse('journey:today')}")
    return page


def card(page, name):
    return page.get_by_role("link", name=re.compile(rf"^{name} Torres\W+Infusion"))


def rail(one):
    """The colours of the left edge of a card, from top to bottom."""
    picture = Image.open(BytesIO(one.screenshot())).convert("RGB")
    return {picture.getpixel((RAIL, y)) for y in range(RAIL, picture.height - RAIL)}


def refresh(page):
    with page.expect_response(lambda answer: "/today/" in answer.url and "x-background" in answer.request.headers):
        page.evaluate("htmx.trigger(document.body, 'board-refresh')")
    settle(page)


def drag(page, what, to_x, to_y):
    box = what.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(to_x, to_y, steps=4)
    page.mouse.up()


def test_keys_lead_over_the_board_into_the_panel_and_back(board, day, axe):
    # Given the board, one stop of the tab key
    assert board.locator(".ek-visit[tabindex='0']").count() == 1
    assert axe(board) == {}
    # And each card tells preparation, infusion and rest apart
    assert len(rail(card(board, "Maya"))) >= 4  # recovery is hatched in two colours
    # Also where nobody prepares, and the class that says for how long is none that the stylesheet has
    card(board, "Maya").evaluate("one => { one.className = one.className.replace(/bp-\\d+/, 'bp-0') }")
    assert len(rail(card(board, "Maya"))) >= 3
    # And a stretch of a lane says whose time it is
    stretch = board.locator("#board > i").first
    stretch.hover()
    expect(stretch).to_have_attribute("title", re.compile(r"^\S.+: \w+ Torres, \d\d:\d\d to \d\d:\d\d$"))
    # When the arrows lead from card to card
    card(board, "Maya").focus()
    for key, name in (("ArrowRight", "Owen"), ("ArrowLeft", "Maya"), ("End", "Ruth"), ("Home", "Maya")):
        board.keyboard.press(key)
        assert board.evaluate(FOCUSED).startswith(name)
    # Then Enter opens the visit beside the board, under its own address
    board.keyboard.press("Enter")
    board.get_by_role("heading", name="Maya Torres").wait_for()
    assert board.url.endswith(reverse("journey:today-visit", args=[day["Maya"].pk]))
    assert board.evaluate(FOCUSED) == "Maya Torres"
    assert axe(board) == {}
    # And the next state is one button, which the board beside it shows at once
    board.get_by_role("button", name="Confirmed by the patient").click()
    expect(card(board, "Maya")).to_have_accessible_name(CONFIRMED)
    # And Esc leads back to the card
    board.keyboard.press("Escape")
    expect(board.locator("#panel")).to_be_empty()
    assert board.evaluate(FOCUSED).startswith("Maya")
    assert "/today/" in board.url
    assert str(day["Maya"].pk) not in board.url


def test_a_refresh_keeps_focus_scroll_and_what_is_open(board, day, front_desk):
    # Given a card with the focus, the board scrolled down, a panel with its form for moving open
    card(board, "Owen").click()
    board.locator("[data-panel-move]").click()
    board.get_by_label("Hour").fill("15:00")
    card(board, "Ruth").focus()
    board.evaluate("document.querySelector('.ek-board-wrap').scrollTop = 222")
    # When somebody else changes a visit, and the board refreshes
    changes.confirm(appointment_id=day["Owen"].pk, by=front_desk)
    refresh(board)
    # Then the change is there, and nothing else has moved
    expect(card(board, "Owen")).to_have_accessible_name(CONFIRMED)
    assert board.evaluate(FOCUSED).startswith("Ruth")
    assert board.evaluate("document.querySelector('.ek-board-wrap').scrollTop") == 222
    assert board.get_by_label("Hour").input_value() == "15:00"
    # And the panel says that it is old
    board.get_by_text("This visit has changed meanwhile.").wait_for()
    # And a board that can't refresh says since when
    board.context.set_offline(True)
    board.evaluate("htmx.trigger(document.body, 'board-refresh')")
    board.get_by_text("could not be refreshed since").wait_for()


def test_a_card_is_dragged_to_another_room_and_hour_and_asks_first(board, day, site, axe):
    # Given the place in Room 2 at one o'clock, beside Ruth
    free = card(board, "Owen").bounding_box()["x"] + 20
    beside = card(board, "Ruth").bounding_box()["y"] + 10
    # When Maya's card is dropped there
    drag(board, card(board, "Maya"), free, beside)
    dialog = board.get_by_role("dialog", name="Move Maya Torres?")
    expect(dialog).to_contain_text("Tue 2 Feb, 13:00–15:00 · Room 2")
    assert axe(board) == {}
    day["Maya"].refresh_from_db()
    assert day["Maya"].version == 1
    # Then yes moves her, and the panel can take it back
    dialog.get_by_role("button", name="Move the visit").click()
    expect(board.locator("#panel")).to_contain_text("Undo the last change")
    assert card(board, "Maya").evaluate(ROW) == card(board, "Ruth").evaluate(ROW)
    board.get_by_role("button", name="Undo the last change").click()
    board.get_by_text("The last change is taken back.").wait_for()
    # And a drop onto somebody is refused in words
    drag(board, card(board, "Ruth"), free, card(board, "Owen").bounding_box()["y"] + 30)
    refused = board.get_by_role("dialog", name="Ruth Torres stays where it was")
    expect(refused).to_contain_text("Room 2 is taken from 10:00 to 12:00")
    board.keyboard.press("Escape")
    day["Ruth"].refresh_from_db()
    assert site.local(day["Ruth"].starts_at).hour == 13


def test_the_hallway_shows_no_name_and_opens_nothing_without_the_password(board, live_server, axe):
    board.keyboard.press("h")
    board.wait_for_url("**/today/hallway/")
    assert "Torres" not in board.content()
    assert axe(board) == {}
    board.goto(f"{live_server.url}/today/")
    board.get_by_text("every other page is covered").wait_for()
    board.goto(f"{live_server.url}/today/hallway/")
    board.keyboard.press("h")
    board.get_by_label("Password").fill(build.PASSWORD)
    board.get_by_role("button", name="Go on").click()
    card(board, "Maya").wait_for()
