"""So that `.venv/bin/python manage.py …` works by itself, beside a running clinic or without one."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence

from clinic.runtime.environment import LOOPBACK, environment, var_directory
from clinic.runtime.inprocess import start_here
from clinic.runtime.one_at_a_time import claim, is_claimed
from clinic.runtime.places import PROJECT, Places, private_directory
from clinic.runtime.postgres import Postgres
from clinic.runtime.problems import Trouble
from clinic.runtime.valkey import Valkey

# Any of these means that somebody has decided already, as in production.
DECIDED = ("DATABASE_URL", "SECRET_KEY", "EVENKEEL_MODE")
WITHOUT_SERVERS = {"check", "collectstatic", "diffsettings", "findstatic", "help", "makemigrations", "version"}


def lend_servers(arguments: Sequence[str]) -> None:
    """Set the environment of a management command that has none, in the project's own virtual environment only.

    Beside a running clinic the command uses its servers; else they are started for the time the command takes.
    """
    if any(os.environ.get(name) for name in DECIDED) or not sys.prefix.startswith(str(PROJECT / ".venv")):
        return
    command = next((word for word in arguments[1:] if not word.startswith("-")), "help")
    if command in WITHOUT_SERVERS:
        os.environ["EVENKEEL_MODE"] = "demo"
        return
    try:
        places = Places(private_directory(var_directory()))
        if is_claimed(places.var):
            postgres = Postgres(places)
            wait_for_neighbour(postgres)
            broker = os.environ.get("REDIS_URL") or Valkey(places).url
            servers = {"DATABASE_URL": postgres.url, "REDIS_URL": broker}
        else:
            claim(places.var, f"manage.py {command}")
            servers = start_here(places, durable=True)
    except Trouble as trouble:
        sys.exit(str(trouble))
    except KeyboardInterrupt:
        sys.exit(130)
    port = int(os.environ.get("PORT") or 8000)
    os.environ.update(environment(places, servers, port=port, host=LOOPBACK))


def wait_for_neighbour(postgres: Postgres, seconds: float = 30) -> None:
    """The clinic beside us may be in the act of starting."""
    until = time.monotonic() + seconds
    while not postgres.is_ready():
        if time.monotonic() > until:
            raise Trouble("Evenkeel is running here, but its database does not answer. Stop it and start it again.")
        time.sleep(0.1)
