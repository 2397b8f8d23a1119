"""Whether the house does its work: its database, the parts that should be heard of, and what other rooms look after."""

from __future__ import annotations

from collections.abc import Callable

from django.db import Error, connection

from clinic import heartbeats

Check = Callable[[], str]

checks: dict[str, Check] = {}
"""What another room looks after, by name: answers "ok", or what is wrong. Says nothing of any patient."""

OK = "ok"


def parts() -> dict[str, str]:
    """Every part with "ok" or with what is wrong; nothing else can be asked without a database."""
    try:
        return {"database": _database()} | {pulse.name: pulse.says for pulse in heartbeats.pulses()} | _others()
    except Error:
        return {"database": "does not answer"}


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_migrations")
        return OK if cursor.fetchone()[0] else "holds no schema"


def _others() -> dict[str, str]:
    return {name: check() for name, check in checks.items()}
