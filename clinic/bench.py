"""What `manage.py bench` measures. Each room may have a module `bench` with a function `cases()`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from time import perf_counter, process_time

from django.apps import apps


@dataclass(frozen=True)
class Case:
    """One thing to measure: `prepare` makes its data and answers the run that is timed; `target_ms` is for p95."""

    name: str
    prepare: Callable[[], Callable[[int], object]]
    runs: int
    target_ms: float


@dataclass(frozen=True)
class Measured:
    case: Case
    times_ms: tuple[float, ...]
    cpu_ms: tuple[float, ...]  # of this process: what a busy machine does not blur

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
    run = case.prepare()
    run(0)  # the first run also loads code
    times, cpu = [], []
    for number in range(case.runs):
        begun, worked = perf_counter(), process_time()
        run(number)
        times.append((perf_counter() - begun) * 1000)
        cpu.append((process_time() - worked) * 1000)
    return Measured(case, tuple(times), tuple(cpu))
