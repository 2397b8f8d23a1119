"""The register of triggers says what pgtrigger would count."""

import pgtrigger
import pytest
from pgtrigger import registry

from clinic.models import Site
from clinic.triggers import Kept


def test_what_is_kept_is_what_would_be_counted() -> None:
    known = registry._registry
    assert isinstance(known, Kept)
    entries = list(known.data.values())
    assert len(entries) > 100
    assert known.pg_function_names == {trigger.get_pgid(model) for model, trigger in entries}
    assert known.by_db_table == {(model._meta.db_table, trigger.name): trigger for model, trigger in entries}


def test_a_name_that_is_taken_is_refused() -> None:
    (name, taken) = next((t.name, t) for model, t in registry._registry.data.values() if model is Site)
    other = pgtrigger.Protect(name=name, operation=pgtrigger.Truncate)
    assert other != taken
    with pytest.raises(KeyError, match="already used"):
        other.register(Site)
