"""Rows that tablets send while a worker of the server is killed: what was answered is there, once."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from functools import partial
from http.client import HTTPException
from threading import Thread
from time import perf_counter, sleep

from django.db.models import Count

from benchmarks.cases import Case, World, vitals
from benchmarks.client import Ask, Browser, signed_in
from benchmarks.forgetting import forget_rows
from benchmarks.servers import Server
from benchmarks.sizes import RUNNING
from benchmarks.table import Check, Row
from infusions.models import VitalSigns

SAME = 5
SECONDS, FEW_SECONDS = 60, 1
PATIENCE = 20  # seconds in which a row that was sent again has to be taken


def row(world: World, app: Server, *, small: bool = False) -> Row:
    """Twelve tablets write; each row goes out five times, in the end until it is answered. Half way a worker dies."""
    case, seconds = vitals(world), FEW_SECONDS if small else SECONDS
    answered: list[list[str]] = [[] for _ in range(RUNNING)]
    browsers = signed_in(app, case.login, RUNNING)
    began = perf_counter()

    def write(place: int) -> None:
        browser, number = browsers[place], place
        while perf_counter() - began < seconds:
            answered[place].append(_send(browser, case, number))
            number += RUNNING

    together([*(partial(write, place) for place in range(RUNNING)), partial(_kill, app, seconds / 2)])
    keys = [key for one in answered for key in one]
    kept = dict(
        VitalSigns.objects.filter(client_key__in=keys).values_list("client_key").annotate(n=Count("id")).order_by()
    )
    forget_rows([str(one.pk) for one in world.running])
    checks = (
        Check("answered and lost", len(keys) - len(kept), at_most=0),
        Check("rows of one key", max(kept.values(), default=0), at_most=1, at_least=1),
    )
    return Row("vitals sent five times each, a worker killed", RUNNING, per_second=len(keys) / seconds, checks=checks)


def _send(browser: Browser, case: Case, number: int) -> str:
    """One row, again and again under its key. A line that breaks is no answer."""
    what, taken = case.ask(number), 0
    assert what.fields is not None
    until = perf_counter() + PATIENCE
    while taken < SAME:
        taken += _is_answered(browser, what)
        if perf_counter() > until:
            raise TimeoutError("A row was not taken.")
    return what.fields["client_key"]


def _is_answered(browser: Browser, what: Ask) -> bool:
    try:
        browser.ask(what)
    except (OSError, HTTPException):
        browser.line.close()
        return False
    return True


def _kill(app: Server, after: float) -> None:
    sleep(after)
    os.kill(app.workers()[0], signal.SIGKILL)


def together(works: list[Callable[[], None]]) -> None:
    """All at once; raises what one of them raised."""
    wrong: list[Exception] = []

    def run(work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:
            wrong.append(error)

    threads = [Thread(target=run, args=(work,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise wrong[0]
