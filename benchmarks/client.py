"""Those who ask: real HTTP over lines that stay open, each client signed in as a person of the clinic."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from ipaddress import IPv4Network
from secrets import token_hex
from statistics import median
from threading import Barrier, Thread
from time import perf_counter
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client

from benchmarks.people import PASSWORD
from benchmarks.servers import Server
from benchmarks.table import percentile
from clinic.models import User

PATIENCE = 60
A_FEW, ENOUGH = 50, 40  # answers of one round, whose p95 is one of the worst two; of all rounds, to say it of
IDLE = 3  # seconds; the server hangs up after five
SITTING = 300  # seconds after which a kept client signs in anew, well before the house would send them to the door
AT_THE_DOOR = 2  # sign in at once
_addresses = IPv4Network("10.0.0.0/8").hosts()
_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True)
class Ask:
    """One request. With fields it is a post; `right` are the answers that it may get."""

    path: str
    fields: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    right: tuple[int, ...] = (200,)


class WrongAnswerError(Exception):
    """The server answered something else than the page."""


class Browser:
    """One line to a server, from an address of its own. Without a login it is nobody, as at the floor."""

    def __init__(self, server: Server, login: str = "") -> None:
        self.line, self.spoke = HTTPConnection("localhost", server.port, timeout=PATIENCE), perf_counter()
        whence = {"X-Forwarded-For": str(next(_addresses)), "Origin": f"https://localhost:{server.port}"}
        self.own = {**server.headers, **whence}
        self.cookies: dict[str, str] = {}
        if login:
            self.sign_in(login)

    def sign_in(self, login: str) -> None:
        page = self.ask(Ask("/accounts/login/"))
        found = _TOKEN.search(page)
        token = found.group(1).decode() if found else ""
        self.ask(
            Ask("/accounts/login/", {"login": login, "password": PASSWORD, "csrfmiddlewaretoken": token}, right=(302,))
        )
        self.own["X-CSRFToken"] = self.cookies.get("csrftoken", "")

    def let_in(self, login: str) -> None:
        """The same without a password, at a server on the database of this process."""
        token = token_hex(16)
        self.cookies = {settings.SESSION_COOKIE_NAME: session(login), settings.CSRF_COOKIE_NAME: token}
        self.own["X-CSRFToken"] = token

    def ask(self, what: Ask) -> bytes:
        """The body of the answer. Raises WrongAnswerError."""
        headers = {**self.own, **what.headers, "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        body = None
        if what.fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(what.fields)
        if perf_counter() - self.spoke > IDLE:
            self.line.close()  # the server is about to do so, and would just then not hear us
        self.line.request("POST" if body is not None else "GET", what.path, body, headers)
        answer = self.line.getresponse()
        said = answer.read()
        self.spoke = perf_counter()
        for line in answer.headers.get_all("Set-Cookie") or ():
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        self.cookies.pop("messages", None)  # said on the page that follows, and then forgotten: nobody gathers them
        if answer.status not in what.right:
            raise WrongAnswerError(f"{what.path} answered {answer.status}: {said[:300]!r}")
        return said


def session(login: str) -> str:
    """What a browser keeps of somebody who has just signed in."""
    browser = Client()
    browser.force_login(User.objects.get(email=login))
    return browser.cookies[settings.SESSION_COOKIE_NAME].value


_kept: dict[tuple[int, str], list[Browser]] = {}


def signed_in(server: Server, login: str, many: int, *, passwords: bool = True) -> list[Browser]:
    """So many clients of this person, who stay signed in from case to case: a password costs as much as ten pages.

    Without `passwords` only the first of them gives it. Each begins on a new line: the case before may have killed the
    worker at the end of the old one.
    """
    kept = [one for one in _kept.get((server.port, login), ()) if perf_counter() - one.spoke < SITTING]
    for one in kept:
        one.line.close()
    new = [Browser(server) for _ in range(many - len(kept))]
    if kept and not passwords:
        for one in new:
            one.let_in(login)
    else:
        with ThreadPoolExecutor(AT_THE_DOOR) as pool:
            list(pool.map(lambda one: one.sign_in(login), new))
    _kept[server.port, login] = [*kept, *new]
    return _kept[server.port, login][:many]


Asking = Callable[[Browser, int], object]
"""What one client does for the n-th time: usually one request."""


@dataclass
class Side:
    """One of the two that are compared: lines to a server, and what is asked there."""

    browsers: Sequence[Browser]
    asking: Asking
    times_ms: list[float] = field(default_factory=list)
    seconds: float = 0
    asked: int = 0

    def round(self, seconds: float, most: int = 0) -> list[float]:
        """All clients ask, one thing after the other, for so long; or so many things at most each."""
        gate = Barrier(len(self.browsers))
        found: list[list[float]] = [[] for _ in self.browsers]
        wrong: list[Exception] = []
        first, stride = self.asked, len(self.browsers)

        def work(place: int) -> None:
            gate.wait(PATIENCE)
            until, number = perf_counter() + seconds, first + place
            while not wrong and perf_counter() < until and (not most or len(found[place]) < most):
                began = perf_counter()
                try:
                    self.asking(self.browsers[place], number)
                except Exception as error:
                    wrong.append(error)
                found[place].append((perf_counter() - began) * 1000)
                number += stride

        threads = [Thread(target=work, args=(place,), daemon=True) for place in range(stride)]
        began = perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if wrong:
            raise wrong[0]
        self.seconds += perf_counter() - began
        self.asked += stride * max(map(len, found))
        times = [one for times in found for one in times]
        self.times_ms += times
        return times

    def percentiles(self) -> tuple[float, float, float]:
        p50, p95, p99 = (percentile(self.times_ms, part) for part in (0.5, 0.95, 0.99))
        return p50, p95, p99

    @property
    def per_second(self) -> float:
        return len(self.times_ms) / self.seconds


@dataclass(frozen=True)
class Turns:
    """So many rounds, each of so many seconds for each side; no more than the least once all of them took too long."""

    rounds: int
    seconds: float
    least: int = 3
    patience: float = float("inf")


def duel(one: Side, other: Side, turns: Turns, *, most: int = 0, between: Callable[[], None] | None = None) -> float:
    """Both in turn, so that what else the machine does meets both: the median of how much longer `one` takes at p95.

    The p95 of a few answers is the worst of them, and the slower side has fewer: rounds so short are taken together,
    where together they are enough.
    """
    ratios: list[float] = []
    is_short = False
    until = perf_counter() + turns.patience
    for turn in range(turns.rounds + 1):
        if len(ratios) >= turns.least and perf_counter() > until:
            break
        mine, theirs = (_round(side, turns.seconds, most, between) for side in (one, other))
        if turn:
            ratios.append(percentile(mine, 0.95) / percentile(theirs, 0.95))
            is_short |= min(len(mine), len(theirs)) < A_FEW
        else:
            one.times_ms, other.times_ms, one.seconds, other.seconds = [], [], 0, 0  # the first round warms up
    if is_short and min(len(one.times_ms), len(other.times_ms)) >= ENOUGH:
        return percentile(one.times_ms, 0.95) / percentile(other.times_ms, 0.95)
    return median(ratios)


def _round(side: Side, seconds: float, most: int, after: Callable[[], None] | None) -> list[float]:
    times = side.round(seconds, most)
    if after:
        after()
    return times
