"""The server's clock: the one source of "now" for every rule and every `entered_at`.

The demo clinic lives four months in a minute and journeys are told with dates, so this clock can be moved for the
current thread or task; nothing else in the process sees it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_moved: ContextVar[datetime | None] = ContextVar("evenkeel_clock", default=None)


def now() -> datetime:
    """The current moment, aware, in UTC."""
    return _moved.get() or timezone.now()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let `now()` answer `moment` inside the block. Raises ValueError for a naive moment."""
    if moment.tzinfo is None:
        raise ValueError("A moved clock needs a moment with a time zone.")
    token = _moved.set(moment)
    try:
        yield
    finally:
        _moved.reset(token)
