"""Who looked at a record and who changed it, out of the read log and the history that triggers wrote.

Which history tables tell of a patient is found in the models: whatever leads to a patient by its foreign keys does. A
page costs the same few queries however long the record is. What was written is never repeated here, only what kind of
thing it was: whoever looks after privacy need not read the chart.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.apps import apps
from django.db import connection, models
from django.db.models import Max, Min, Q

from clinic.models import HistorySeal, ReadEvent, User
from patients.models import Patient

PAGE = 100
FARTHEST = 5  # foreign keys from a row to its patient
SEALED_WITHIN = timedelta(hours=1)
BY_TOKEN = ("api:", "fhir:")  # routes that no browser comes by
Steps = tuple[tuple[str, str], ...]


class Source(NamedTuple):
    """A history table, and by which columns its rows belong to a patient."""

    model: type[models.Model]
    table: str
    steps: Steps


@dataclass
class Line:
    """One thing that one person did at one moment."""

    at: datetime
    user_id: UUID | None
    source: str
    address: str
    request_id: str
    read: str = ""
    """What was opened; empty where something was written."""
    route: str = ""
    reason: str = ""
    patient_id: UUID | None = None
    wrote: list[str] = field(default_factory=list)
    thing: tuple[type[models.Model], str] | None = None
    """What kind of row was written, and its id."""
    person: User | None = None
    patient: Patient | None = None


@cache
def sources() -> tuple[Source, ...]:
    """Every history table that tells of a patient; one that does so in two ways stands here twice."""
    found = []
    for event in apps.get_models():
        model = getattr(event, "pgh_tracked_model", None)
        if model is Patient:
            found.append(Source(model, event._meta.db_table, (("pgh_obj_id", ""),)))
        elif model is not None:
            found += [Source(model, event._meta.db_table, steps) for steps in _ways(model)]
    return tuple(found)


def _ways(model: type[models.Model]) -> list[Steps]:
    """The shortest way to the patient; and the next one, where a column of the shortest may be empty."""
    ways = sorted(_walk(model, ()), key=lambda way: (len(way[0]), way[1]))
    return [steps for steps, _ in ways[: 2 if ways and ways[0][1] else 1]]


def _walk(model: type[models.Model], seen: tuple[type[models.Model], ...]) -> Iterator[tuple[Steps, bool]]:
    for column in model._meta.concrete_fields:
        target: Any = column.related_model
        if not isinstance(column, models.ForeignKey) or target is User or target in (*seen, model):
            continue
        if target is Patient:
            yield ((column.column, ""),), column.null
        elif len(seen) < FARTHEST - 1:
            for steps, null in _walk(target, (*seen, model)):
                yield ((column.column, target._meta.db_table), *steps), null or column.null


def _belongs(steps: Steps, of: str = "h.") -> str:
    """`h."infusion_id" IN (SELECT id FROM "infusions_infusion" WHERE …)`, with one place for the patient's id."""
    (column, table), rest = steps[0], steps[1:]
    if not rest:
        return f'{of}"{column}" = %s'
    return f'{of}"{column}" IN (SELECT id FROM "{table}" WHERE {_belongs(rest, "")})'  # noqa: S608 - from the models


def of_patient(patient: Patient, *, before: datetime, most: int = PAGE) -> tuple[list[Line], datetime | None]:
    """What happened before a moment, newest first; and the moment before which the next page begins."""
    reads = ReadEvent.objects.filter(patient_id=patient.pk, at__lt=before).order_by("-at", "-id")[: most + 1]
    rows = [*(_read(event) for event in reads), *_written(patient.pk, before, most + 1)]
    rows.sort(key=lambda line: line.at, reverse=True)
    more: datetime | None = None
    if len(rows) > most:
        edge = rows[most].at  # a moment is one transaction: it is shown whole, on one page
        whole = [line for line in rows[:most] if line.at > edge]
        rows = whole or [line for line in rows if line.at == rows[0].at]
        more = rows[-1].at
    return _with_people(_together(rows)), more


def of_person(person: User, *, since: datetime, until: datetime, most: int = 5 * PAGE) -> list[Line]:
    """What one person opened and wrote between two moments, newest first, at most so many lines."""
    reads = ReadEvent.objects.filter(user=person, at__gte=since, at__lt=until).order_by("-at", "-id")[:most]
    rows = [*(_read(event) for event in reads), *_of_patients(_written_by(person, since, until, most))]
    rows.sort(key=lambda line: line.at, reverse=True)
    return _with_people(_together(rows))


def _of_patients(lines: list[Line]) -> list[Line]:
    """With whose record each row belongs to: a query or two for each kind of row, however many there are."""
    for model in {line.thing[0] for line in lines if line.thing}:
        own = [line for line in lines if line.thing and line.thing[0] is model]
        for way in _names(model):
            of = model._base_manager.filter(pk__in=[line.thing[1] for line in own if line.thing])
            whose = {str(pk): patient_id for pk, patient_id in of.values_list("pk", way)}
            for line in own:
                line.patient_id = line.patient_id or (whose.get(line.thing[1]) if line.thing else None)
    return lines


@cache
def _names(model: type[models.Model]) -> tuple[str, ...]:
    """The ways from a row to its patient, as queries name them; none for what is nobody’s."""
    if model is Patient:
        return ("pk",)
    return tuple("__".join(_named(model, [column for column, _ in steps])) for steps in _ways(model))


def _named(model: type[models.Model], columns: list[str]) -> Iterator[str]:
    at: Any = model
    for column in columns:
        (step,) = (one for one in at._meta.concrete_fields if one.column == column)
        at = step.related_model
        yield step.name


def _written(patient_id: UUID, before: datetime, most: int) -> list[Line]:
    branches, values = [], []
    for number, source in enumerate(sources()):
        where = f"{_belongs(source.steps)} AND h.pgh_created_at < %s"
        branches.append(_branch(number, source.table, where, most))
        values += [patient_id, before]
    return _lines(branches, values, [source.model for source in sources()], most)


def _written_by(person: User, since: datetime, until: datetime, most: int) -> list[Line]:
    """No index leads from a person to the history. But its rows are numbered as they come, and each seal says which
    number had been reached when: so only the rows of these days are looked at."""
    bounds = _sealed_between(since, until)
    branches, values, models_ = [], [], []
    for number, (model, table) in enumerate(_tables()):
        first, last = bounds.get(table, (0, None))
        where = "h.pgh_id > %s AND h.pgh_created_at >= %s AND h.pgh_created_at < %s AND h.pgh_context->>'user' = %s"
        values += [first, since, until, str(person.pk)]
        if last is not None:
            where += " AND h.pgh_id <= %s"
            values.append(last)
        branches.append(_branch(number, table, where, most))
        models_.append(model)
    return _lines(branches, values, models_, most)


def _tables() -> list[tuple[type[models.Model], str]]:
    tracked = [(getattr(event, "pgh_tracked_model", None), event._meta.db_table) for event in apps.get_models()]
    return [(model, table) for model, table in tracked if model is not None]


def _sealed_between(since: datetime, until: datetime) -> dict[str, tuple[int, int | None]]:
    """For each table the last number sealed before the time, and the first one sealed well after it."""
    late = Q(sealed_at__gt=until + SEALED_WITHIN)
    rows = HistorySeal.objects.values("table").annotate(
        first=Max("last_id", filter=Q(sealed_at__lt=since)), last=Min("last_id", filter=late)
    )
    return {row["table"]: (row["first"] or 0, row["last"]) for row in rows}


def _branch(number: int, table: str, where: str, most: int) -> str:
    return (
        f"(SELECT {number:d} AS n, h.pgh_id, h.pgh_obj_id::text, h.pgh_label, h.pgh_created_at AS at, h.pgh_context"  # noqa: S608 - from the models
        f' FROM "{table}" h WHERE {where} ORDER BY h.pgh_created_at DESC LIMIT {most:d})'
    )


def _lines(branches: list[str], values: list[Any], kinds: list[type[models.Model]], most: int) -> list[Line]:
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(branches) + f" ORDER BY at DESC LIMIT {most:d}", values)
        rows = cursor.fetchall()
    found: dict[tuple[type[models.Model], int], Line] = {}
    for number, pgh_id, pk, label, at, context in rows:
        found.setdefault((kinds[number], pgh_id), _change(kinds[number], pk, label, at, context))
    return list(found.values())


def _read(event: ReadEvent) -> Line:
    source = "api" if event.route.startswith(BY_TOKEN) else "web"
    return Line(
        at=event.at, user_id=event.user_id, source=source, address=event.address or "", request_id=event.request_id,
        read=event.what, route=event.route, reason=event.reason, patient_id=event.patient_id,
    )  # fmt: skip


def _change(model: type[models.Model], pk: str, label: str, at: datetime, context: Any) -> Line:
    said = json.loads(context) if isinstance(context, str) else context or {}
    verb = {"insert": "added", "delete": "removed"}.get(label.partition("_")[0], "changed")
    return Line(
        at=at, user_id=_uuid(said.get("user")), source=str(said.get("source") or ""),
        address=str(said.get("address") or ""), request_id=str(said.get("request") or ""),
        wrote=[f"{model._meta.verbose_name} {verb}"], thing=(model, pk),
    )  # fmt: skip


def _uuid(words: object) -> UUID | None:
    try:
        return UUID(str(words)) if words else None
    except ValueError:
        return None


def _together(rows: Iterable[Line]) -> list[Line]:
    """What one request wrote of one patient is one line; what it read is another."""
    lines: list[Line] = []
    written: dict[tuple[str, UUID | None, UUID | None, datetime], Line] = {}
    read: set[tuple[str, UUID | None, UUID | None, str]] = set()
    for row in rows:
        if row.read:
            key = (row.request_id, row.user_id, row.patient_id, row.read)
            if not row.request_id or key not in read:
                lines.append(row)
            read.add(key)
            continue
        at_once = (row.request_id, row.user_id, row.patient_id, row.at)
        known = written.get(at_once)
        if known is None:
            written[at_once] = row
            lines.append(row)
        else:
            known.wrote += [words for words in row.wrote if words not in known.wrote]
    return lines


def _with_people(lines: list[Line]) -> list[Line]:
    people = User.objects.in_bulk({line.user_id for line in lines if line.user_id})
    for line in lines:
        line.person = people.get(line.user_id) if line.user_id else None
    return lines
