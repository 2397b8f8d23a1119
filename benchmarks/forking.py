"""A process that is a copy of this one, beside the connections that it must not touch."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable

from django.db import connections
from psycopg2 import extensions


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
