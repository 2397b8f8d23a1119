"""The register of triggers: finds in a step what pgtrigger's own looks for in all of them whenever one is added.

With the seven hundred triggers of this house that looking was a third of every start of a process. The rules are
pgtrigger's: what it asks (`by_db_table`, `pg_function_names`) is answered from what is kept, not counted anew.
"""

from __future__ import annotations

from typing import Any

from pgtrigger import Trigger, registry

Entry = tuple[Any, Trigger]  # a model and what is kept on its table


class Kept(registry._Registry):  # its own methods say no types
    """Keeps each trigger by its table and name, and the names of all functions."""

    def __init__(self, known: dict[str, Entry]) -> None:
        self._of_table: dict[tuple[str, str | None], Trigger] = {}
        self._functions: set[str] = set()
        super().__init__(known)

    @property
    def by_db_table(self) -> dict[tuple[str, str | None], Trigger]:
        return self._of_table

    @property
    def pg_function_names(self) -> set[str]:
        return self._functions

    def __setitem__(self, key: str, value: Entry) -> None:
        super().__setitem__(key, value)  # type: ignore[no-untyped-call]
        model, trigger = value
        self._of_table[model._meta.db_table, trigger.name] = trigger
        self._functions.add(trigger.get_pgid(model))

    def __delitem__(self, key: str) -> None:
        model, trigger = self[key]
        super().__delitem__(key)  # type: ignore[no-untyped-call]
        del self._of_table[model._meta.db_table, trigger.name]
        self._functions.discard(trigger.get_pgid(model))


def keep() -> None:
    """Put the register into pgtrigger's place, with what is known so far."""
    known: Any = registry._registry
    if not isinstance(known, Kept):
        registry._registry = Kept(known.data)
