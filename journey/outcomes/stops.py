"""Marks of a picture as they can be pointed at: those that stand closer than that are one stop, which says them all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

APART = 5.0


class Standing(Protocol):
    @property
    def x(self) -> str: ...

    @property
    def kind(self) -> str: ...

    @property
    def title(self) -> str: ...


M = TypeVar("M", bound=Standing)


@dataclass(frozen=True)
class Stop(Generic[M]):
    """Where the arrow keys halt and the pointer finds a sentence: of one mark, or of several of one kind."""

    x: str
    kind: str
    title: str
    marks: tuple[M, ...]


def stops(marks: Sequence[M], say: Callable[[slice], str]) -> tuple[Stop[M], ...]:
    """Marks from left to right, gathered; `say` has the sentence of several that stand together."""
    found: list[Stop[M]] = []
    first = 0
    for place in range(1, len(marks) + 1):
        if place == len(marks) or not _close(marks[first], marks[place]):
            some = tuple(marks[first:place])
            title = say(slice(first, place)) if len(some) > 1 else some[0].title
            found.append(Stop(some[0].x, some[0].kind, title, some))
            first = place
    return tuple(found)


def _close(one: Standing, other: Standing) -> bool:
    return one.kind == other.kind and float(other.x) - float(one.x) < APART
