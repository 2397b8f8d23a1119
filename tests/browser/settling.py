"""When a page in the browser has come to rest."""

from playwright.sync_api import Page, expect


def settle(page: Page) -> None:
    """Wait until the page is whole, and no part of it is being asked for, swapped in or settled.

    Never by `wait_for_function`: it evaluates its string inside the page whenever it has to look twice, and the page's
    Content-Security-Policy refuses that.
    """
    page.wait_for_load_state("load")
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0, timeout=10_000)
