"""A real browser against a real server: how to start both, and how to sign somebody in."""

import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from clinic.runtime.browser import find

# Playwright's loop runs in the test's thread; Django would refuse the ORM there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """The machine's Chromium where there is one; else the one that Playwright downloaded."""
    executable = find()
    return {
        **browser_type_launch_args,
        **({"executable_path": executable} if executable else {}),
        "args": ["--no-sandbox", "--disable-dev-shm-usage"],
    }


@pytest.fixture
def signed_in(client, live_server, context):
    """`signed_in(user)` gives a page on which that person is at work."""

    def open_page(user) -> Page:
        client.force_login(user)
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
        page = context.new_page()
        page.set_default_timeout(10_000)
        return page

    return open_page


@pytest.fixture
def axe():
    """`axe(page)` gives the rules that the page breaks, each with the elements that break it."""

    def look(page: Page) -> dict[str, list[object]]:
        answer = Axe().run(page).response
        return {rule["id"]: [node["target"] for node in rule["nodes"]] for rule in answer["violations"]}

    return look
