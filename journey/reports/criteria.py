"""What a report is about: which sites, which days, which diagnoses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Q

from clinic.models import Site

# The first three signs of an ICD-10-CM code, and how the group is called.
GROUPS: Mapping[str, str] = {
    "F31": "Bipolar disorder",
    "F32": "Major depression, single episode",
    "F33": "Major depression, recurrent",
    "F34": "Persistent depression",
    "F41": "Anxiety disorders",
    "F42": "Obsessive-compulsive disorder",
    "F43": "Trauma and stress",
    "G89": "Pain",
}
UNKNOWN = "No diagnosis code"


@dataclass(frozen=True)
class Criteria:
    sites: tuple[Site, ...]
    first: date
    last: date
    diagnosis: str = ""

    def within(self, site: str, moment: str) -> Q:
        """A filter: `moment` lies on these days, as each site's calendar has them."""
        parts = []
        for one in self.sites:
            begins, ends = one.day_bounds(self.first)[0], one.day_bounds(self.last)[1]
            parts.append(Q(**{site: one.pk, f"{moment}__gte": begins, f"{moment}__lt": ends}))
        return reduce(or_, parts, Q(pk__in=[]))

    def as_json(self) -> dict[str, Any]:
        return {
            "sites": sorted(str(site.pk) for site in self.sites),
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "diagnosis": self.diagnosis,
        }


def from_json(kept: Mapping[str, Any]) -> Criteria:
    sites = Site.objects.filter(pk__in=[UUID(pk) for pk in kept["sites"]]).order_by("name")
    first, last = date.fromisoformat(kept["first"]), date.fromisoformat(kept["last"])
    return Criteria(tuple(sites), first, last, kept["diagnosis"])


def group_of(code: str) -> str:
    """The group of a code: its first three signs, which ICD-10-CM calls the category."""
    return code.replace(".", "")[:3].upper()


def group_label(group: str) -> str:
    if not group:
        return UNKNOWN
    return f"{group} {GROUPS[group]}" if group in GROUPS else group


def site_label(pk: str, sites: Sequence[Site]) -> str:
    return next((site.name for site in sites if str(site.pk) == pk), "")
