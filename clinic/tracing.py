"""Which request a piece of work belongs to: in the web process, and in the worker that goes on with it.

The id stands in log lines, in history rows and in the answer, so that one of them leads to the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from celery.signals import before_task_publish, task_postrun, task_prerun

HEADER = "evenkeel_request"
_request: ContextVar[str] = ContextVar("evenkeel_request", default="")


def current() -> str:
    """The id of the request that is being worked for; empty for a tick or a command."""
    return _request.get()


@contextmanager
def request(name: str) -> Iterator[None]:
    token = _request.set(name)
    try:
        yield
    finally:
        _request.reset(token)


def listen() -> None:
    """Let tasks carry the id along; called once by each process that starts."""
    before_task_publish.connect(_hand_on, weak=False, dispatch_uid="tracing.hand-on")
    task_prerun.connect(_take_up, weak=False, dispatch_uid="tracing.take-up")
    task_postrun.connect(_put_down, weak=False, dispatch_uid="tracing.put-down")


def _hand_on(headers: dict[str, Any] | None = None, **_: object) -> None:
    if headers is not None and (name := current()):
        headers[HEADER] = name


def _take_up(task: Any = None, **_: object) -> None:
    _request.set(str(task.request.get(HEADER) or ""))


def _put_down(**_: object) -> None:
    _request.set("")
