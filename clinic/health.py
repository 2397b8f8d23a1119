"""Whether the house does its work: its database, the parts that should be heard of, and what other rooms look after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import Error, connection

from clinic import clock, heartbeats
from clinic.models import Heartbeat

Check = Callable[[], str]

checks: dict[str, Check] = {}
"""What another room looks after, by name: answers "ok", or what is wrong. Says nothing of any patient."""

OK = "ok"
BACKUP_WITHIN = timedelta(hours=26)


def parts() -> dict[str, str]:
    """Every part with "ok" or with what is wrong; nothing else can be asked without a database."""
    try:
        pulses = {pulse.name: pulse.says for pulse in heartbeats.pulses()}
        return {"database": _database()} | pulses | _backup() | _others()
    except Error:
        return {"database": "does not answer"}


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_migrations")
        return OK if cursor.fetchone()[0] else "holds no schema"


def _backup() -> dict[str, str]:
    """Where backups are set up, the last one must be younger than a day and a little."""
    if not settings.BACKUP_KEYS:
        return {}
    at = Heartbeat.objects.filter(name="backup").values_list("at", flat=True).first()
    if at is None:
        return {"backup": "none was taken yet"}
    age = clock.now() - at
    return {"backup": OK if age <= BACKUP_WITHIN else f"the last one is {age.total_seconds() / 3600:.0f} h old"}


def _others() -> dict[str, str]:
    return {name: check() for name, check in checks.items()}
