"""What `manage.py bench` measures. Each room may have a module `bench` with a function `cases()`."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from time import perf_counter

from django.apps import apps
from django.db import connection, connections, transaction
from psycopg2 import extensions

from clinic.collecting import settle


@dataclass(frozen=True)
class Case:
    """One thing to measure: `prepare` makes its data and answers the run that is timed; `target_ms` is for p95.

    One that `commits` works with several processes, on a copy of the database; what the others make is rolled back.
    """

    name: str
    prepare: Callable[[], Callable[[int], object]]
    runs: int
    target_ms: float
    commits: bool = False


@dataclass(frozen=True)
class Measured:
    case: Case
    times_ms: tuple[float, ...]
    cpu_ms: tuple[float, ...]  # of this process and those it started: what a busy machine does not blur

    def percentile(self, part: float) -> float:
        return _percentile(self.times_ms, part)

    def cpu_percentile(self, part: float) -> float:
        return _percentile(self.cpu_ms, part)

    @property
    def is_met(self) -> bool:
        return self.percentile(0.95) <= self.case.target_ms


def _percentile(values: Iterable[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def every_case() -> Iterable[Case]:
    """The cases of all rooms, in the order in which the rooms are installed."""
    for app in apps.get_app_configs():
        if find_spec(f"{app.name}.bench") and app.name != "clinic":
            yield from import_module(f"{app.name}.bench").cases()


def measure(case: Case) -> Measured:
    """Prepare a case and time its runs; nothing of it stays."""
    with _copy() if case.commits else _rolled_back():
        run = case.prepare()
        run(0)  # the first run also loads code
        settle()  # as a server process does
        times, cpu = [], []
        for number in range(1, case.runs + 1):
            begun, worked = perf_counter(), _worked()
            run(number)
            times.append((perf_counter() - begun) * 1000)
            cpu.append((_worked() - worked) * 1000)
    return Measured(case, tuple(times), tuple(cpu))


def _worked() -> float:
    """Seconds of CPU so far, of this process and of its children that have ended."""
    used = [getrusage(who) for who in (RUSAGE_SELF, RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


@contextmanager
def _rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def _copy() -> Iterator[None]:
    """A copy of the database, which is dropped in the end. Nobody else may be connected while it is made."""
    name, suffix = connection.settings_dict["NAME"], f"bench{os.getpid()}"
    connection.close()
    connection.creation.clone_test_db(suffix=suffix, verbosity=0)
    connection.settings_dict["NAME"] = connection.creation.get_test_db_clone_settings(suffix)["NAME"]
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = name
        connection.creation.destroy_test_db(suffix=suffix, verbosity=0)


def open_lines() -> list[int]:
    """Where the connections lie that this process has open now: what a copy of it has to let go of."""
    lines = (one for one in gc.get_objects() if issubclass(type(one), extensions.connection))  # isinstance wakes things
    return [one.fileno() for one in lines if not one.closed]


def let_go(lines: Iterable[int]) -> None:
    """Forget every connection of the process that this one is a copy of, without a word to the server about it.

    The server of a browser test keeps some in threads of its own: closing their copies would end them over there. They
    are looked for before the copy is made: a copy that looks at every object soon has copied them all, as one does that
    collects its garbage.
    """
    gc.disable()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for line in lines:
        os.dup2(nowhere, line)
    for one in connections.all(initialized_only=True):
        one.connection = None
