"""Advisory locks of the database: the number that stands for a name, and being the only one at some work."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.db import connection


def number(name: str) -> int:
    """The number that stands for a name."""
    digest = hashlib.blake2b(name.encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)


def in_turn(name: str) -> None:
    """One at a time at this work, from here to the end of the transaction: who comes second waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number(name)])


@contextmanager
def alone(name: str) -> Iterator[bool]:
    """Be the only one at this work while the block runs; answers False when another is at it.

    The lock belongs to the connection, not to a transaction: it goes with a worker that dies.
    """
    key = number(name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


@contextmanager
def one_of(name: str, places: int) -> Iterator[bool]:
    """Take one of so many places at this work; answers False when all are taken."""
    with ExitStack() as held:
        yield any(held.enter_context(alone(f"{name} {place}")) for place in range(places))


@contextmanager
def shut(name: str, places: int) -> Iterator[None]:
    """Keep everybody else from this work while the block runs, once those at it have ended."""
    keys = [number(f"{name} {place}") for place in range(places)]
    with connection.cursor() as cursor:
        for key in keys:
            cursor.execute("SELECT pg_advisory_lock(%s)", [key])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for key in keys:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
