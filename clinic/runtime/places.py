"""Where things lie: data under var/, sockets in a private directory whose path is short enough."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from clinic.runtime.problems import Trouble
from clinic.runtime.spawn import MYSELF, Account

PROJECT = Path(__file__).resolve().parents[2]

# The kernel allows 107 bytes for a socket's path; the longest name we put in the directory has 20.
LONGEST_SOCKET_DIRECTORY = 84
# Socket paths travel inside URLs, so anything that would have to be quoted there is avoided.
PLAIN_PATH = re.compile(r"[A-Za-z0-9/_.-]+")


@dataclass(frozen=True)
class Places:
    """Every path the runtime uses, below one directory of data."""

    var: Path

    @property
    def postgres(self) -> Path:
        """The database cluster."""
        return self.var / "pg"

    @property
    def valkey(self) -> Path:
        """The broker's append-only file."""
        return self.var / "valkey"

    @property
    def secrets(self) -> Path:
        """Generated keys and passwords, one file each."""
        return self.var / "secrets"

    @property
    def logs(self) -> Path:
        """What each part said."""
        return self.var / "log"

    @property
    def sockets(self) -> Path:
        """A directory for sockets: beside the data if that path is short and plain, else a hashed one."""
        beside = self.var / "run"
        if os.geteuid() != 0 and len(bytes(beside)) <= LONGEST_SOCKET_DIRECTORY and PLAIN_PATH.fullmatch(str(beside)):
            return beside
        base = Path("/run") if os.access("/run", os.W_OK) else Path("/tmp")  # noqa: S108 - made private below
        name = hashlib.sha256(f"{os.geteuid()}:{self.var}".encode()).hexdigest()[:12]
        return base / f"evenkeel-{name}"

    def secret(self, name: str, length: int = 24) -> str:
        """Read a secret, making it first if there is none. Hex, so that it needs no quoting anywhere."""
        private_directory(self.secrets)
        path = self.secrets / name
        if not path.exists():
            fresh = path.with_suffix(f".{os.getpid()}")
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_hex(length))
            fresh.rename(path)
        return path.read_text().strip()


def private_directory(path: Path, owner: Account = MYSELF) -> Path:
    """Make the directory for one user only; refuse one that somebody else laid in our way."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = path.lstat()
        expected = {os.geteuid(), owner.uid} if owner.is_other else {os.geteuid()}
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in expected:
            raise Trouble(f"{path} belongs to another user. Remove it, or run as the user it belongs to.")
        owner.own(path)
        path.chmod(0o700)
    except PermissionError as error:
        raise Trouble(f"{path} can't be written. Remove it, or run as the user it belongs to.") from error
    return path
