"""The clinic group of the bench, small: what came in by COPY is as whole as what people typed, and pages open."""

import pytest

from benchmarks.load import fill
from benchmarks.sizes import Size
from clinic import integrity

pytestmark = pytest.mark.django_db


def test_loader_leaves_a_whole_clinic() -> None:
    fill(Size(50), processes=1)
    assert {check.name: check.broken() for check in integrity.all_checks() if check.broken()} == {}
