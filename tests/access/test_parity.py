"""Whatever a page writes another system can do too, by the same rights, or it is written down why not."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from clinic.api.declaring import Verb
from clinic.policy import Role
from clinic.reauth import ASKS
from tests.access import api_table, table
from tests.access.parity import NO_BUSINESS, OPERATIONS
from tests.access.test_api import DOORS

SYSTEMS = ("api:", "fhir:")
NEW = (
    "{0} writes: name its operation of the API in tests/access/parity.py, or say there why it is no business of "
    "another system."
)


def pages(of: list[URLPattern | URLResolver], space: str = "") -> Iterator[tuple[str, Any]]:
    for one in of:
        if isinstance(one, URLResolver):
            yield from pages(one.url_patterns, space + (f"{one.namespace}:" if one.namespace else ""))
        elif one.name and not (space + one.name).startswith(SYSTEMS):
            yield space + one.name, one.callback


def methods(view: Any) -> set[str]:
    """What its decorator lets through; a view without one takes everything."""
    while view is not None:
        names = inspect.getclosurevars(view).nonlocals if inspect.isfunction(view) else {}
        if "request_method_list" in names:
            return set(names["request_method_list"])
        view = getattr(view, "__wrapped__", None)
    return {"GET", "POST"}


METHODS = {name: methods(view) for name, view in pages(get_resolver().url_patterns)}
WRITING = {name for name, allowed in METHODS.items() if "POST" in allowed}
POSTED = {name for name in OPERATIONS if METHODS.get(name) == {"POST"}}


def of_page(name: str) -> tuple[str, ...]:
    named = OPERATIONS[name]
    return (named,) if isinstance(named, str) else named


def test_every_page_that_writes_has_its_operation_or_a_reason() -> None:
    assert len(WRITING) > 300  # the decorators are still found
    assert [NEW.format(name) for name in sorted(WRITING - set(OPERATIONS) - set(NO_BUSINESS))] == []


def test_no_page_has_both_and_none_is_gone_or_only_read() -> None:
    assert set(OPERATIONS) & set(NO_BUSINESS) == set()
    assert (set(OPERATIONS) | set(NO_BUSINESS)) - WRITING == set()


def test_every_operation_that_is_named_is_there_and_writes() -> None:
    named = {one for name in OPERATIONS for one in of_page(name)}
    assert named - set(api_table.EXPECTED) == set()
    assert [one for one in named if one.startswith("GET")] == []


@pytest.mark.parametrize("name", sorted(POSTED))
def test_who_may_press_it_on_a_page_may_send_it(name: str) -> None:
    """Of a page that only writes. One that is also read may be open to more than may write on it: its verb asks."""
    for operation in of_page(name):
        assert table.EXPECTED[name] <= api_table.EXPECTED[operation], operation  # type: ignore[operator]


def test_nobody_may_send_what_they_may_do_on_no_page() -> None:
    pressed: dict[str, set[Role]] = {}
    for name in OPERATIONS:
        for operation in of_page(name):
            pressed.setdefault(operation, set()).update(table.EXPECTED[name])  # type: ignore[arg-type]
    more = {one: set(api_table.EXPECTED[one]) - may for one, may in pressed.items()}
    assert {one: roles for one, roles in more.items() if roles} == {}


def test_what_a_page_asks_a_password_for_needs_it_here_too() -> None:
    """A token stands for signatures, for which a PIN would do (ADR 36); not for what a page asks more for."""
    grave = {page for page, ask in ASKS.items() if not ask.by_pin and page in OPERATIONS}
    assert len(grave) > 5
    assert {page for page in grave for one in of_page(page) if verb_of(one).proof != page} == set()


def verb_of(operation: str) -> Verb:
    view = DOORS[operation][1]
    found = view.collection.verbs[view.verb_name] if hasattr(view, "verb_name") else None
    verb: Verb = found or (view.collection.update if "{id}" in operation else view.collection.create)
    return verb
