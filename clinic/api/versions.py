"""Which state of a record a sender has seen: its version column, or the number of its latest history row."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from clinic.errors import Refused


class Overtaken(Refused):
    """The record is not as the sender saw it."""

    status = 412
    title = "Someone changed this meanwhile"

    def __init__(self) -> None:
        super().__init__("This record has changed since you read it. Read it again, and look before you send.")


STALE = frozenset({"Overtaken", "StaleVersion", "ChangedMeanwhile"})  # how verbs call it that are told a version


def etag(record: Model) -> str | None:
    """The record's version as it stands in ETag and If-Match; None for a row that keeps no history."""
    return tag(record, newest(type(record), record.pk))


def tag(record: Model, written: int | None) -> str | None:
    """The same, of a record that was read after `written`, the number of its latest history row.

    In this order a tag is at worst older than what was read with it, and refused. One that is newer would let its
    sender write over what they have never seen.
    """
    version = getattr(record, "version", None)
    if isinstance(version, int):
        return f'"{version}"'
    return None if written is None else f'"h{written}"'


def look(record: Model, seen: str | None) -> int | None:
    """Raise Overtaken unless the record still is what `If-Match` says; answers a mark for `look_again`."""
    if seen is None or seen.strip() == "*":
        return None
    mark = newest(type(record), record.pk)
    if isinstance(getattr(record, "version", None), int):
        record.refresh_from_db(fields=["version"])
    now = etag(record)
    if now is None or now not in [one.strip() for one in seen.split(",")]:
        raise Overtaken
    return mark


def look_again(record: Model, mark: int | None, request_id: str) -> None:
    """After a verb, which has locked its rows: nobody else wrote the record since the first look.

    That look stood outside the verb's locks; here nothing can slip in between any more.
    """
    if mark is None:
        return
    written = _history(type(record)).objects.filter(pgh_obj_id=record.pk, pgh_id__gt=mark)
    if written.exclude(pgh_context__request=request_id).exists():
        raise Overtaken


def _history(model: type[Model]) -> Any:
    return getattr(model, "pgh_event_model", None)


def newest(model: type[Model], pk: Any) -> int | None:
    """The number of the latest history row of a record; None where no history is kept."""
    history = _history(model)
    if history is None:
        return None
    rows = history.objects.filter(pgh_obj_id=pk).order_by("-pgh_id")
    return rows.values_list("pgh_id", flat=True).first() or 0
