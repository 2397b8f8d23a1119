"""Several counts in one statement, and lists whose length is known from one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.paginator import Paginator
from django.db.models import IntegerField, QuerySet, Subquery
from django.utils.functional import cached_property

from clinic.models import Site


class Counted(Subquery):
    """How many rows a queryset has, as one value of another statement. A slice bounds how far is counted."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()

    def __init__(self, rows: QuerySet[Any]) -> None:
        super().__init__(rows.values("pk"))


def count(site: Site, rows: Mapping[str, QuerySet[Any]]) -> dict[str, int]:
    """How many rows each of these has. One statement, of one moment, however many are asked."""
    if not rows:
        return {}
    (found,) = Site.objects.filter(pk=site.pk).values_list(*(Counted(each) for each in rows.values()))
    return dict(zip(rows, found, strict=True))


class Pages(Paginator):  # type: ignore[type-arg]
    """Pages of a list whose length is known, so that it is not counted a second time."""

    def __init__(self, rows: Any, per_page: int, *, total: int) -> None:
        super().__init__(rows, per_page)
        self.total = total

    @cached_property
    def count(self) -> int:
        return self.total
