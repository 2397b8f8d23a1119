"""What a process of the web holds when a page is out, and what it has loaded before it was asked for."""

import gc
import subprocess
import sys
import weakref
from collections.abc import Iterator
from datetime import date

import pytest
from django.template import engines
from django.test import RequestFactory

from clinic import clock
from clinic.collecting import MANY, OLDER
from clinic.runtime.places import PROJECT
from journey import board, chart
from tests.journey.full_day import FullDay

RARE = {"drf_spectacular.generators", "django.test", "unittest", "fpdf", "PIL", "icalendar"}
"""What writes the API's document, papers, pictures and calendars: 28 MB."""


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


@pytest.mark.django_db
def test_the_visits_of_a_board_and_of_a_chart_go_with_it(uncollected):
    day = FullDay(date(2027, 2, 2), turns=(9,), rooms=(1, 0))
    with clock.at(day.at(5)):
        seen = board.read(day.site, day.on, by=day.nurse)
        visit = weakref.ref(seen.day.visits[0].appointment)
        held = chart.read(visit().patient, by=day.nurse)
        infusion = weakref.ref(held.infusions[0])
    assert infusion().appointment == visit()
    del seen, held
    assert (visit(), infusion()) == (None, None)


def test_a_server_begins_without_what_few_requests_need_and_looks_for_garbage_seldom_and_past_what_it_has_loaded():
    loaded = f"print(sorted({RARE!r} & sys.modules.keys()))"
    collecting = f"print(*gc.get_threshold(), len(gc.get_objects()) < {MANY} < gc.get_freeze_count())"
    asked = f"import gc, sys, clinic.wsgi; {loaded}; {collecting}"
    told = subprocess.run([sys.executable, "-Wignore", "-c", asked], cwd=PROJECT, capture_output=True, check=True)
    assert told.stdout.decode().splitlines() == ["[]", f"{MANY} {OLDER} {OLDER} True"]
