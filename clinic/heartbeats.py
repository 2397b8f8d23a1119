"""Parts of the running house show that they live: each writes a row as it works, and whoever looks sees the age.

Beat writes when it hands out a task, a worker when it has done one. So a worker that runs and consumes nothing is as
silent as one that is gone.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from celery.signals import beat_init, before_task_publish, task_postrun
from django.db import Error, close_old_connections, connection

from clinic import clock
from clinic.models import Heartbeat

log = logging.getLogger("evenkeel.heartbeats")

SILENT_AFTER = timedelta(seconds=120)
SPARINGLY = 10.0  # seconds between two rows of one process
NAMES = {
    "beat": "The clock that hands out the work",
    "worker": "The worker that does it",
    "dispatcher": "Sending messages",
    "paging": "Calling staff when an alert waits",
}

_last: dict[str, float] = {}


@dataclass(frozen=True)
class Pulse:
    """When a part of the house was last heard of."""

    name: str
    at: datetime | None
    now: datetime

    @property
    def label(self) -> str:
        return NAMES[self.name]

    @property
    def is_silent(self) -> bool:
        return self.at is None or self.now - self.at > SILENT_AFTER

    @property
    def says(self) -> str:
        """For a machine that watches: one word, or how long it has been silent."""
        if self.at is None:
            return "never heard of"
        return f"silent for {(self.now - self.at).total_seconds():.0f} s" if self.is_silent else "ok"


def beat(name: str) -> None:
    """Show that this part lives."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, at=clock.now())], update_conflicts=True, unique_fields=["name"], update_fields=["at"]
    )


def pulses() -> list[Pulse]:
    """Every part that should be heard of, in one query."""
    seen, now = dict(Heartbeat.objects.values_list("name", "at")), clock.now()
    return [Pulse(name, seen.get(name), now) for name in NAMES]


def listen() -> None:
    """Let beat and worker show themselves; called once by each process that starts."""
    beat_init.connect(_in_beat, weak=False, dispatch_uid="heartbeats.beat")
    task_postrun.connect(_in_worker, weak=False, dispatch_uid="heartbeats.worker")


def _in_beat(**_: object) -> None:
    before_task_publish.connect(_beat_handed_out, weak=False, dispatch_uid="heartbeats.handed-out")
    _sparingly("beat")


def _beat_handed_out(**_: object) -> None:
    _sparingly("beat")


def _in_worker(**_: object) -> None:
    _sparingly("worker")


def _sparingly(name: str) -> None:
    """Not at every task; and a database that is away stops neither beat nor worker."""
    now = monotonic()
    if now - _last.get(name, -SPARINGLY) < SPARINGLY:
        return
    _last[name] = now
    try:
        if not connection.in_atomic_block:
            close_old_connections()
        beat(name)
    except Error as trouble:
        log.warning("no heartbeat of %s: %s", name, type(trouble).__name__)
