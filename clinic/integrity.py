"""Checks of what single constraints can't say: sums, chains and states that span tables.

A room lists its checks in its own `integrity.py` as `CHECKS`; `manage.py verify_integrity` runs them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import connection
from django.utils.module_loading import autodiscover_modules


@dataclass(frozen=True)
class Check:
    """`sql` answers the rows that break the rule; `name` says the rule as a sentence that holds."""

    name: str
    sql: str = ""
    run: Callable[[], list[str]] | None = None

    def broken(self) -> list[str]:
        """A line for each breach, at most a hundred."""
        if self.run is not None:
            return self.run()[:100]
        with connection.cursor() as cursor:
            cursor.execute(self.sql)
            return [", ".join(str(value) for value in row) for row in cursor.fetchmany(100)]


def all_checks() -> Iterator[Check]:
    """Every check of every room, in the order of the house."""
    autodiscover_modules("integrity")
    for config in apps.get_app_configs():
        module = getattr(config.module, "integrity", None)
        yield from getattr(module, "CHECKS", ())
    yield from _history_checks()


def _history_checks() -> Iterator[Check]:
    from clinic import sealing

    yield Check(name="The history’s chain of seals is whole", run=sealing.broken_links)
    for table, history in sealing.audited_tables():
        yield Check(
            name=f"Every row of {table} has its history",
            sql=f'SELECT t.id FROM "{table}" t WHERE NOT EXISTS '  # noqa: S608 - names come from the models
            f'(SELECT 1 FROM "{history}" h WHERE h.pgh_obj_id = t.id)',
        )
