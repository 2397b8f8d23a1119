"""A real browser against a real server: how to start both, and how to sign somebody in."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection
from playwright.sync_api import Page

from clinic import clock
from tests.browser.chairside import HouseClock
from tests.browser.settling import settle
from tests.infusions.day import Day

# Only what is broken is asked for: all that axe found in order would be ten times as much to hand over.
BROKEN = """axe.run({resultTypes: ["violations"]}).then(found =>
    found.violations.map(rule => [rule.id, rule.nodes.map(node => node.target)]))"""
OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"


@pytest.fixture(autouse=True)
def reading_row_by_row_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What zeal finds in a journey is a warning there, and an error in the tests of the page itself."""
    monkeypatch.setattr(django_settings, "ZEAL_RAISE", False, raising=False)


@pytest.fixture(scope="session", autouse=True)
def nobody_stays(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """What still holds a connection when server and browser have ended would keep the database from being dropped."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(f"{OTHERS} AND pid <> pg_backend_pid()")


@pytest.fixture(autouse=True)
def nobody_guessed_before():
    """All tests sign in from one address; what an earlier one got wrong is not counted against this one."""
    cache.clear()


@pytest.fixture(autouse=True)
def nothing_was_refused_by_the_policy(request):
    """No page of any browser test asks for something that our Content-Security-Policy forbids."""
    said = []
    if "context" in request.fixturenames:
        request.getfixturevalue("context").on("console", lambda message: said.append(message.text))
    yield
    assert [text for text in said if "Content Security Policy" in text] == []


@pytest.fixture
def signed_in(client, live_server, context):
    """`signed_in(user)` gives a page on which that person is at work. Whoever was there before has left.

    What an older page still asks with the session that ends here would be answered by taking the cookie away.
    """

    def open_page(user) -> Page:
        for left in context.pages:
            left.close()
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
        settle(page)
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE_SCRIPT)
        return dict(page.evaluate(BROKEN))

    return look


@pytest.fixture
def house_clock(monkeypatch, settings):
    settings.IDLE_LOGOFF_MINUTES = 24 * 60
    made = HouseClock()
    monkeypatch.setattr(clock, "_moved", made)
    return made


@pytest.fixture
def day(house_clock, site, patient, nurse, other_nurse, provider):
    return Day(site, patient, nurse, other_nurse, provider)
