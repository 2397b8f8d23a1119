"""What the clinic consists of, in the order in which it starts."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import IO

import psycopg2

from clinic.runtime.environment import chosen_host, chosen_port, environment, var_directory
from clinic.runtime.one_at_a_time import claim, require_free_port
from clinic.runtime.output import say
from clinic.runtime.places import PROJECT, Places, private_directory
from clinic.runtime.postgres import Postgres, put_aside
from clinic.runtime.shim import die_with_parent
from clinic.runtime.spawn import spawn
from clinic.runtime.supervisor import Launch, Part, StopRequested, Supervisor
from clinic.runtime.valkey import Valkey

STOPPING = "Press Ctrl-C to stop. The data is kept."
EMPTY_CLINIC = "SELECT NOT EXISTS (SELECT FROM clinic_user)"


def run() -> int:
    """The whole clinic: servers, migrations, web, worker, beat, and a demo clinic if there is nobody yet."""
    host, port = chosen_host(), chosen_port()
    address = f"http://{'localhost' if host in ('127.0.0.1', '0.0.0.0', '::') else host}:{port}"  # noqa: S104
    places, supervisor = settle(address)
    require_free_port(host, port)
    return supervised(places, supervisor, lambda: Clinic(places, supervisor, host, port, address).open())


def serve() -> int:
    """The database and the broker alone, for work on the code."""
    places, supervisor = settle("servers only")

    def start() -> None:
        for name, value in start_servers(places, supervisor).items():
            say(f"export {name}='{value}'")
        say("The servers are up. Stop them with Ctrl-C.")

    return supervised(places, supervisor, start)


def settle(about: str) -> tuple[Places, Supervisor]:
    """Take possession of the data directory."""
    if os.environ.get("MAKELEVEL"):
        die_with_parent(signal.SIGTERM)  # a killed `make run` must not leave the clinic running unseen
    places = Places(private_directory(var_directory()))
    claim(places.var, about)
    private_directory(places.logs)
    return places, Supervisor(places.logs)


def supervised(places: Places, supervisor: Supervisor, start: Callable[[], None]) -> int:
    """Start, watch until told to stop, and stop everything whatever happened."""
    try:
        supervisor.listen()
        start()
        supervisor.watch()
    except StopRequested:
        say("\nStopping…")
    finally:
        supervisor.stop()
        shutil.rmtree(places.sockets, ignore_errors=True)
    say("Stopped. The data is kept.")
    return 0


def start_servers(places: Places, supervisor: Supervisor) -> dict[str, str]:
    """Start the servers that the environment does not name; return the addresses of both."""
    urls = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name)}
    waits = []
    if "DATABASE_URL" not in urls:
        postgres = Postgres(places)
        part = supervisor.start(Part("postgres", postgres.start, stop_signal=signal.SIGINT, is_server=True))
        waits.append((part, postgres.is_ready, postgres.complete))
        urls["DATABASE_URL"] = postgres.url
    if "REDIS_URL" not in urls:
        valkey = Valkey(places)
        part = supervisor.start(Part("valkey", valkey.start, is_server=True))
        waits.append((part, valkey.is_ready, lambda: None))
        urls["REDIS_URL"] = valkey.url
    for part, ready, complete in waits:
        supervisor.wait_for(part, ready)
        complete()
    return urls


@dataclass
class Clinic:
    """The parts above the servers."""

    places: Places
    supervisor: Supervisor
    host: str
    port: int
    address: str

    def open(self) -> None:
        """Start everything; the first page does not wait for worker, beat or demo data."""
        began = time.monotonic()
        say("Starting Evenkeel…")
        servers = start_servers(self.places, self.supervisor)
        self.env = environment(self.places, servers, port=self.port, host=self.host)
        Path(self.env["STATIC_ROOT"]).mkdir(parents=True, exist_ok=True)  # whitenoise warns about one that is missing
        self.tidy_up()
        self.supervisor.once("migrate", self.manage("migrate", "--no-input", "--skip-checks"))
        gunicorn = self.python("gunicorn", "-c", "python:clinic.runtime.gunicorn_conf", "clinic.wsgi")
        self.supervisor.wait_for(self.supervisor.start(Part("web", gunicorn)), self.answers, seconds=30)
        say(f"Evenkeel is up at {self.address} ({time.monotonic() - began:.0f} s). Logs are in {self.places.logs}")
        self.start_queue()
        self.fill()

    def start_queue(self) -> None:
        """The worker and the clock that gives it work."""
        worker = ("celery", "-A", "clinic", "worker", "--concurrency", "2", "--without-gossip",
                  "--without-mingle", "--include", "clinic.runtime.lifeline")  # fmt: skip
        beat = ("celery", "-A", "clinic", "beat", "--pidfile", "")
        self.supervisor.start(Part("worker", self.python(*worker)))
        self.supervisor.start(Part("beat", self.python(*beat)))

    @property
    def unfinished(self) -> Path:
        """There while the demo clinic is being filled, and after a stop in the midst of it."""
        return self.places.var / "demo-unfinished"

    def tidy_up(self) -> None:
        """A demo clinic that was only half filled is made anew: it can't be continued, and half of it misleads."""
        if self.unfinished.exists() and not os.environ.get("DATABASE_URL"):
            put_aside(Postgres(self.places))
            self.unfinished.unlink()
            say("The demo clinic was not finished last time; it is made anew.")

    def fill(self) -> None:
        """Fill an empty clinic with demo data in the background, then show who can log in.

        Never outside demo mode: its passwords are known to everyone. EVENKEEL_DEMO=no starts with an empty clinic.
        """
        if self.env["EVENKEEL_MODE"] != "demo" or self.env.get("EVENKEEL_DEMO") == "no":
            say(STOPPING)
            return
        if self.host not in ("127.0.0.1", "::1", "localhost"):
            say("Careful: whoever reaches this machine can log in, since the passwords of the demo are known.")
        if not self.is_empty():
            self.show_logins()
            return
        self.unfinished.touch()

        def filled(code: int) -> None:
            if code:
                say(f"The demo clinic could not be filled; see {self.places.logs / 'demo.log'}")
                say(STOPPING)
                return
            self.unfinished.unlink(missing_ok=True)
            say("The demo clinic is ready.")
            self.show_logins()

        say("The demo clinic is filling; it can be used meanwhile…")
        patiently = ["nice", "-n", "10", sys.executable, "manage.py", "seed_demo"]  # pages come first
        self.supervisor.start(Part("demo", self.program(patiently), finished=filled))

    def show_logins(self) -> None:
        """Print one login per role, and how to stop."""
        path = self.places.logs / "logins.log"
        path.unlink(missing_ok=True)

        def show(code: int) -> None:
            if not code:
                say(path.read_text().rstrip())
            say(STOPPING)

        self.supervisor.start(Part("logins", self.manage("demo_logins"), finished=show))

    def answers(self) -> bool:
        """Does a page come, and no error? To take connections is not enough: gunicorn does so before it can answer."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104
        with suppress(OSError, HTTPException), closing(HTTPConnection(host, self.port, timeout=10)) as connection:
            connection.request("GET", "/health/live", headers={"Host": f"localhost:{self.port}"})
            return connection.getresponse().status < 500
        return False

    def is_empty(self) -> bool:
        """Is there no user at all yet?"""
        with (
            closing(psycopg2.connect(self.libpq_url(), connect_timeout=10)) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(EMPTY_CLINIC)
            return bool(cursor.fetchone()[0])

    def libpq_url(self) -> str:
        """DATABASE_URL for libpq, which knows fewer names of the scheme than Django's settings."""
        return "postgresql:" + self.env["DATABASE_URL"].partition(":")[2]

    def python(self, module: str, *arguments: str) -> Launch:
        """A child that runs a Python module."""
        return self.program([sys.executable, "-m", module, *arguments])

    def manage(self, *arguments: str) -> Launch:
        """A child that runs a management command."""
        return self.program([sys.executable, "manage.py", *arguments])

    def program(self, arguments: list[str]) -> Launch:
        """A child in the project's directory. It is killed when we are: its servers are going as well."""

        def launch(log: IO[bytes]) -> subprocess.Popen[bytes]:
            return spawn(arguments, env=self.env, cwd=PROJECT, output=log.fileno())

        return launch
