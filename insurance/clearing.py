"""The clearing house between the clinic and its payers: what goes out, what comes in.

`ClearingHouse` is what any of them has to do. The one that is here drops files into directories, which a transfer
program (SFTP, the house's own client) carries to and fro. Without directories in the settings there is no house:
inquiries are downloaded and answers uploaded by people. A directory that is missing is told, and takes nothing down.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from django.conf import settings

from insurance.x12.segments import MOST_BYTES

SUFFIXES = frozenset({".271", ".x12", ".edi", ".txt", ".dat"})
MOST_AT_ONCE = 200
SHOWN = 20
REASON = ".why"


class Unreachable(Exception):
    """The clearing house can't be reached now; what was to be sent waits."""


@dataclass(frozen=True)
class Arrived:
    """A file that came in."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Condition:
    """How it stands with the house: what is wrong with it, and the files it brought that could not be read."""

    trouble: str = ""
    refused: list[tuple[str, str]] = field(default_factory=list)


class ClearingHouse(Protocol):
    """Takes inquiries, brings answers. Any method but `condition` raises Unreachable."""

    def send(self, name: str, content: str) -> None:
        """Hand over an inquiry file; handing over the same name again replaces it."""

    def arrived(self) -> Iterator[Arrived]:
        """The files that came and were not put away yet; they come again until they are."""

    def done(self, name: str) -> None:
        """Put away a file that was read."""

    def failed(self, name: str, why: str) -> None:
        """Put away a file that could not be read, with the reason beside it."""

    def condition(self) -> Condition: ...


@dataclass(frozen=True)
class FileDrop:
    """Four directories. A file appears in them whole or not at all: it is written beside and then renamed."""

    outbox: Path
    inbox: Path
    read: Path
    refused: Path

    def send(self, name: str, content: str) -> None:
        part = self.outbox / f".{name}.part"
        try:
            with part.open("w", encoding="ascii", newline="") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(self.outbox / name)
        except OSError as error:
            raise Unreachable(_told(self.outbox, error)) from error

    def arrived(self) -> Iterator[Arrived]:
        for path in self._waiting()[:MOST_AT_ONCE]:
            try:
                with path.open("rb") as file:
                    content = file.read(MOST_BYTES + 1)
            except OSError as error:
                raise Unreachable(_told(path, error)) from error
            yield Arrived(path.name, content)

    def _waiting(self) -> list[Path]:
        """Whole files, the oldest first. Hidden and half-written ones (.part, .tmp) are left alone, links too."""
        try:
            found = [
                (entry.stat().st_mtime, entry.name)
                for entry in os.scandir(self.inbox)
                if Path(entry.name).suffix.lower() in SUFFIXES
                and not entry.name.startswith(".")
                and entry.is_file(follow_symlinks=False)
            ]
        except OSError as error:
            raise Unreachable(_told(self.inbox, error)) from error
        return [self.inbox / name for _, name in sorted(found)]

    def done(self, name: str) -> None:
        self._put(name, self.read)

    def failed(self, name: str, why: str) -> None:
        place = self._put(name, self.refused)
        with suppress(OSError):
            place.with_name(place.name + REASON).write_text(f"{why}\n", encoding="utf-8")

    def _put(self, name: str, directory: Path) -> Path:
        """Move it under its name, or one with a number where that is taken: nothing is written over."""
        place, count = directory / name, 1
        try:
            while place.exists():
                count += 1
                place = directory / f"{Path(name).stem}-{count}{Path(name).suffix}"
            (self.inbox / name).rename(place)
        except OSError as error:
            raise Unreachable(_told(directory, error)) from error
        return place

    def condition(self) -> Condition:
        missing = [path for path in (self.outbox, self.inbox, self.read, self.refused) if not path.is_dir()]
        if missing:
            return Condition(
                f"The clearing house’s directory {missing[0].name} is missing. Inquiries wait until it is back."
            )
        return Condition(refused=[(path.stem, _why(path)) for path in self._reasons()])

    def _reasons(self) -> list[Path]:
        try:
            found = [path for path in self.refused.iterdir() if path.suffix == REASON]
        except OSError:
            return []
        return sorted(found)[:SHOWN]


def _why(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()[:300]
    except (OSError, UnicodeDecodeError):
        return "The reason can’t be read."


def _told(path: Path, error: OSError) -> str:
    return f"{path.name}: {error.strerror or 'can’t be used'}."


def house() -> ClearingHouse | None:
    """The clearing house of the settings, or None where people carry the files."""
    places = settings.CLEARING_HOUSE
    if not all(places.values()):
        return None
    return FileDrop(**{name: Path(place) for name, place in places.items()})
