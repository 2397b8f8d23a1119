"""Counts that are part of another statement, and lists whose length is known from one of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from django.core.paginator import Paginator
from django.db.models import IntegerField, QuerySet, Subquery
from django.utils.functional import cached_property

T = TypeVar("T")


class Counted(Subquery):
    """How many rows a queryset has, as one value of another statement. A slice bounds how far is counted."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()

    def __init__(self, rows: QuerySet[Any]) -> None:
        super().__init__(rows.values("pk"))


class Pages(Paginator):  # type: ignore[type-arg]
    """Pages of a list whose length is known, so that it is not counted a second time."""

    def __init__(self, rows: Any, per_page: int, *, total: int) -> None:
        super().__init__(rows, per_page)
        self.total = total

    @cached_property
    def count(self) -> int:
        return self.total


def beginning(text: str) -> int:
    """From which place on a list is asked for that comes in parts; 0, its beginning, for what is no such number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0


class Parts(Generic[T]):
    """Rows of which Pages reads one page, by a statement of its own: `read(start, stop)`."""

    def __init__(self, read: Callable[[int, int], Sequence[T]]) -> None:
        self._read = read

    def __getitem__(self, part: slice) -> Sequence[T]:
        return self._read(part.start, part.stop) if part.start < part.stop else []
