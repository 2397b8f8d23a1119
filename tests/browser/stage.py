"""The stage of a journey in the browser: a clock for the whole process, and people at the screens they work on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import time_machine
from playwright.sync_api import Browser, BrowserContext, Page, expect

from clinic.models import User
from tests import build
from tests.journeys.telling import Clinic

DESK = {"width": 1440, "height": 900}
CHAIR = {"width": 1180, "height": 820}  # a tablet, held across


@dataclass
class Stage:
    """`stage.opens(user, address)` gives a page of that person's own browser; `stage.passes(page)` looks at it."""

    clinic: Clinic
    machine: Any
    browser: Browser
    url: str
    session_of: Callable[[User], str]
    broken_rules: Callable[[Page], dict[str, list[object]]]
    contexts: list[BrowserContext] = field(default_factory=list)
    thrown: list[str] = field(default_factory=list)

    def is_at(self, day: str, hour: str = "09:00") -> None:
        """Let it be this time on the site's wall, for the tests and for the server; it goes on from there."""
        self.machine.move_to(in_utc(self.clinic, day, hour))

    def opens(self, user: User | None, address: str, *, at: dict[str, int] = DESK) -> Page:
        context = self.browser.new_context(viewport=at)  # type: ignore[arg-type]
        self.contexts.append(context)
        if user:
            context.add_cookies([{"name": "sessionid", "value": self.session_of(user), "url": self.url}])
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: self.thrown.append(f"{page.url}: {error}"))
        page.goto(self.url + address)
        return page

    def passes(self, page: Page, heading: str = "") -> None:
        """No rule of axe is broken, and nothing hangs out to the right; with a heading, once that page is there."""
        if heading:
            expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        assert self.broken_rules(page) == {}, page.url
        width = page.viewport_size["width"]  # type: ignore[index]
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url


def in_utc(clinic: Clinic, day: str, hour: str) -> datetime:
    return build.moment(clinic.site, day, hour).astimezone(UTC)


@contextmanager
def set_up(clinic: Clinic, **parts: Any) -> Iterator[Stage]:
    """Raise the stage on the morning of the inquiry, and strike it again."""
    expect.set_options(timeout=10_000)
    with time_machine.travel(in_utc(clinic, "2027-01-11", "09:00"), tick=True) as machine:
        stage = Stage(clinic=clinic, machine=machine, **parts)
        try:
            yield stage
            assert stage.thrown == []
        finally:
            for context in stage.contexts:
                context.close()
