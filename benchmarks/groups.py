"""Two groups of processes, each with a web and a worker, behind one database and one broker: as two machines would be.

What a group keeps to itself would show here: a session that the other does not know, a setting that it has not heard
of, a wrong password that it has not counted, a letter that both send.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC

from celery.app.control import Inspect
from django.urls import reverse

from benchmarks.client import Ask, Browser, WrongAnswerError
from benchmarks.people import PASSWORD, login
from benchmarks.reminders import KIND, Found, House, Mailbox, mailbox
from benchmarks.servers import Cluster, Server
from benchmarks.table import Check, Row
from clinic import clock, history, settings_versions
from clinic.celery import app as celery
from clinic.models import Site, User
from clinic.policy import Role
from clinic.runtime.places import PROJECT
from clinic.runtime.spawn import spawn
from reminders.tasks import dispatch

DUE, FEW = 2_000, 300
PATIENCE = 120
TURNS = 4  # ticks that meet, twice as many as there are workers
WRONG = 5  # passwords after which nobody is let in for a while


def rows(cluster: Cluster, database: str, one: Server, other: Server, *, small: bool = False) -> Iterator[Row]:
    """What is printed. It commits, signs in as people of the first site, and kills `one` of the groups."""
    with mailbox() as box, working(cluster, database, box):
        checks = [*_sessions(one, other), *_settings(one, other), *_guesses(one, other), *_survivor(one, other)]
        yield Row("groups: two webs, one database", clients=2, checks=tuple(checks))
        yield _letters(box, FEW if small else DUE)


def _same(what: str, *, was: bool) -> Check:
    return Check(what, float(was), 1, 1)


def _opens(browser: Browser, server: Server) -> bool:
    """Whether this person has their home at this group, and no door."""
    try:
        _beside(browser, server).ask(Ask(reverse("journey:home")))
    except WrongAnswerError:
        return False
    return True


def _beside(browser: Browser, server: Server) -> Browser:
    """The same person with the same cookies on a new line to a group, as a proxy would send them."""
    twin = Browser(server)
    twin.cookies, twin.own["X-CSRFToken"] = browser.cookies, browser.own.get("X-CSRFToken", "")
    return twin


def _sessions(one: Server, other: Server) -> Iterator[Check]:
    nurse = Browser(one, login(Role.NURSE, number=2))
    yield _same("known by the other group", was=_opens(nurse, other))
    _beside(nurse, other).ask(Ask(reverse("account_logout"), {}, right=(302,)))
    yield _same("signed out of both", was=not _opens(nurse, one))


def _settings(one: Server, other: Server) -> Iterator[Check]:
    """A version that a third process makes holds at the next page of both."""
    site = Site.objects.get(code="pine")
    admin = User.objects.get(email=login(Role.CLINIC_ADMIN))
    browser, before = Browser(one, admin.email), settings_versions.current(site)
    page = Ask(reverse("clinic:protocol"))
    for server in (one, other):
        _beside(browser, server).ask(page)
    with history.acting(admin.pk, source="bench"):
        made = settings_versions.new_version(
            site_id=site.pk, changes={"arrival_minutes": (before.arrival_minutes + 1) % 60}, note="Bench", by=admin
        )
    said = f"ersion {made.version}".encode()
    yield _same(
        "new settings hold in both", was=all(said in _beside(browser, server).ask(page) for server in (one, other))
    )


def _guesses(one: Server, other: Server) -> Iterator[Check]:
    """Wrong passwords are counted over both: after so many the right one opens neither."""
    email = login(Role.THERAPIST, number=2)
    for number in range(WRONG):
        _try((one, other)[number % 2], email, f"not {PASSWORD}")
    let_in = [_try(server, email, PASSWORD) for server in (one, other)]
    yield _same("guesses are counted together", was=not any(let_in))


def _try(server: Server, email: str, password: str) -> bool:
    """Whether this password opens the door; who is let in is sent on, whoever is not stays on the page."""
    browser, page = Browser(server), Ask(reverse("account_login"))
    token = browser.ask(page).partition(b'name="csrfmiddlewaretoken" value="')[2].partition(b'"')[0].decode()
    fields = {"login": email, "password": password, "csrfmiddlewaretoken": token}
    try:
        browser.ask(Ask(page.path, fields, right=(302,)))
    except WrongAnswerError:
        return False
    return True


def _survivor(one: Server, other: Server) -> Iterator[Check]:
    """One group dies without warning; whoever worked there goes on at the other."""
    desk = Browser(one, login(Role.FRONT_DESK))
    one.process.kill()
    one.process.wait()
    yield _same("goes on when one group dies", was=_opens(desk, other))


@contextmanager
def working(cluster: Cluster, database: str, box: Mailbox) -> Iterator[None]:
    """A worker for each group, with letters to the mailbox."""
    started = [_worker(cluster, database, f"{name}@here", box) for name in ("one", "two")]
    try:
        yield
    finally:
        for process in started:
            process.kill()  # it has nothing to do any more
        for process in started:
            process.wait(PATIENCE)


def _worker(cluster: Cluster, database: str, name: str, box: Mailbox) -> subprocess.Popen[bytes]:
    environment = cluster.environment(database, restricted=True) | {
        "EMAIL_URL": f"smtp://127.0.0.1:{box.port}", "DISPATCHERS": "2",
    }  # fmt: skip
    command = [sys.executable, "-m", "celery", "-A", "clinic", "worker", "--concurrency", "1", "--hostname", name,
               "--without-gossip", "--without-mingle"]  # fmt: skip
    with (cluster.places.logs / f"worker-{name}.log").open("wb") as log:
        return spawn(command, env=environment, cwd=PROJECT, output=log.fileno())


def _letters(box: Mailbox, due: int) -> Row:
    """Both workers are told at once, several times over: each letter goes once, and both have sent some."""
    _until(lambda: len(_workers().ping() or {}) == 2)
    house = House(max(50, due // 10), now=clock.now(), zone=_where_it_is_noon())
    house.plan(due, *KIND)
    began = time.monotonic()
    for _ in range(TURNS):
        dispatch.apply_async(retry=False)
    _until(lambda: house.state_counts()["sent"] + house.state_counts()["uncertain"] >= due)
    took = time.monotonic() - began
    _until(lambda: not any((_workers().active() or {}).values()))
    found = Found.of(house, box, due=due)
    done = [_turns(stats) for stats in (_workers().stats() or {}).values()]
    checks = (Check("lost", found.lost, 0, 0), Check("sent twice", found.repeated, 0, 0),
              Check("workers that sent", sum(turns > 0 for turns in done), 2, 2))  # fmt: skip
    return Row(f"groups: {due:,} letters, two workers", clients=2, per_second=due / took, checks=checks)


def _workers() -> Inspect:
    """Both are asked, and nobody waits for a third."""
    return celery.control.inspect(timeout=1, limit=2)


def _turns(stats: dict[str, dict[str, int]]) -> int:
    return stats["total"].get(dispatch.name, 0)


def _where_it_is_noon() -> str:
    """A zone in which nobody is asleep while this runs."""
    ahead = 12 - clock.now().astimezone(UTC).hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


def _until(question: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE
    while not question():
        if time.monotonic() > ends:
            raise TimeoutError(f"Not within {PATIENCE} s.")
        time.sleep(0.05)
