"""What moves along with a visit: what does so adds itself here as it loads.

This room may not import those to its right, yet an infusion must not keep its number when its visit is cancelled. A
follower is called inside the verb's transaction: if it refuses, the visit is not changed either.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from typing import Any, Protocol, TypeVar, cast
from uuid import UUID

from django.db import transaction

from clinic import settings_versions
from clinic.models import ProtocolSettings, User
from visits.models import Appointment, StatusEvent

Found = TypeVar("Found")


@dataclass(frozen=True, eq=False)
class Change:
    """A visit as a verb has just left it, with its site and its patient; its row is locked until all have followed.

    `event` is the change, or the one that was taken back. A visit that `stays` has its hour, its length and its status
    as before: only room or person are others.
    """

    visit: Appointment
    by: User
    event: StatusEvent | None = None
    stays: bool = False
    _found: dict[object, Any] = field(default_factory=dict, repr=False)

    @property
    def is_undone(self) -> bool:
        return self.event is not None and self.event.undone_at is not None

    @cached_property
    def settings(self) -> ProtocolSettings:
        return settings_versions.current(self.visit.site)

    def once(self, read: Callable[[Change], Found]) -> Found:
        """What `read` answers, asked once for all who follow this change. Who changes what was read changes it here."""
        if read not in self._found:
            self._found[read] = read(self)
        return cast("Found", self._found[read])


class Follower(Protocol):
    def __call__(self, change: Change, /) -> None: ...


_followers: dict[Follower, bool] = {}
_last: list[Follower] = []


def add(follower: Follower, *, places: bool = False) -> None:
    """Have `follower` called after each cancellation, no-show, move and undo.

    `places`: also when a visit stays, and only its room or its person are others.
    """
    _followers.setdefault(follower, places)


def add_last(follower: Follower) -> None:
    """The same once all others were called: for who locks what comes after series and patient in the house's order."""
    if follower not in _last:
        _last.append(follower)


def tell(change: Change) -> None:
    for follower, places in _followers.items():
        if places or not change.stays:
            follower(change)
    for follower in () if change.stays else _last:
        follower(change)


class Watcher(Protocol):
    def __call__(self, *, site_id: UUID, starts_at: datetime, ends_at: datetime) -> None: ...


_watchers: list[Watcher] = []


def watch(watcher: Watcher) -> None:
    """Have `watcher` called whenever a time was taken, once that is committed: it may refuse nothing any more."""
    if watcher not in _watchers:
        _watchers.append(watcher)


def taken(*, site_id: UUID, starts_at: datetime, ends_at: datetime) -> None:
    for watcher in _watchers:
        call = partial(watcher, site_id=site_id, starts_at=starts_at, ends_at=ends_at)
        transaction.on_commit(call, robust=True)
