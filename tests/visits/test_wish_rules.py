"""Pure rules of the waiting list: which start suits, how long an offer stands, what it would break."""

from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from visits.courses import Point, Windows
from visits.rules import Gaps
from visits.wish_rules import Wish, answer_until, new_breaches

LA = ZoneInfo("America/Los_Angeles")
DAYS = ("2027-02-02", "2027-02-05", "2027-02-09", "2027-02-12", "2027-02-16", "2027-02-19")


def at(day: str, clock: str = "09:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=LA)


def point(number: int, kind: str, start: datetime) -> Point:
    return Point(UUID(int=number), kind, start, start + timedelta(hours=2))


SERIES = [
    *(point(number, "infusion", at(day)) for number, day in enumerate(DAYS, start=1)),
    point(7, "preparation", at("2027-01-28")),
    point(8, "midpoint", at("2027-02-10")),
    point(9, "integration", at("2027-02-22")),
]


@pytest.mark.parametrize(
    ("weekdays", "begins", "ends", "start", "suits"),
    [
        ((), None, None, at("2027-02-04"), True),
        ((1,), None, None, at("2027-02-02"), True),
        ((1,), None, None, at("2027-02-03"), False),
        ((), time(10), None, at("2027-02-02", "09:45"), False),
        ((), time(10), None, at("2027-02-02", "10:00"), True),
        ((), None, time(12), at("2027-02-02", "12:00"), True),
        ((), None, time(12), at("2027-02-02", "12:15"), False),
        ((), None, None, at("2027-03-01"), False),
    ],
)
def test_a_start_suits_by_day_hour_and_last_day(weekdays, begins, ends, start, suits):
    assert Wish(frozenset(weekdays), begins, ends, date(2027, 2, 28), 4).suits(start) is suits


@pytest.mark.parametrize(
    ("now", "start", "notice", "until"),
    [
        (at("2027-02-01", "10:00"), at("2027-02-02"), 2, at("2027-02-01", "14:00")),  # four hours
        (at("2027-02-01", "20:00"), at("2027-02-02", "09:00"), 10, at("2027-02-01", "23:00")),  # the notice comes first
        (at("2027-02-01", "22:00"), at("2027-02-02", "15:00"), 2, at("2027-02-02", "12:00")),  # counted from 08:00
        (at("2027-02-01", "22:00"), at("2027-02-02", "09:00"), 2, None),  # nobody could read it in time
        (at("2027-02-01", "10:00"), at("2027-02-01", "12:00"), 4, None),
        (at("2027-02-01", "10:00"), at("2027-02-01", "12:20"), 2, None),  # twenty minutes are no time to answer
    ],
)
def test_an_offer_stands_four_hours_and_keeps_the_notice(now, start, notice, until):
    assert answer_until(now, start, notice) == until


def test_the_night_before_the_clocks_change_counts_real_hours():
    """Sunday 14 March 2027: at 02:00 it is 03:00. The notice of four hours before 09:00 is 05:00."""
    found = answer_until(at("2027-03-13", "20:55"), at("2027-03-14", "09:00"), 10)
    assert found == at("2027-03-13", "22:00")


@pytest.mark.parametrize(
    ("number", "kind", "to", "broken"),
    [
        (3, "infusion", at("2027-02-08"), set()),
        (3, "infusion", at("2027-02-06"), {"gap"}),  # a day after #2
        (3, "infusion", at("2027-02-11"), {"gap"}),
        (1, "infusion", at("2027-01-27"), {"preparation"}),
        (1, "infusion", at("2027-01-21"), {"preparation", "gap", "span"}),
        (7, "preparation", at("2027-01-26"), set()),
        (8, "midpoint", at("2027-02-03"), {"midpoint"}),
        (9, "integration", at("2027-02-19", "08:00"), {"integration"}),
        (9, "integration", at("2027-02-20"), set()),
        (10, "booster", at("2027-02-20"), {"gap"}),
        (10, "booster", at("2027-02-23"), set()),
    ],
)
def test_a_move_may_break_nothing_new_in_the_treatment(number, kind, to, broken):
    found = new_breaches(SERIES, point(number, kind, to), Windows(Gaps()))
    assert {str(breach[0]) for breach in found} == broken


def test_what_is_broken_already_does_not_forbid_to_come_earlier():
    late = [*SERIES[:5], point(6, "infusion", at("2027-03-05"))]
    for day in ("2027-03-03", "2027-02-19"):
        assert new_breaches(late, point(6, "infusion", at(day)), Windows(Gaps())) == set()
    assert new_breaches(SERIES[:6], point(6, "infusion", at("2027-03-03")), Windows(Gaps())) != set()
