"""The clinic group of the bench, small: what came in by COPY is as whole as what people typed, and pages open."""

import pytest
from django.db import transaction

from benchmarks import measure
from benchmarks.cases import World, every
from benchmarks.load import fill
from benchmarks.sizes import Size
from clinic import integrity
from clinic.models import HistorySeal
from infusions.models import Series

SIZE = Size(60)
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """One clinic group for all that is asked of it; taken back at the end, as a test's own rows are."""
    with django_db_blocker.unblock(), transaction.atomic():
        fill(SIZE, processes=1)
        yield World(SIZE)
        transaction.set_rollback(True)


def test_what_was_copied_is_whole_and_sealed(world):
    assert {check.name: check.broken() for check in integrity.all_checks() if check.broken()} == {}
    assert HistorySeal.objects.filter(table="infusions_vitalsignshistory").exists()


def test_every_case_is_answered_within_its_statements(world):
    """Where a figure stands, that page answered what the case says it must."""
    found = {case.name: (measure.counted(case), case.statements) for case in every(world)}
    assert {name: pair for name, pair in found.items() if pair[0] > pair[1]} == {}


def test_maintenance_of_the_long_record_follows_its_loading_series(world):
    assert list(Series.objects.filter(kind="maintenance").values_list("follows__kind")) == [("loading",)]
