"""Days and codes, at each edge."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insurance import rules

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("scheduled", "service", "due"),
    [
        (date(2027, 1, 20), date(2027, 2, 2), date(2027, 1, 21)),  # J0: 9 business days
        (date(2027, 1, 15), date(2027, 2, 2), date(2027, 1, 21)),  # J0: 11, Martin Luther King Day between
        (date(2027, 1, 19), date(2027, 2, 2), date(2027, 1, 22)),  # 10: three days
        (date(2027, 3, 1), date(2027, 3, 4), date(2027, 3, 2)),  # 3: one day
        (date(2027, 3, 1), date(2027, 3, 3), date(2027, 3, 1)),  # 2: the same day
        (date(2027, 2, 10), date(2027, 2, 12), date(2027, 2, 10)),  # J5
        (date(2027, 3, 5), date(2027, 3, 10), date(2027, 3, 8)),  # Friday: one business day is Monday
        (date(2027, 3, 1), date(2027, 3, 1), date(2027, 3, 1)),
    ],
)
def test_gfe_due_at_each_edge(scheduled: date, service: date, due: date) -> None:
    assert rules.gfe_due(scheduled, service) == due


def test_gfe_due_with_a_day_the_clinic_names_itself() -> None:
    closed = {date(2027, 3, 2)}
    assert rules.gfe_due(date(2027, 3, 1), date(2027, 3, 5), closed) == date(2027, 3, 3)


def test_gfe_on_request_is_due_in_three_business_days() -> None:
    assert rules.gfe_due_on_request(date(2027, 1, 14)) == date(2027, 1, 20)


def test_business_days_of_j0() -> None:
    assert rules.business_days_ahead(date(2027, 1, 20), date(2027, 2, 2)) == 9
    assert rules.business_days_ahead(date(2027, 1, 15), date(2027, 2, 2)) == 11
    assert rules.business_days_ahead(date(2027, 2, 2), date(2027, 1, 20)) == 0


def test_federal_holidays_of_2027() -> None:
    assert rules.federal_holidays(2027) == {
        date(2027, 1, 1),
        date(2027, 1, 18),
        date(2027, 2, 15),
        date(2027, 5, 31),
        date(2027, 6, 18),  # 19 June is a Saturday
        date(2027, 7, 5),  # 4 July is a Sunday
        date(2027, 9, 6),
        date(2027, 10, 11),
        date(2027, 11, 11),
        date(2027, 11, 25),
        date(2027, 12, 24),  # Christmas is a Saturday
        date(2027, 12, 31),  # New Year's Day of 2028 is a Saturday
    }


def test_new_year_on_a_saturday_is_kept_the_year_before() -> None:
    assert date(2027, 12, 31) in rules.FEDERAL
    assert date(2028, 1, 1) not in rules.federal_holidays(2028)


def test_a_check_holds_to_the_end_of_its_month() -> None:
    assert rules.valid_until(date(2028, 2, 1), None) == date(2028, 2, 29)
    assert rules.valid_until(date(2027, 2, 28), None) == date(2027, 2, 28)
    assert rules.valid_until(date(2027, 2, 1), date(2027, 2, 9)) == date(2027, 2, 9)
    assert rules.valid_until(date(2027, 2, 1), date(2027, 3, 9)) == date(2027, 2, 28)


@given(DAYS, st.integers(0, 60))
def test_an_estimate_is_never_due_before_it_is_asked_for_nor_on_a_day_off(day: date, ahead: int) -> None:
    due = rules.gfe_due(day, day + ahead * rules.ONE_DAY)
    assert due == day or (due > day and rules.is_business_day(due))


@given(DAYS, st.integers(1, 15))
def test_counting_back_gives_the_days_that_were_added(day: date, count: int) -> None:
    assert rules.business_days_ahead(day, rules.add_business_days(day, count)) == count
