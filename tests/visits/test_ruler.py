"""Bits along a site's clock."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.models import Site
from visits.ruler import Ruler, closest


@given(st.sets(st.integers(0, 40)), st.integers(-10, 50))
def test_the_closest_bit_is_the_lower_of_two_as_near(places, wanted):
    expected = min(sorted(places), key=lambda place: abs(place - wanted), default=None)
    assert closest(sum(1 << place for place in places), wanted) == expected


@pytest.mark.parametrize(
    ("zone", "first", "last"),
    [
        ("America/Los_Angeles", date(2027, 3, 12), date(2027, 3, 16)),
        ("America/Los_Angeles", date(2027, 11, 6), date(2027, 11, 8)),
        ("Australia/Lord_Howe", date(2027, 4, 3), date(2027, 4, 5)),
        ("Asia/Kolkata", date(2027, 4, 3), date(2027, 4, 5)),
    ],
)
@pytest.mark.parametrize("minutes", [15, 30])
def test_the_grid_is_that_of_the_wall_clock(zone, first, last, minutes):
    ruler = Ruler(Site(time_zone=zone), first, last)
    kept = ruler.on_grid((1 << ruler.size) - 1, minutes)
    on_clock = [ruler.moment(cell).minute % minutes == 0 for cell in range(ruler.size)]
    assert [bool(kept >> cell & 1) for cell in range(ruler.size)] == on_clock
