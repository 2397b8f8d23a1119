"""The database, the app as in production, and the floor beside it: started here, gone with this process."""

from __future__ import annotations

import base64
import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import IO

from clinic.runtime.environment import LOOPBACK, var_directory
from clinic.runtime.inprocess import start_here
from clinic.runtime.one_at_a_time import claim
from clinic.runtime.places import PROJECT, Places, private_directory
from clinic.runtime.postgres import DATABASE, OWNER, RESTRICTED, Postgres
from clinic.runtime.spawn import spawn
from clinic.runtime.template import TEMPLATE, fingerprint, template_for

PROXY = {"X-Forwarded-Proto": "https"}
"""What the proxy in front of the app adds: production talks to nobody else."""
SECONDS = 60
EMPTY = TEMPLATE
GRANTS = "clinic/management/commands/grant_app_role.py"
APP, FLOOR = "clinic.wsgi", "benchmarks.floor"


@dataclass(frozen=True)
class Cluster:
    """The bench's own PostgreSQL and broker, under var/bench, and where a database in it is."""

    places: Places
    postgres: Postgres
    broker: str
    is_migrated: bool
    """Begun just now as a copy of the cluster that tests begin with."""

    @classmethod
    def start(cls) -> Cluster:
        places = Places(private_directory(var_directory()))
        claim(places.var, "make bench")
        is_migrated = not places.postgres.exists() and bool(template_for(places))
        for name in ("DATABASE_URL", "REDIS_URL"):
            os.environ.pop(name, None)  # it never works on a database that somebody else uses
        cluster = cls(places, Postgres(places), start_here(places, durable=True)["REDIS_URL"], is_migrated)
        cluster.run("ALTER SYSTEM SET max_wal_size = '4GB'", "SELECT pg_reload_conf()")
        return cluster

    def url(self, database: str, *, restricted: bool = False) -> str:
        """As the owner of the tables, or as the role under which the app works."""
        url = self.postgres.url.replace(f"/{DATABASE}?", f"/{database}?")
        if restricted:
            word = self.places.secret("database-app-password")
            url = url.replace(f"//{OWNER}:{self.postgres.password}@", f"//{RESTRICTED}:{word}@")
        return url

    def make(self, database: str, *, like: str = "template1") -> None:
        """A database of this name; one that is there goes."""
        self.run(
            f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)', f'CREATE DATABASE "{database}" TEMPLATE "{like}"'
        )

    def run(self, *statements: str) -> None:
        with closing(self.postgres.connect()) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)

    def environment(self, database: str, *, restricted: bool = False) -> dict[str, str]:
        """What production sets: its mode, keys of our own, and the ordinary role. Nobody here has a second factor."""
        key = base64.b64encode(bytes.fromhex(self.places.secret("field-key", 32))).decode()
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "clinic.settings",
            "EVENKEEL_MODE": "production",
            "DATABASE_URL": self.url(database, restricted=restricted),
            "REDIS_URL": self.broker,
            "SECRET_KEY": self.places.secret("secret-key", 32),
            "FIELD_KEYS": f"k1:{key}",
            "PRIVATE_NOTE_KEYS": f"p1:{key}",
            "ALLOWED_HOSTS": "localhost",
            "PUBLIC_URL": "https://localhost",
            "SECOND_FACTOR_REQUIRED": "no",
            "TRUSTED_PROXIES": "1",
            "STATIC_ROOT": str(self.places.var / "static"),
            "EMAIL_URL": "filemail://",
            "EMAIL_FILE_PATH": str(self.places.var / "mail"),
        }

    def manage(self, database: str, *arguments: str) -> None:
        subprocess.run(
            [sys.executable, *arguments], cwd=PROJECT, env=self.environment(database), check=True,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip


def migrate(cluster: Cluster) -> None:
    """An empty clinic, of which others are made; that of the last time, while no migration has changed."""
    with _unless_kept(cluster, "migrated", f"{fingerprint()} {_digest(GRANTS)}") as is_due:
        if is_due:
            if not cluster.is_migrated:
                cluster.make(EMPTY)
                cluster.manage(EMPTY, "manage.py", "migrate", "--no-input", "--skip-checks", "--verbosity", "0")
            cluster.manage(EMPTY, "manage.py", "grant_app_role", RESTRICTED)


def collect(cluster: Cluster) -> None:
    """Static files by their hashes, compressed, as an image of production holds them; not again while none changes."""
    state = _digest("static/**/*", "requirements.txt", "clinic/settings.py", "clinic/static_files.py")
    with _unless_kept(cluster, "collected", state) as is_due:
        if is_due:
            cluster.manage(EMPTY, "manage.py", "collectstatic", "--no-input", "--verbosity", "0")


@contextmanager
def _unless_kept(cluster: Cluster, name: str, state: str) -> Iterator[bool]:
    """Whether this has to be done again, because it was done of something else the last time."""
    mark = cluster.places.var / name
    yield not mark.exists() or mark.read_text() != state
    mark.write_text(state)


def _digest(*patterns: str) -> str:
    """Changes when one of these files of the project does."""
    found = sorted(path for pattern in patterns for path in PROJECT.glob(pattern) if path.is_file())
    digest = hashlib.sha256()
    for path in found:
        digest.update(str(path.relative_to(PROJECT)).encode() + path.read_bytes())
    return digest.hexdigest()


def fill(cluster: Cluster, database: str, patients: int) -> float:
    """A database with so many patients. Answers the seconds that it took to fill it."""
    cluster.make(database, like=EMPTY)
    began = time.monotonic()
    cluster.manage(database, "-m", "benchmarks", "fill", "--patients", str(patients))
    return time.monotonic() - began


@dataclass(frozen=True)
class Server:
    """A gunicorn with the settings of production."""

    process: subprocess.Popen[bytes]
    port: int
    headers: Mapping[str, str]

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def workers(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def end_workers(self) -> None:
        """Have the master replace all of them."""
        for pid in self.workers():
            os.kill(pid, signal.SIGTERM)

    def resident(self) -> list[float]:
        """Megabytes that each worker holds in memory, shared pages too."""
        return [_resident(pid) for pid in self.workers()]


def _resident(pid: int) -> float:
    words = Path(f"/proc/{pid}/status").read_text().partition("VmRSS:")[2].split()
    return int(words[0]) / 1024


@contextmanager
def serving(cluster: Cluster, *what: tuple[str, str], **more: str) -> Iterator[list[Server]]:
    """Apps on databases, started side by side, until the block ends. `more` is added to their environment."""
    with ExitStack() as running:
        servers = [running.enter_context(_started(cluster, *one, **more)) for one in what]
        for server in servers:
            _wait(server)
        running.callback(_end, servers)  # all at once; then each is waited for
        yield servers


def _end(servers: Iterable[Server]) -> None:
    """At once: nobody waits for an answer any more."""
    for server in servers:
        server.process.send_signal(signal.SIGQUIT)


@contextmanager
def _started(cluster: Cluster, application: str, database: str, **more: str) -> Iterator[Server]:
    port = _free_port()
    environment = {**cluster.environment(database, restricted=True), "PORT": str(port), "HOST": LOOPBACK, **more}
    private_directory(cluster.places.logs)
    log = cluster.places.logs / f"{application}-{database}-{port}.log"
    with log.open("wb") as output:
        server = Server(_gunicorn(application, environment, output), port, PROXY)
    try:
        yield server
    finally:
        _end([server])
        server.process.wait(SECONDS)


def _gunicorn(application: str, environment: Mapping[str, str], output: IO[bytes]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "gunicorn", "-c", "python:clinic.runtime.gunicorn_conf", application]
    return spawn(command, env=dict(environment), cwd=PROJECT, output=output.fileno())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _wait(server: Server) -> None:
    """Until it answers its address of life: only that page is loaded then."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        with suppress(OSError, HTTPException), closing(HTTPConnection("localhost", server.port, timeout=10)) as line:
            line.request("GET", "/health/live")
            if line.getresponse().status < 500:
                return
        if server.process.poll() is not None:
            break
        time.sleep(0.05)
    raise RuntimeError("The server did not start; see var/bench/log.")
