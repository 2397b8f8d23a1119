"""Sealing anew, with the newest key, what an older key of the ring sealed (`manage.py rotate_keys`).

A row names its key in the open, so what is left to do can always be asked: a run that was cut off goes on where it was.
Each batch is a transaction of its own. What no key of the ring opens is left as it is, and told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.views.decorators.debug import sensitive_variables

from clinic import crypto
from clinic.crypto import FIELDS, Ring, Undecryptable

BATCH = 500


@dataclass(frozen=True)
class Column:
    """Sealed values of one table.

    `stale` answers the rows that the key with this id did not seal; `reseal` seals a row's values anew, in place, and
    saves nothing; `prepare` is called at the start of each transaction.
    """

    name: str
    fields: tuple[str, ...]
    stale: Callable[[str], QuerySet[Any]]
    reseal: Callable[[Any], None]
    ring: Ring = FIELDS
    prepare: Callable[[], None] = lambda: None


@dataclass
class Told:
    """How many rows were sealed anew, and which ones no key opens."""

    done: int = 0
    shut: int = 0


columns: list[Column] = []


def rotate(column: Column, *, batch: int = BATCH) -> Iterator[Told]:
    """Go through the column once; answers after each batch what was done so far."""
    told, last = Told(), None
    while rows := _one_batch(column, batch, last, told):
        last = rows[-1].pk
        yield told


@transaction.atomic
def _one_batch(column: Column, batch: int, last: Any, told: Told) -> list[models.Model]:
    column.prepare()
    stale = column.stale(crypto.newest_key(column.ring)).select_for_update(of=("self",)).order_by("pk")
    rows = list((stale.filter(pk__gt=last) if last is not None else stale)[:batch])
    fresh = [row for row in rows if _reseal(column, row)]
    if fresh:
        fresh[0]._meta.default_manager.bulk_update(fresh, column.fields)
    told.done, told.shut = told.done + len(fresh), told.shut + len(rows) - len(fresh)
    return rows


@sensitive_variables()
def _reseal(column: Column, row: Any) -> bool:
    try:
        column.reseal(row)
    except Undecryptable:
        return False
    return True


def of_text(
    model: type[models.Model], field: str, *, context: Callable[[Any], str], ring: Ring = FIELDS,
    owner: Callable[[Any], str] = lambda row: "", prepare: Callable[[], None] = lambda: None,
) -> Column:  # fmt: skip
    """A column whose whole text is one sealed value, or empty."""

    @sensitive_variables()
    def reseal(row: Any) -> None:
        bound, whose = context(row), owner(row)
        text = crypto.decrypt(getattr(row, field), context=bound, ring=ring, owner=whose)
        setattr(row, field, crypto.encrypt(text, context=bound, ring=ring, owner=whose))

    def stale(key: str) -> QuerySet[Any]:
        return model._default_manager.exclude(Q(**{field: ""}) | Q(**{f"{field}__startswith": f"{key}:"}))

    return Column(f"{model._meta.db_table}.{field}", (field,), stale, reseal, ring, prepare)


def of_json(model: type[models.Model], field: str, *, keys: tuple[str, ...], context: Callable[[str], str]) -> Column:
    """A JSON column some of whose keys hold a sealed value."""

    @sensitive_variables()
    def anew(value: str, bound: str) -> str:
        return crypto.encrypt(crypto.decrypt(value, context=bound), context=bound)

    @sensitive_variables()
    def reseal(row: Any) -> None:
        held = getattr(row, field)
        setattr(row, field, held | {key: anew(held[key], context(key)) for key in keys if key in held})

    def stale(newest: str) -> QuerySet[Any]:
        old = Q()
        for key in keys:
            old |= Q(**{f"{field}__has_key": key}) & ~Q(**{f"{field}__{key}__startswith": f"{newest}:"})
        return model._default_manager.filter(old)

    return Column(f"{model._meta.db_table}.{field}", (field,), stale, reseal)
