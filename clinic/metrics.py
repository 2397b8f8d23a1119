"""Figures for Prometheus, on a port of their own that the proxy does not know (METRICS_PORT; 0 is off).

They name no person, record or address: labels are rooms, methods, kinds of answer and names of tasks, of which there
are few. How old what waits is, is asked of the database when somebody looks.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator

from celery.signals import task_postrun, task_prerun, worker_ready
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse

from clinic import clock
from clinic.models import Heartbeat

if settings.METRICS_PORT:  # several processes of one container write there; the library asks for it before its import
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="evenkeel-metrics-"))

from prometheus_client import CollectorRegistry, Histogram, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

Gauge = Callable[[], dict[str, float]]

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BUCKETS = (0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 15, 60)
REQUESTS = Histogram("evenkeel_request_seconds", "Answers, by room", ["room", "method", "answer"], buckets=BUCKETS)
TASKS = Histogram("evenkeel_task_seconds", "Tasks of workers", ["task", "state"], buckets=BUCKETS)

gauges: dict[str, tuple[str, str, Gauge]] = {}
"""What a room adds: by name, what it is, what its label is called, and how it is read."""


def measured(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: how long an answer took."""

    def middleware(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = get_response(request)
        match = request.resolver_match
        room = (match.namespace or "house").partition(":")[0] if match else "nowhere"
        method = request.method if request.method in METHODS else "other"
        REQUESTS.labels(room, method, f"{response.status_code // 100}xx").observe(time.perf_counter() - began)
        return response

    return middleware


class House:
    """The ages of what must not grow old, read when they are asked for."""

    def collect(self) -> Iterable[Metric]:
        try:
            yield from self._read()
        finally:
            connection.close()

    def _read(self) -> Iterator[Metric]:
        for name, (words, label, read) in gauges.items():
            family = GaugeMetricFamily(name, words, labels=[label])
            for value, figure in read().items():
                family.add_metric([value], figure)
            yield family


def silence() -> dict[str, float]:
    """Seconds since each part of the house was last heard of; the last backup is one of them."""
    now = clock.now()
    return {name: (now - at).total_seconds() for name, at in Heartbeat.objects.values_list("name", "at")}


def registry() -> CollectorRegistry:
    """Everything of all processes of this container."""
    made = CollectorRegistry()
    if settings.METRICS_PORT:
        MultiProcessCollector(made)  # type: ignore[no-untyped-call]
    made.register(House())
    return made


def serve() -> None:
    """Open the port, where one is set. In the master of the web server, and in the worker that has children."""
    if settings.METRICS_PORT:
        start_http_server(settings.METRICS_PORT, addr=settings.METRICS_HOST, registry=registry())


def gone(pid: int) -> None:
    """A process has ended: what it counted stays, what it held at the moment goes."""
    if settings.METRICS_PORT:
        mark_process_dead(pid)  # type: ignore[no-untyped-call]


def listen() -> None:
    """Measure tasks; called once by each process that starts."""
    gauges["evenkeel_silent_seconds"] = ("Since each part was last heard of", "part", silence)
    began: dict[str, float] = {}

    def before(task_id: str = "", **_: object) -> None:
        began[task_id] = time.perf_counter()

    def after(task_id: str = "", task: object = None, state: str | None = "", **_: object) -> None:
        if (start := began.pop(task_id, None)) is not None:
            name = str(getattr(task, "name", "")) or "unknown"
            TASKS.labels(name, str(state or "unknown").lower()).observe(time.perf_counter() - start)

    task_prerun.connect(before, weak=False, dispatch_uid="metrics.before")
    task_postrun.connect(after, weak=False, dispatch_uid="metrics.after")
    worker_ready.connect(lambda **_: serve(), weak=False, dispatch_uid="metrics.serve")
