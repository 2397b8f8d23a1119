"""What a process of the web holds when a page is out, and what it has loaded before it was asked for."""

import gc
import weakref
from collections.abc import Iterator

import pytest
from django.template import engines
from django.test import RequestFactory


class Row:
    """Something that a page shows."""

    name = "Ada"


@pytest.fixture
def uncollected() -> Iterator[None]:
    """Nothing goes but what nobody refers to any more."""
    gc.disable()
    yield
    gc.enable()


def test_what_a_page_has_shown_goes_with_it(uncollected):
    row = Row()
    shown = weakref.ref(row)
    page = engines["django"].from_string("{{ row.name }}{% with again=row %}, {{ again.name }}{% endwith %}")
    assert page.render({"row": row}, RequestFactory().get("/")) == "Ada, Ada"
    del row
    assert shown() is None
