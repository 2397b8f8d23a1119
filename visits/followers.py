"""What moves along with a visit in the rooms to the right: they add themselves here as they load.

This room may not import them, yet an infusion must not keep its number when its visit is cancelled. A follower is
called inside the verb's transaction: if it refuses, the visit is not changed either.
"""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

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
