"""Moving infusions for the limits of a series: the same answer as the whole check of a course, within so many tries."""

from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest

from visits.courses import PROVIDER, Course, Point, Windows
from visits.repair_moving import Limits, _moment, smallest_move
from visits.repair_starts import Start
from visits.rules import Gaps

NOON = datetime(2027, 2, 1, 12, tzinfo=UTC)
GAPS = Gaps()


def course(*days, fixed=0, **agreed):
    points = tuple(
        Point(UUID(int=number + 1), "infusion", start := NOON + timedelta(days=day), start, number < fixed)
        for number, day in enumerate(days)
    )
    return Course(UUID(int=99), len(days), points, (), Windows(GAPS), **agreed)


def near(made, days=range(1, 40)):
    return {
        one.visit: sorted(
            (
                Start(at, None, None, int(abs(at - one.start) / timedelta(minutes=1)))
                for at in (NOON + timedelta(days=day) for day in days)
            ),
            key=lambda start: start.cost,
        )
        for one in made.infusions
    }


def movable(made):
    return [one for one in made.infusions if not one.fixed]


@pytest.mark.parametrize("agreed", [{}, {"agreed_gap": 20, "agreed_span": 50}])
def test_the_arithmetic_says_what_the_course_says(agreed):
    for steps in product((1, 2, 5, GAPS.hard_days, GAPS.hard_days + 1, 20, 21), repeat=2):
        made = course(0, steps[0], sum(steps), **agreed)
        grave = any(concern.needs == PROVIDER for concern in made.concerns())
        assert Limits.of(made).keep([_moment(one.start) for one in made.infusions]) is not grave, steps


def test_one_that_is_too_near_moves_a_day():
    made = course(0, 3, 4, 8, fixed=1)
    found = smallest_move(made, movable(made), near(made))
    ((point, start),) = found.moves
    assert abs(start.at - point.start) == timedelta(days=1)
    assert found.whole


def test_when_one_can_not_mend_it_two_move():
    made = course(0, 3, 4, 20, 21, fixed=1)
    found = smallest_move(made, movable(made), near(made))
    assert len(found.moves) == 2
    after = made.moved({point.visit: start.at for point, start in found.moves})
    assert not any(concern.needs == PROVIDER for concern in after.concerns())


def test_what_was_given_too_close_is_a_providers_at_once():
    made = course(0, 1, 5, fixed=2)
    found = smallest_move(made, movable(made), near(made, range(2, 40)), most=0)
    assert (found.moves, found.whole) == ((), True)


def test_cut_short_it_says_so():
    made = course(0, 3, 4, 20, 21, fixed=1)
    found = smallest_move(made, movable(made), near(made), most=50)
    assert (found.moves, found.whole) == ((), False)
