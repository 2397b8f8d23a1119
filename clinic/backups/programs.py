"""The programs of PostgreSQL, and how they reach the database."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from clinic.runtime.postgres import programs
from clinic.runtime.problems import Trouble
from clinic.runtime.spawn import MYSELF


def program(name: str) -> str:
    """`pg_dump` or `pg_restore`: those of PG_PROGRAMS, of the wheel, or of the path. Raises Trouble."""
    if settings.PG_PROGRAMS:
        return str(Path(settings.PG_PROGRAMS) / name)
    try:
        return str(programs(MYSELF) / name)
    except Trouble:
        if found := shutil.which(name):
            return found
        raise Trouble(f"There is no {name} here. Install PostgreSQL’s client, or set PG_PROGRAMS.") from None


def environment(database: Mapping[str, Any], name: str = "") -> dict[str, str]:
    """libpq’s variables: the password stands in no command line. `name`: another database of that server."""
    said = {
        "PGHOST": str(database.get("HOST") or (database.get("OPTIONS") or {}).get("host", "")),
        "PGPORT": str(database.get("PORT") or ""),
        "PGUSER": str(database.get("USER") or ""),
        "PGPASSWORD": str(database.get("PASSWORD") or ""),
        "PGDATABASE": name or str(database["NAME"]),
        "PGSSLMODE": str((database.get("OPTIONS") or {}).get("sslmode", "")),
    }
    inherited = {key: os.environ[key] for key in ("PATH", "LANG", "LD_LIBRARY_PATH") if key in os.environ}
    return inherited | {key: value for key, value in said.items() if value}
