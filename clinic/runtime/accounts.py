"""Which user the servers run as, and how that user gets to see their programs."""

from __future__ import annotations

import os
import pwd
import shutil
import tempfile
from pathlib import Path

from clinic.runtime.problems import Trouble
from clinic.runtime.spawn import MYSELF, Account

CANDIDATES = ("postgres", "nobody")


def server_account(data: Path) -> Account:
    """Ourselves, unless we are root: then whoever owns the data already, else a user with few rights."""
    if os.geteuid() != 0:
        return MYSELF
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise Trouble("PostgreSQL refuses to run as root, and this machine has no user `postgres` or `nobody`.")


def give(data: Path, account: Account) -> None:
    """Hand a whole directory to the account, for data copied here by root."""
    if not account.is_other or data.stat().st_uid == account.uid:
        return
    for folder, _, files in os.walk(data):
        os.chown(folder, account.uid, account.gid)
        for name in files:
            os.chown(Path(folder, name), account.uid, account.gid, follow_symlinks=False)


def can_reach(path: Path, account: Account) -> bool:
    """May this account walk down to the path? Only the bits for others count: it is in no group of ours."""
    if not account.is_other:
        return True
    return all(folder.stat().st_mode & 0o001 for folder in path.resolve().parents)


def reachable(base: Path, parts: tuple[str, ...], account: Account, *, mark: str) -> Path:
    """The directory itself, or one with copies of these parts of it where the account can read them.

    The copy is needed when the virtual environment lies below a home that is closed to others. It belongs to root, is
    written under another name first, and so is whole or not there. (/run won't do: it often refuses to execute.)
    """
    if can_reach(base / parts[0], account):
        return base
    home = next(Path(place) for place in ("/var/cache", "/var/tmp", "/tmp") if os.access(place, os.W_OK))  # noqa: S108
    copy = home / f"evenkeel-programs-{mark}"
    if copy.is_dir() and copy.lstat().st_uid == os.geteuid():
        return copy
    fresh = Path(tempfile.mkdtemp(prefix=f"{copy.name}.", dir=home))
    for part in parts:
        shutil.copytree(base / part, fresh / part, symlinks=True)
    for folder, _, _ in os.walk(fresh):
        Path(folder).chmod(0o755)
    try:
        fresh.rename(copy)
    except OSError:  # another start made the same copy a moment ago
        shutil.rmtree(fresh)
    return copy
