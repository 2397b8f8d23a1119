"""What the parts are told: where the servers are, the keys, the mode. Everything may be set from outside instead."""

from __future__ import annotations

import base64
import os
import socket
from collections.abc import Mapping
from pathlib import Path

from clinic.runtime.places import PROJECT, Places
from clinic.runtime.problems import Trouble

DEFAULT_PORT = 8000
LOOPBACK = "127.0.0.1"


def var_directory() -> Path:
    """Where data lies: EVENKEEL_VAR, or var/ in the project."""
    return Path(os.environ.get("EVENKEEL_VAR") or PROJECT / "var").absolute()


def chosen_port() -> int:
    """PORT as a number."""
    word = os.environ.get("PORT") or str(DEFAULT_PORT)
    if not word.isascii() or not word.isdigit() or not 0 < int(word) < 65536:
        raise Trouble(f"PORT is “{word}”, which is no port number. Choose one from 1024 to 65535: make run PORT=8001")
    return int(word)


def chosen_host() -> str:
    """HOST, or this machine alone."""
    return os.environ.get("HOST") or LOOPBACK


def hosts_allowed(host: str) -> str:
    """The names the clinic answers to."""
    names = ["localhost", LOOPBACK, "[::1]"]
    if host not in names:
        names += [name for name in (host, socket.gethostname(), socket.getfqdn()) if name not in ("0.0.0.0", "::")]  # noqa: S104
    return ",".join(dict.fromkeys(names))


def _ring(places: Places, name: str) -> str:
    """A ring of one key, made once and kept."""
    return f"k1:{base64.b64encode(bytes.fromhex(places.secret(name, 32))).decode()}"


def environment(places: Places, servers: Mapping[str, str], *, port: int, host: str) -> dict[str, str]:
    """The environment of web, worker, beat and commands."""
    generated = {
        "DJANGO_SETTINGS_MODULE": "clinic.settings",
        "EVENKEEL_MODE": "demo",
        "SECRET_KEY": places.secret("secret-key", 32),
        "FIELD_KEYS": _ring(places, "field-key"),
        "PRIVATE_NOTE_KEYS": _ring(places, "private-note-key"),
        "ALLOWED_HOSTS": hosts_allowed(host),
        "BEAT_SCHEDULE_FILE": str(places.var / "celerybeat-schedule"),
        "EMAIL_FILE_PATH": str(places.var / "mail"),
        "TEXTS_FILE": str(places.var / "texts.jsonl"),
        "STATIC_ROOT": str(places.var / "static"),
        "PYTHONUNBUFFERED": "1",
    }
    fixed = {**servers, "PORT": str(port)}
    return {**generated, **{name: value for name, value in os.environ.items() if value != ""}, **fixed}
