"""A note is typed: the server is killed, the session ends, a second device writes. No word is lost or overwritten."""

import os
import signal
import socket
import time
import urllib.request
from datetime import timedelta
from multiprocessing import get_context

import pytest
from django.contrib.sessions.models import Session
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from benchmarks.forking import let_go, open_lines
from clinic import sessions
from tests.build import PASSWORD
from tests.infusions import making
from therapy import phrases
from therapy import sessions as workflow
from therapy.models import NoteDraft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FIRST = "Shalom שלום 🌊, she said.  "
LATER = "\nAnd then: الأمل 👩‍👩‍👧 "
SAVED = "Saved"


class Silent(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


class Server:
    """A web server in a process of its own, that can be killed and started again at the same address."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"http://localhost:{self.port}"
        self.start()

    def start(self) -> None:
        self.process = get_context("fork").Process(target=self._serve, args=(open_lines(),), daemon=True)
        self.process.start()
        until = time.monotonic() + 20
        while not self._answers():
            assert time.monotonic() < until, "the server does not come up"
            time.sleep(0.05)

    def kill(self) -> None:
        assert self.process.pid
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.join()

    def _serve(self, lines: list[int]) -> None:
        let_go(lines)
        server = ThreadedWSGIServer(("127.0.0.1", self.port), Silent)
        server.daemon_threads = True
        server.set_app(StaticFilesHandler(WSGIHandler()))
        server.serve_forever()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health/live", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


@pytest.fixture
def server(db):
    running = Server()
    yield running
    running.kill()


@pytest.fixture
def device(browser, server, therapist):
    """`device()`: a browser of its own, in which the therapist signed in."""
    opened = []

    def open_page(path):
        client = Client()
        client.force_login(therapist)
        context = browser.new_context()
        opened.append(context)
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": server.url}])
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.clock.install()
        page.goto(server.url + path)
        return page

    yield open_page
    for context in opened:
        context.close()


@pytest.fixture
def path(patient, provider, therapist, front_desk):
    series = making.loading(patient, provider)
    session = workflow.plan_session(
        series=series, kind="midpoint", appointment=None, therapist=therapist, by=front_desk
    )
    return reverse("therapy:session", args=[session.pk]) + "?note=progress"


def kept():
    return NoteDraft.objects.get().texts.get("plan")


def saved(page, words=SAVED):
    page.clock.fast_forward(6_000)  # past the pause, or past the wait before the next try
    expect(page.locator("#saved")).to_contain_text(words, timeout=10_000)


def let_the_session_lie(minutes):
    """The server saw every session last so many minutes ago."""
    for row in Session.objects.all():
        store = row.get_decoded() | {sessions.SEEN: (timezone.now() - timedelta(minutes=minutes)).isoformat()}
        row.session_data = Session.objects.encode(store)
        row.save()


def test_what_is_typed_outlives_a_killed_server_and_an_ended_session(device, server, path, therapist):
    phrases.keep(name="Lake", text="Feet on the ground.", by=therapist)
    page = device(path)
    plan = page.get_by_label("For the remaining infusions", exact=True)
    plan.press_sequentially(FIRST)
    saved(page)
    assert kept() == FIRST
    # When the server dies in the middle of a word
    plan.press_sequentially("Half a wo")
    server.kill()
    plan.press_sequentially("rd.")
    page.keyboard.insert_text(LATER)
    saved(page, "Not saved, trying again")
    assert kept() == FIRST
    # Then the page goes on by itself once it is back
    server.start()
    saved(page)
    assert kept() == FIRST + "Half a word." + LATER == plan.input_value()
    # When the session ends meanwhile
    let_the_session_lie(minutes=11)
    plan.press_sequentially("/")
    page.get_by_role("button", name="Lake").click()
    page.clock.fast_forward(2_000)
    page.locator("#ek-lock[open]").wait_for()
    page.fill("#lock-password", PASSWORD)
    page.get_by_role("button", name="Go on").click()
    saved(page)
    assert kept() == FIRST + "Half a word." + LATER + "Feet on the ground."
    # And the page opened anew shows it
    page.reload()
    assert plan.input_value() == kept()


def test_two_devices_are_shown_both_and_nothing_is_overwritten(device, path, axe):
    desk, tablet = device(path), device(path)
    plan = [page.get_by_label("For the remaining infusions", exact=True) for page in (desk, tablet)]
    plan[0].fill("The lake, and rest.")
    saved(desk)
    plan[1].fill("The lake, and the river.")
    saved(tablet, "Not saved: changed elsewhere")
    assert kept() == "The lake, and rest."
    conflict = tablet.locator("[data-conflict]")
    expect(conflict.locator("ins").first).to_have_text("only here: the river.")
    expect(conflict.locator("del").first).to_have_text("only there: rest.")
    assert axe(tablet) == {}
    conflict.get_by_role("button", name="Keep both").click()
    conflict.get_by_role("button", name="Save what stands here now").click()
    saved(tablet)
    both = "The lake, and the river.\n\nThe lake, and rest."
    assert kept() == both == plan[1].input_value()
    # The first device learns of it in the same way
    plan[0].fill("Nothing more.")
    saved(desk, "Not saved: changed elsewhere")
    desk.get_by_role("button", name="Take the other").click()
    desk.get_by_role("button", name="Save what stands here now").click()
    saved(desk)
    assert kept() == both
