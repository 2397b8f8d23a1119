"""How the database goes about each statement of each case: which indexes it uses, and how much it has to read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from benchmarks.cases import Case, World, every
from benchmarks.measure import captured

_READS = re.compile(r"^\s*(SELECT|WITH|\(SELECT)\b", re.IGNORECASE)
# What goes along in front of a statement: who writes it, for its history, or the locks behind which it reads.
_FIRST = re.compile(r"^\s*SELECT\s+(?:set_config\(|pg_advisory_)[^;]*;\s*", re.IGNORECASE)
_SETS = re.compile(r"\bset_config\(|\bpg_advisory_", re.IGNORECASE)


@dataclass(frozen=True)
class Plan:
    """One statement: the time it took, the pages of eight kilobytes it looked at, and by which ways."""

    case: str
    statement: str
    ms: float
    pages: int
    ways: tuple[str, ...]

    def __str__(self) -> str:
        ways = ", ".join(self.ways) or "no table"
        return f"{self.case}: {self.ms:.1f} ms, {self.pages:,} pages; {ways}; {self.statement[:100]}"


def plans(world: World) -> Iterator[Plan]:
    """Of each case the statements, the dearest first."""
    for case in every(world):
        yield from sorted(_of(case), key=lambda plan: -plan.pages)


def _of(case: Case) -> Iterator[Plan]:
    for sql in dict.fromkeys(_FIRST.sub("", sql) for sql in captured(case)):
        if _READS.match(sql) and not _SETS.search(sql):
            yield _explained(case.name, sql)


def _explained(case: str, sql: str) -> Plan:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}")
        told = cursor.fetchone()[0][0]
    root = told["Plan"]
    pages = root.get("Shared Hit Blocks", 0) + root.get("Shared Read Blocks", 0)
    return Plan(case, " ".join(sql.split()), told["Execution Time"], pages, tuple(dict.fromkeys(_ways(root))))


def _ways(node: dict[str, Any]) -> Iterator[str]:
    """By which index, or that a whole table is read."""
    if index := node.get("Index Name"):
        yield str(index)
    elif node["Node Type"] == "Seq Scan" and node.get("Actual Rows", 0) + node.get("Rows Removed by Filter", 0) > 100:
        yield f"all of {node['Relation Name']}"
    for child in node.get("Plans", ()):
        yield from _ways(child)
