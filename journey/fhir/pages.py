"""Fetching: the rows of a type that one may see, a page of them, one of them, or all of one patient.

Whatever the number of rows, a page costs one query for its keys, one for how many there are, and one for each table
that it shows (and its prefetches).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import DateTimeField, F, IntegerField, QuerySet, Value
from django.db.models.functions import Cast

from clinic.models import User
from clinic.policy import can
from journey.fhir.catalog import KINDS, Kind
from journey.fhir.parts import Json
from journey.fhir.search import Asked
from journey.fhir.sources import Source
from journey.fhir.tokens import dated

Keys = list[tuple[Any, int]]
"""Of each resource its row and its source, by number."""


Told = Callable[[int, int], None]


def untold(done: int, total: int) -> None:
    """Nobody waits for it."""


@dataclass(frozen=True)
class Found:
    """Resources, and the patients whose record they are of."""

    resources: list[Json]
    patients: set[UUID]
    total: int


def sites_of(user: User, kind: Kind) -> set[UUID]:
    """The sites at which the user may read this type."""
    return {held.site_id for held in user.roles_held if can(user, kind.action, held.site)}


def visible(user: User, kind: Kind, source: Source) -> QuerySet[Any]:
    """The rows of a source that the user may see: nobody else’s exist."""
    sites, rows = sites_of(user, kind), source.all()
    if source.patient == "pk":
        rows = rows.filter(site__in=sites)
    elif source.patient:
        rows = rows.filter(**{f"{source.patient}__site__in": sites})
    if source.site:
        rows = rows.filter(pk__in=rows.filter(**{f"{source.site}__in": sites}).values("pk"))
    return rows


def search(user: User, kind: Kind, asked: Asked) -> Found:
    """A page of what a query asks for, in the order it asks for."""
    parts = [(number, _asked(user, kind, source, asked)) for number, source in enumerate(kind.sources)]
    parts = [(number, rows) for number, rows in parts if not rows.query.is_empty()]
    if not parts:
        return Found([], set(), 0)
    start = asked.count * (asked.page - 1)
    keys = _union([_keyed(kind.sources[number], number, rows) for number, rows in parts])
    total = sum(rows.count() for _, rows in parts) if len(parts) == 1 else keys.count()
    day = F("its_day").asc(nulls_last=True) if asked.oldest_first else F("its_day").desc(nulls_last=True)
    page = list(keys.order_by(day, "its_key", "its_source")[start : start + asked.count])
    made = _made(user, kind, [(row["its_key"], row["its_source"]) for row in page])
    return Found(*made, total)


def one(user: User, kind: Kind, key: str) -> Found:
    """One resource by its id; `total` is 0 when there is none for this user."""
    return Found(*_made(user, kind, _by_ids(user, kind, [key])), 1)


def everything(user: User, patient_id: UUID, told: Told = untold) -> Found:
    """The whole record of one patient, as far as the user may read it; `told` hears how many tables are done."""
    return _whole(patient_id, lambda kind, source: visible(user, kind, source), told)


def whole_record(patient_id: UUID) -> Found:
    """The same for whoever runs this house: nothing is left out for a role."""
    return _whole(patient_id, lambda kind, source: source.all(), untold)


def _whole(patient_id: UUID, rows_of: Callable[[Kind, Source], QuerySet[Any]], told: Told) -> Found:
    resources: list[Json] = []
    tables = [(kind, source) for kind in KINDS.values() if kind.of_patient for source in kind.sources]
    for done, (kind, source) in enumerate(tables, start=1):
        rows = source.full(rows_of(kind, source).filter(**{source.patient: patient_id}))
        order = [F(source.when).desc(nulls_last=True), "pk"] if source.when else ["pk"]
        resources += [source.make(row) for row in rows.order_by(*order)]
        told(done, len(tables))
    return Found(resources + _referred(resources), {patient_id}, len(resources))


def _referred(resources: Iterable[Json]) -> list[Json]:
    """The staff, sites and payers that the resources name, so that no reference leads nowhere."""
    wanted = _references(list(resources))
    found = []
    for name in ("Practitioner", "Organization", "Location"):
        for source in KINDS[name].sources:
            keys = {key for kind, key in wanted if kind == name}
            found += [source.make(row) for row in source.full(source.all().filter(pk__in=keys)).order_by("pk")]
    return found


def _references(value: Any) -> set[tuple[str, str]]:
    if isinstance(value, dict):
        name, _, key = str(value.get("reference", "")).partition("/")
        inside = set().union(*(_references(each) for each in value.values())) if value else set()
        return inside | ({(name, key)} if key else set())
    return set().union(*(_references(each) for each in value)) if isinstance(value, list) and value else set()


def _asked(user: User, kind: Kind, source: Source, asked: Asked) -> QuerySet[Any]:
    rows = visible(user, kind, source)
    if asked.patients is not None:
        rows = rows.filter(**{f"{source.patient}__in": asked.patients})
    if asked.ids is not None:
        rows = rows.filter(pk__in=[pk for each in asked.ids if (pk := _pk(each, source)) is not None])
    if asked.dates:
        rows = rows.filter(dated(source.when, asked.dates, is_day=source.is_day)) if source.when else rows.none()
    if asked.changed:
        column = source.changed or "changed"
        rows = rows if source.changed else rows.annotate(changed=source.history())
        rows = rows.filter(dated(column, asked.changed, is_day=False))
    for name, value in asked.filters:
        condition = source.search.get(name)
        rows = rows.filter(condition(name, value)) if condition else rows.none()
    return rows


def _pk(key: str, source: Source) -> UUID | None:
    """The row of a resource’s id, when it can be one of this source."""
    name, dot, suffix = key.partition(".")
    if (dot + suffix) != source.suffix:
        return None
    try:
        return UUID(name)
    except ValueError:
        return None


def _keyed(source: Source, number: int, rows: QuerySet[Any]) -> QuerySet[Any]:
    at = Cast(F(source.when), DateTimeField()) if source.when else Value(None, output_field=DateTimeField(null=True))
    keyed: QuerySet[Any] = (
        rows.order_by()
        .annotate(its_key=F("pk"), its_day=at, its_source=Value(number, output_field=IntegerField()))
        .values("its_key", "its_day", "its_source")
    )
    return keyed


def _union(parts: Sequence[QuerySet[Any]]) -> QuerySet[Any]:
    return parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]


def _by_ids(user: User, kind: Kind, keys: Iterable[str]) -> Keys:
    found: Keys = []
    for number, source in enumerate(kind.sources):
        wanted = [pk for key in keys if (pk := _pk(key, source)) is not None]
        if wanted:
            found += [
                (pk, number) for pk in visible(user, kind, source).filter(pk__in=wanted).values_list("pk", flat=True)
            ]
    return found


def _made(user: User, kind: Kind, keys: Keys) -> tuple[list[Json], set[UUID]]:
    """The resources in the order of their keys, and whose they are."""
    made: dict[tuple[Any, int], Json] = {}
    patients: set[UUID] = set()
    for number, source in enumerate(kind.sources):
        mine = [key for key, of in keys if of == number]
        for row in source.full(source.all().filter(pk__in=mine)) if mine else ():
            made[row.pk, number] = source.make(row)
            if whose := source.patient_of(row):
                patients.add(whose)
    return [made[key] for key in keys if key in made], patients
