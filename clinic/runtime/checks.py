"""`make check`: what a machine can say about the code before a person reads it. All are run, however many fail."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from base64 import b64encode
from pathlib import Path

from clinic.runtime.output import say
from clinic.runtime.places import PROJECT
from clinic.runtime.testing import serve_tests

BIN = Path(sys.executable).parent


def tool(name: str, *arguments: str) -> list[str]:
    """A program of the virtual environment."""
    return [str(BIN / name), *arguments]


def manage(*arguments: str) -> list[str]:
    """A management command."""
    return [sys.executable, "manage.py", *arguments]


def production() -> dict[str, str]:
    """What a production machine sets, with fresh keys."""
    return {
        "EVENKEEL_MODE": "production",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "FIELD_KEYS": f"k1:{b64encode(secrets.token_bytes(32)).decode()}",
        "PRIVATE_NOTE_KEYS": f"p1:{b64encode(secrets.token_bytes(32)).decode()}",
        "BACKUP_KEYS": f"b1:{b64encode(secrets.token_bytes(32)).decode()}",
        "ALLOWED_HOSTS": "clinic.example.org",
        "CSRF_TRUSTED_ORIGINS": "https://clinic.example.org",
        "PUBLIC_URL": "https://clinic.example.org",
    }


CHECKS: list[tuple[str, list[str], dict[str, str]]] = [
    ("lint", tool("ruff", "check", "--quiet", "."), {}),
    ("format", tool("ruff", "format", "--check", "--quiet", "."), {}),
    ("types", tool("mypy"), {}),
    ("import law", tool("lint-imports", "--no-cache"), {}),
    ("templates", tool("djlint", "templates", "--lint", "--quiet"), {}),
    ("migrations", manage("makemigrations", "--check", "--dry-run"), {}),
    ("deploy check", manage("check", "--deploy", "--fail-level", "WARNING"), production()),
]


def passes(name: str, command: list[str], more: dict[str, str]) -> bool:
    """Run one check; show what it said only when it fails."""
    began = time.monotonic()
    environment = {**os.environ, **more}
    done = subprocess.run(
        command, cwd=PROJECT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    good = done.returncode == 0
    say(f"{'ok  ' if good else 'FAIL'} {name} ({time.monotonic() - began:.1f} s)")
    if not good:
        say(f"{done.stdout}{done.stderr}".rstrip())
    return good


def main() -> int:
    """Run them all."""
    serve_tests()
    failed = [name for name, command, more in CHECKS if not passes(name, command, more)]
    say(f"Failed: {', '.join(failed)}." if failed else "All checks pass.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
