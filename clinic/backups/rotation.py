"""Which backups are kept: all of the last days, then one a week, then one a month."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

_NAME = re.compile(r"evenkeel-(\d{8}T\d{6})Z\.backup")
_SHAPE = "%Y%m%dT%H%M%S"
DAYS, WEEKS, MONTHS = 7, 5, 12


def name_of(moment: datetime) -> str:
    return f"evenkeel-{moment.astimezone(UTC):{_SHAPE}}Z.backup"


def made_at(path: Path) -> datetime | None:
    """When the file was made, by its name; None for a file that is no backup."""
    found = _NAME.fullmatch(path.name)
    return datetime.strptime(found[1], _SHAPE).replace(tzinfo=UTC) if found else None


def backups(directory: Path) -> list[Path]:
    """The backups in a directory, the newest first."""
    return sorted((path for path in directory.glob("*.backup") if made_at(path)), reverse=True)


def to_remove(paths: Iterable[Path], now: datetime) -> list[Path]:
    """What need not be kept any longer. The newest of a week or month stands for it; the newest of all always stays."""
    kept_for: set[tuple[str, int, int]] = set()
    removed = []
    dated = sorted(((made, path) for path in paths if (made := made_at(path))), reverse=True)
    for number, (made, path) in enumerate(dated):
        age = now - made
        week, month = ("week", *made.isocalendar()[:2]), ("month", made.year, made.month)
        if (
            number == 0
            or age <= timedelta(days=DAYS)
            or (age <= timedelta(weeks=WEEKS) and week not in kept_for)
            or (age <= timedelta(days=31 * MONTHS) and month not in kept_for)
        ):
            kept_for |= {week, month}
        else:
            removed.append(path)
    return removed
