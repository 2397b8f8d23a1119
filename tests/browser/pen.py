"""Signing in the box on the screen."""

from playwright.sync_api import Page

ZIGZAG = [(0.2, 0.6), (0.35, 0.3), (0.5, 0.7), (0.65, 0.3), (0.8, 0.6)]


def draw(page: Page, points=ZIGZAG) -> None:
    """With the mouse, over the box."""
    pad = page.locator("[data-sign-pad]")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    spots = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.mouse.move(*spots[0])
    page.mouse.down()
    for spot in spots[1:]:
        page.mouse.move(*spot, steps=4)
    page.mouse.up()
