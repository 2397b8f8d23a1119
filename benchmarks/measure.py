"""Figures: of a case against the floor, of a whole series, of growth, of memory, of the weight of pages."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from math import ceil
from statistics import median
from time import perf_counter, sleep

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benchmarks.cases import Case, World, charts, misspelled, searches
from benchmarks.client import PATIENCE, Ask, Asking, Browser, Side, Turns, WrongAnswerError, duel, signed_in
from benchmarks.forgetting import forget
from benchmarks.people import login
from benchmarks.servers import PROXY, Server
from benchmarks.sizes import Size
from benchmarks.table import Check, Row, percentile
from clinic.models import User
from clinic.policy import Role

FEW, LONGEST = 4, 600  # clients of the memory case, and the seconds that each of its parts may take
PAGE, ZIPPED, STATIC = 100_000, 20_000, 150_000  # bytes
MEGABYTES, FIRST_SECONDS = 150, 1
SERIES_MS, GROWTH, LONG, ALIKE_MS = 250, 2, 1.5, 50
# Alone, or behind the words with which pghistory names the actor in one go with a statement.
_CONTROL = re.compile(r"(?:^|\);\s*)(?:BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE SAVEPOINT)\b[^;]*$")
_PLAN = re.compile(r'name="plan" value="([^"]+)"')
_ASSET = re.compile(rb'(?:src|href)="(/static/[^"#?]+)')


@dataclass(frozen=True)
class Effort:
    """How long it takes: the rounds of those who are compared, and how often the rest is done."""

    turns: Turns
    closer: Turns | None
    """Longer rounds for whom the short ones say more than is allowed; what these say counts."""
    series: int
    requests: int
    passwords: bool
    """Whether each client gives the password, or only the first of each person."""


FULL = Effort(Turns(rounds=7, seconds=1.5), None, series=40, requests=10_000, passwords=True)
SMALL = Effort(
    Turns(rounds=7, seconds=0.08, least=2, patience=0.8), Turns(rounds=5, seconds=0.5), series=5, requests=100,
    passwords=False,
)  # fmt: skip


def against_floor(case: Case, app: Server, floor: Server, effort: Effort) -> Iterator[Row]:
    """A row for each number of clients."""
    statements = counted(case)
    for clients in case.clients:
        own = signed_in(app, case.login, clients, passwords=effort.passwords)
        page = own[0].ask(case.ask(0))
        if case.clean:
            case.clean()
        mine = Side(own, _asking(case))
        theirs = Side([Browser(floor) for _ in own], lambda browser, number: browser.ask(case.floor(number)))
        ratio = _compared(mine, theirs, effort, case.times, most=case.most, between=case.clean)
        checks = [Check("× floor", ratio, at_most=case.times), Check("statements", statements, at_most=case.statements)]
        if case.clients == (1, 8) and not case.clean:
            checks += _weight(page)
        yield _row(case.name, mine, statements, page, ratio, checks)


def _compared(
    one: Side, other: Side, effort: Effort, at_most: float, *, most: int = 0, between: Callable[[], None] | None = None
) -> float:
    ratio = duel(one, other, effort.turns, most=most, between=between)
    if effort.closer and ratio > at_most:
        ratio = duel(one, other, effort.closer, most=most, between=between)
    return ratio


def _row(name: str, side: Side, statements: int | None, page: bytes, ratio: float, checks: Sequence[Check]) -> Row:
    figures, zipped = side.percentiles(), len(gzip.compress(page))
    return Row(
        name, len(side.browsers), *figures, side.per_second, statements, len(page), zipped, ratio, tuple(checks)
    )  # fmt: skip


def _weight(page: bytes) -> list[Check]:
    return [
        Check("bytes", len(page), at_most=PAGE),
        Check("gzipped", len(gzip.compress(page)), at_most=ZIPPED),
    ]


def counted(case: Case) -> int:
    """How many statements one request costs, sign-in and all."""
    return len(captured(case))


def captured(case: Case) -> list[str]:
    """Its statements, once the process has done the same before; without BEGIN and its like. Nothing of it stays."""
    client = Client(headers=PROXY, SERVER_NAME="localhost")
    client.force_login(User.objects.get(email=case.login))
    with transaction.atomic():
        _send(client, case.ask(1))
        with CaptureQueriesContext(connection) as queries:
            _send(client, case.ask(2))
        transaction.set_rollback(True)
    return [query["sql"] for query in queries.captured_queries if not _CONTROL.search(query["sql"])]


def _send(client: Client, what: Ask) -> None:
    send = client.get if what.fields is None else client.post
    answer = send(what.path, what.fields, headers=dict(what.headers))
    if answer.status_code not in what.right:
        raise WrongAnswerError(f"{what.path} answered {answer.status_code} to the counting client.")


def series(world: World, app: Server, effort: Effort) -> Row:
    """Look for a plan of six infusions and three talks on a full calendar, and book it: both together."""
    patients, browser = world.eligible(0)[: effort.series + 1], signed_in(app, login(Role.FRONT_DESK), 1)[0]
    times = []
    for patient in patients:
        began = perf_counter()
        page = browser.ask(Ask(reverse("journey:series-plan", args=[patient])))
        plan = _PLAN.search(page.decode())
        if plan is None:
            raise WrongAnswerError("The calendar had no plan to offer.")
        browser.ask(Ask(reverse("journey:series-plan", args=[patient]), {"plan": plan.group(1)}, right=(302,)))
        times.append((perf_counter() - began) * 1000)
    forget(patients)
    p50, p95, p99 = (percentile(times[1:], part) for part in (0.5, 0.95, 0.99))
    checks = (Check("p95 ms", p95, at_most=SERIES_MS),)
    return Row("plan and book a series of 6 + 3", 1, p50, p95, p99, len(times) / sum(times) * 1000, checks=checks)


def alike(size: Size, app: Server, effort: Effort) -> Row:
    """Of a name that nobody has: the floor finds nothing at all, so there is nothing to compare this with."""
    desk = signed_in(app, login(Role.FRONT_DESK), 1)
    warm, side = (Side(desk, lambda browser, number: browser.ask(misspelled(size, number))) for _ in range(2))
    warm.round(effort.turns.seconds)
    side.round(effort.turns.seconds * effort.turns.rounds)
    p50, p95, p99 = side.percentiles()
    check = Check("p95 ms", p95, at_most=ALIKE_MS)
    return Row("search a patient: a misspelled name", 1, p50, p95, p99, side.per_second, checks=(check,))


def growth(size: Size, app: Server, few: Size, small: Server, effort: Effort) -> Row:
    """The same search among a hundredth of the patients."""
    (case, _), (fewer, _) = searches(size), searches(few)
    many = Side(signed_in(app, case.login, 1), _asking(case))
    less = Side(signed_in(small, fewer.login, 1), _asking(fewer))
    ratio = _compared(many, less, effort, GROWTH)
    name = f"search among {size.patients:,} against {few.patients:,}"
    check = Check("× the small one", ratio, at_most=GROWTH)
    return Row(name, 1, *many.percentiles(), many.per_second, ratio=ratio, checks=(check,))


def long_record(world: World, app: Server, effort: Effort) -> Row:
    """The chart of many years against that of a few weeks."""
    short, long = charts(world)
    many, few = (Side(signed_in(app, case.login, 1), _asking(case)) for case in (long, short))
    ratio = _compared(many, few, effort, LONG)
    check = Check("× the short one", ratio, at_most=LONG)
    return Row(
        f"chart of {world.size.long_record} visits against 10", 1, *many.percentiles(), many.per_second, ratio=ratio,
        checks=(check,),
    )  # fmt: skip


def first_request(world: World, app: Server) -> Row:
    """Of a worker that has served nothing yet: it has just taken the place of one that ended."""
    browser = Browser(app, login(Role.NURSE))
    browser.line.close()  # a worker that ends waits for those who are still there
    chart = Ask(reverse("journey:chart", args=[world.treated(1)]))
    times = []
    for _ in range(3):
        _renew_workers(app)
        fresh = Browser(app)
        fresh.cookies, fresh.own = browser.cookies, browser.own
        began = perf_counter()
        fresh.ask(chart)
        times.append((perf_counter() - began) * 1000)
        fresh.line.close()
    check = Check("ms", max(times), at_most=FIRST_SECONDS * 1000)
    return Row("first request of a fresh worker: a chart", 1, median(times), max(times), max(times), checks=(check,))


def _renew_workers(app: Server) -> None:
    before = set(app.workers())
    app.end_workers()
    until = perf_counter() + PATIENCE
    while before & set(app.workers()) or len(app.workers()) < len(before):
        if perf_counter() > until:
            raise RuntimeError("The workers did not come again.")
        sleep(0.05)


def memory(cases: Sequence[Case], app: Server, effort: Effort) -> Row:
    """What a worker holds after many requests of all kinds."""
    reads = [case for case in cases if not case.clean]
    each = ceil(effort.requests / len(reads) / FEW)
    for case in reads:
        Side(signed_in(app, case.login, FEW), _asking(case)).round(LONGEST, each)
    check = Check("MB", max(app.resident()), at_most=MEGABYTES)
    return Row(f"memory of a worker after {each * FEW * len(reads):,} requests", FEW, checks=(check,))


def _asking(case: Case) -> Asking:
    return lambda browser, number: browser.ask(case.ask(number))


def static_weight(cases: Sequence[Case], app: Server) -> Row:
    """Every style, script and picture that these pages load, once, as it is sent."""
    found: set[str] = set()
    for case in cases:
        if not case.clean:
            (browser,) = signed_in(app, case.login, 1)
            found |= {name.decode() for name in _ASSET.findall(browser.ask(case.ask(1)))}
    line, total, kept = HTTPConnection("localhost", app.port), 0, 0
    for name in sorted(found):
        line.request("GET", name, headers={**PROXY, "Accept-Encoding": "gzip"})
        answer = line.getresponse()
        total += len(answer.read())
        kept += "immutable" in answer.headers.get("Cache-Control", "")
    checks = (Check("gzipped", total, at_most=STATIC), Check("kept for ever", kept, at_least=len(found)))
    return Row(f"static files of these pages: {len(found)}", gzipped=total, checks=checks)
