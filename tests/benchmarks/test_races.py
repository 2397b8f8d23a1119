"""The races of the bench, small, against a server in this process; and what they say when one is not fair."""

import pytest

from benchmarks import races
from benchmarks.client import session

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("name", races.RACES)
def test_one_wins_and_all_others_are_told(name, live_server):
    house = races.House(5)
    door = races.Door(live_server.url, {}, session(house.desk.email))
    row = races.RACES[name](house, door, 2).row(name, 5)
    assert [str(check) for check in row.checks if not check.holds] == []


def test_a_place_that_is_given_away_twice_or_an_error_holds_no_bound():
    told = races.Told(races.House(1), times_ms=[1.0], seconds=1.0)
    told.judge(told.hear([races.WON, races.WON]))
    told.judge(told.hear([races.LOST, 500]))
    row = told.row("broken", 2)
    assert [check.measured for check in row.checks] == [2, 1, 0]
    assert not row.holds
