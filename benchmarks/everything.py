"""All that is measured, in the order of the table."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator

from django.db import connection

from benchmarks import groups, kept, races, reminders, standby
from benchmarks import measure as figures
from benchmarks.cases import World, every
from benchmarks.servers import APP, FLOOR, PROXY, Cluster, serving
from benchmarks.sizes import Size
from benchmarks.table import Check, Row

Piece = tuple[str, Callable[[], Iterable[Row]]]


def measure(cluster: Cluster, patients: int, few: int, *, is_small: bool, only: str) -> Iterator[Row]:
    """Every row; what can't be measured is a row that does not hold, and the rest goes on."""
    size, less = Size(patients), Size(few)
    effort = figures.SMALL if is_small else figures.FULL
    world = World(size)
    cases = every(world)
    with serving(cluster, (APP, "bench"), (FLOOR, "bench"), (APP, "few")) as (app, floor, small):
        pieces: list[Piece] = [
            ("first request", lambda: [figures.first_request(world, app)]),
            *((case.name, lambda case=case: figures.against_floor(case, app, floor, effort)) for case in cases),
            ("search growth", lambda: [figures.growth(size, app, less, small, effort)]),
            ("chart long record", lambda: [figures.long_record(world, app, effort)]),
            ("series", lambda: [figures.series(world, app, effort)]),
            ("vitals kept", lambda: [kept.row(world, app, small=is_small)]),
            ("memory", lambda: [figures.memory(cases, app, effort)]),
            ("static", lambda: [figures.static_weight(cases, app)]),
        ]
        for name, piece in pieces:
            if only in name:
                yield from _tried(name, piece)
    if only in "race":
        with serving(cluster, (APP, "bench"), WEB_WORKERS="2", WEB_THREADS="8") as (app,):
            yield from _tried("race", lambda: races.rows(app.address, small=is_small, headers=PROXY))
    if only in "standby" and not is_small:  # a copy of the whole cluster takes longer than all else of the small one
        yield from _tried("standby", lambda: [standby.row(cluster)])
    if only in "reminders":
        yield from _tried("reminders", lambda: reminders.rows(small=is_small))
    if only in "groups":
        yield from _tried("groups", lambda: groups.rows(cluster, "bench", small=is_small))


def _tried(name: str, piece: Callable[[], Iterable[Row]]) -> Iterator[Row]:
    try:
        yield from piece()
    except Exception:
        traceback.print_exc()
        yield Row(name, checks=(Check("errors", 1, at_most=0),))
    finally:
        connection.close()
