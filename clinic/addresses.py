"""Addresses of pages. Django walks through its routes for each; a list of two hundred people would ask it as often."""

from __future__ import annotations

from functools import cache
from uuid import UUID

from django.urls import reverse

plain = cache(reverse)
"""The address of a page that needs nothing but its name: the same for as long as the process lives."""


def of(route: str, key: UUID) -> str:
    """The address of the page of one record, whose route takes its id and nothing else."""
    before, after = _around(route)
    return f"{before}{key}{after}"


@cache
def _around(route: str) -> tuple[str, str]:
    nobody = UUID(int=0)
    before, _, after = reverse(route, args=[nobody]).partition(str(nobody))
    return before, after
