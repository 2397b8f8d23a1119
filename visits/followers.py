"""What moves along with a visit: what does so adds itself here as it loads.

This room may not import those to its right, yet an infusion must not keep its number when its visit is cancelled. A
follower is called inside the verb's transaction: if it refuses, the visit is not changed either.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Protocol
from uuid import UUID

from django.db import transaction

from clinic.models import User


class Follower(Protocol):
    def __call__(self, *, appointment_id: UUID, by: User) -> None: ...


_followers: list[Follower] = []


def add(follower: Follower) -> None:
    """Have `follower` called after each cancellation, no-show, move and undo."""
    if follower not in _followers:
        _followers.append(follower)


def tell(appointment_id: UUID, by: User) -> None:
    for follower in _followers:
        follower(appointment_id=appointment_id, by=by)


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
