"""Many at once, as on a busy morning: each in a process of its own, with a connection of its own."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any

from django.db import connection, connections

from benchmarks.forking import let_go, open_lines

FORK = multiprocessing.get_context("fork")
PATIENCE = 60


@dataclass(frozen=True)
class Met:
    """The error that a process met instead of an answer."""

    kind: str
    words: str


def at_once(number: int, work: Callable[[int], Any]) -> list[Any]:
    """What each of `number` processes answers to `work`, which they all begin together; or what it met."""
    connections.close_all()  # a connection can't be shared with a copy of this process
    lines, gate = open_lines(), FORK.Barrier(number)
    doors = [FORK.Pipe(duplex=False) for _ in range(number)]
    workers = [
        FORK.Process(target=_run, args=(index, work, lines, gate, answer), daemon=True)
        for index, (_, answer) in enumerate(doors)
    ]
    for worker in workers:
        worker.start()
    try:
        return [_heard(ear) for ear, _ in doors]
    finally:
        for worker in workers:
            worker.join(PATIENCE)


def _heard(ear: Connection) -> Any:
    assert ear.poll(PATIENCE), f"A process did not answer within {PATIENCE} s."
    return ear.recv()


def _run(index: int, work: Callable[[int], Any], lines: list[int], gate: Barrier, answer: Connection) -> None:
    try:
        let_go(lines)
        connection.ensure_connection()
        gate.wait(PATIENCE)
        said = work(index)
    except Exception as error:
        said = Met(type(error).__name__, str(error))
    finally:
        connection.close()
    answer.send(said)
