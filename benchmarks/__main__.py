"""`python -m benchmarks`: load a group of clinics, measure, print the table. Ends with 1 when a bound does not hold.

`python -m benchmarks fill` only fills the empty, migrated database that DATABASE_URL names; `plans` instead of `fill`
says of one that is full how it goes about each statement.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from benchmarks.sizes import FULL, SMALL, Size

FILL_SECONDS = 300


def fill(patients: int) -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    django.setup()
    from django.db import connection

    from benchmarks import load
    from clinic.models import Site

    if Site.objects.exists():
        sys.exit("This database is not empty.")
    load.fill(Size(patients))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def explain(patients: int) -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    django.setup()
    from benchmarks.cases import World
    from benchmarks.plans import plans

    for plan in plans(World(Size(patients))):
        sys.stdout.write(f"{plan}\n")


def bench(patients: int, *, is_small: bool, keep: bool, only: str) -> int:
    from benchmarks import servers
    from benchmarks.table import Check, Row, missed, render

    few = max(200, patients // 100)
    cluster, rows = servers.Cluster.start(), []
    os.environ.update(cluster.environment("bench"))
    if not keep:
        servers.migrate(cluster)
    with ThreadPoolExecutor(2 if is_small else 1) as pool:  # one after the other, where the seconds are looked at
        sizes = [] if keep else [("bench", patients), ("few", few)]
        filled = [pool.submit(servers.fill, cluster, *size) for size in sizes]
        collected = pool.submit(servers.collect, cluster)
        import django

        django.setup()  # a second, while the databases are filled
    collected.result()
    if filled:
        took, _ = (one.result() for one in filled)
        loaded = Check("s", took, at_most=FILL_SECONDS)
        rows.append(Row(f"load {patients:,} patients", per_second=patients / took, checks=(loaded,)))
    logging.disable(logging.WARNING)  # what the counting client asks is no news
    from benchmarks import everything

    with suppress(KeyboardInterrupt):  # whoever has seen enough gets the table so far
        for row in everything.measure(cluster, patients, few, is_small=is_small, only=only):
            rows.append(row)
            sys.stderr.write(f"  {row.case} ({row.clients}): {'; '.join(map(str, row.checks))}\n")
    sys.stdout.write(f"{render(rows)}\n")
    if failed := missed(rows):
        sys.stdout.write("Bounds that do not hold:\n" + "".join(f"- {line}\n" for line in failed))
    return 1 if failed else 0


ALONE = {"fill": fill, "plans": explain}


def main(arguments: list[str]) -> int:
    reader = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure the clinic against its bounds.")
    reader.add_argument("what", nargs="?", choices=sorted(ALONE), help="work on the database of DATABASE_URL")
    reader.add_argument("--patients", type=int, help="100,000, or 1,000 when small")
    reader.add_argument("--small", action="store_true", help="less of everything: a minute in all")
    reader.add_argument("--only", default="", help="only what has these words in its name")
    reader.add_argument("--keep", action="store_true", help="measure what was loaded the last time")
    asked = reader.parse_args(arguments)
    began = time.monotonic()
    patients = asked.patients or (SMALL if asked.small else FULL).patients
    if asked.what:
        ALONE[asked.what](patients)
        return 0
    code = bench(patients, is_small=asked.small, keep=asked.keep, only=asked.only)
    sys.stdout.write(f"{time.monotonic() - began:.0f} s in all.\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
