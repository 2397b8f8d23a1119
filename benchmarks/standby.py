"""A real standby of the bench's database: a copy by pg_basebackup that follows it over a line, for reports to read."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter

import psycopg2
from django.db import connections
from psycopg2.extensions import ISOLATION_LEVEL_REPEATABLE_READ

from benchmarks.servers import SECONDS, Cluster
from benchmarks.table import Check, Row
from clinic import history, replica
from clinic.models import Site
from clinic.runtime.places import private_directory
from clinic.runtime.postgres import OWNER, plain_environment
from clinic.runtime.spawn import handle_on, spawn

TIMES = 50
READ_ONLY = "-c default_transaction_read_only=on"


def row(cluster: Cluster) -> Row:
    """What was just committed is there in each report; nothing is written there; without it reports go on."""
    with _standing_by(cluster) as (server, host):
        _connect(host)
        times, fresh = [], 0
        site = Site.objects.order_by("id")[0]
        for number in range(TIMES):
            with history.acting(None, source="bench"):
                Site.objects.filter(pk=site.pk).update(city=f"City {number}")
            began = perf_counter()
            read = replica.read(lambda: Site.objects.get(pk=site.pk))
            times.append((perf_counter() - began) * 1000)
            fresh += read.city == f"City {number}" and read._state.db == replica.ALIAS
        refused = _is_refused()
        server.send_signal(signal.SIGINT)
        server.wait(SECONDS)
        after = replica.read(lambda: Site.objects.get(pk=site.pk))
    del connections[replica.ALIAS], connections.databases[replica.ALIAS]
    checks = (Check("read there, and fresh", fresh, TIMES, TIMES), Check("takes no writes", refused, 1, 1),
              Check("read on without it", after._state.db == "default", 1, 1))  # fmt: skip
    p50, worst = median(times), max(times)
    return Row("reports from a standby, after each write", 1, p50, worst, worst, checks=checks)


@contextmanager
def _standing_by(cluster: Cluster) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """The server, and where its socket lies."""
    main, data = cluster.postgres, cluster.places.var / "standby"
    sockets = main.sockets / "standby"
    shutil.rmtree(data, ignore_errors=True)
    for directory in (data, sockets):
        private_directory(directory, main.account)
    log = (cluster.places.logs / "standby.log").open("wb")
    with log, handle_on(data) as (name, descriptor):

        def run(program: str, *words: str, **more: str) -> subprocess.Popen[bytes]:
            return spawn(
                [str(main.programs / program), "-D", name, *words], account=main.account, death_signal=signal.SIGINT,
                output=log.fileno(), inherit=(descriptor,), env=plain_environment() | more,
            )  # fmt: skip

        copied = run(
            "pg_basebackup", "-h", str(main.sockets), "-U", OWNER, "-c", "fast", "-R", PGPASSWORD=main.password
        )  # fmt: skip
        if copied.wait():
            raise RuntimeError("No copy could be taken; see var/bench/log/standby.log.")
        server = run("postgres", "-c", "listen_addresses=", "-c", f"unix_socket_directories={sockets}")
    try:
        _wait(server, main.password, sockets)
        yield server, sockets
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(SECONDS)
        shutil.rmtree(data, ignore_errors=True)


def _wait(server: subprocess.Popen[bytes], password: str, sockets: Path) -> None:
    until = time.monotonic() + SECONDS
    while server.poll() is None and time.monotonic() < until:
        try:
            psycopg2.connect(host=str(sockets), user=OWNER, password=password, dbname="postgres").close()
        except psycopg2.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("The standby did not start; see var/bench/log/standby.log.")


def _connect(host: Path) -> None:
    """As REPLICA_DATABASE_URL does when the settings are read."""
    own = connections.databases["default"]
    options = own["OPTIONS"] | {"isolation_level": ISOLATION_LEVEL_REPEATABLE_READ, "options": READ_ONLY}
    connections.databases[replica.ALIAS] = own | {"HOST": str(host), "OPTIONS": options}


def _is_refused() -> bool:
    with connections[replica.ALIAS].cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = off")
        try:
            cursor.execute("UPDATE clinic_site SET city = 'Nowhere'")
        except Exception as trouble:
            return "recovery" in str(trouble) or "read-only" in str(trouble)
        finally:
            connections[replica.ALIAS].close()
    return False
