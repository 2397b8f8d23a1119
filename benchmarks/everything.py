"""All that is measured, in the order of the table."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator

from django.db import connection

from benchmarks import groups, kept, races, reminders, standby
from benchmarks import measure as figures
from benchmarks.cases import World, every
from benchmarks.servers import APP, FLOOR, PROXY, Cluster, Server, serving
from benchmarks.sizes import Size
from benchmarks.table import Check, Row

Piece = tuple[str, Callable[[], Iterable[Row]]]
LATER = ("race", "standby", "reminders", "groups")


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
            ("search misspelled", lambda: [figures.alike(size, app, effort)]),
            ("search growth", lambda: [figures.growth(size, app, less, small, effort)]),
            ("chart long record", lambda: [figures.long_record(world, app, effort)]),
            ("series", lambda: [figures.series(world, app, effort)]),
            ("vitals kept", lambda: [kept.row(world, app, small=is_small)]),
            ("memory", lambda: [figures.memory(cases, app, effort)]),
            ("static", lambda: [figures.static_weight(cases, app)]),
        ]
        yield from _tried(pieces, only)
        if any(only in name for name in LATER):
            with serving(cluster, (APP, "bench"), WEB_WORKERS="2", WEB_THREADS="8") as (other,):
                yield from _tried(_later(cluster, app, other, is_small=is_small), only)


def _later(cluster: Cluster, app: Server, other: Server, *, is_small: bool) -> Iterator[Piece]:
    """What takes another server, or none at all."""
    yield "race", lambda: races.rows(other.address, small=is_small, headers=PROXY)
    if not is_small:  # a copy of the whole cluster takes longer than all else of the small one
        yield "standby", lambda: [standby.row(cluster)]
    yield "reminders", lambda: reminders.rows(small=is_small)
    yield "groups", lambda: groups.rows(cluster, "bench", other, app, small=is_small)


def _tried(pieces: Iterable[Piece], only: str) -> Iterator[Row]:
    """Those that are asked for, one after the other."""
    for name, piece in pieces:
        if only not in name:
            continue
        try:
            yield from piece()
        except Exception:
            traceback.print_exc()
            yield Row(name, checks=(Check("errors", 1, at_most=0),))
        finally:
            connection.close()
