"""What money and insurance count by: business days, the estimate's day, how long a check holds.

Pure: no database, no clock. Sources are keys of the protocol's source list.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Container, Iterable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from math import ceil
from typing import NamedTuple

ONE_DAY = timedelta(days=1)

# Business days (45 CFR 149.610, S-GFE).
SCHEDULED_WELL_AHEAD = 10
SCHEDULED_AHEAD = 3
GFE_DAYS_WELL_AHEAD = 3
GFE_DAYS_AHEAD = 1
GFE_DAYS_ON_REQUEST = 3


def _nth(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def _last(year: int, month: int, weekday: int) -> date:
    last = date(year, month, monthrange(year, month)[1])
    return last - timedelta(days=(last.weekday() - weekday) % 7)


def observed(holiday: date) -> date:
    """The day off: a Saturday's holiday is kept on Friday, a Sunday's on Monday (5 U.S.C. 6103)."""
    return holiday + {5: -ONE_DAY, 6: ONE_DAY}.get(holiday.weekday(), timedelta())


def federal_holidays(year: int) -> frozenset[date]:
    """The days in `year` on which US federal holidays are kept (5 U.S.C. 6103).

    New Year's Day that falls on a Saturday is kept on 31 December, which then stands in the year before.
    """
    fixed = (date(year, 1, 1), date(year, 6, 19), date(year, 7, 4), date(year, 11, 11), date(year, 12, 25))
    days = {
        _nth(year, 1, 0, 3),  # Martin Luther King Jr.
        _nth(year, 2, 0, 3),  # Presidents' Day
        _last(year, 5, 0),  # Memorial Day
        _nth(year, 9, 0, 1),  # Labor Day
        _nth(year, 10, 0, 2),  # Columbus Day
        _nth(year, 11, 3, 4),  # Thanksgiving
        *(observed(day) for day in fixed),
    }
    if year < date.max.year:
        days.add(observed(date(year + 1, 1, 1)))
    return frozenset(day for day in days if day.year == year)


class FederalHolidays(Container[date]):
    """Every federal holiday of every year, asked with `in`."""

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and day in federal_holidays(day.year)


FEDERAL: Container[date] = FederalHolidays()


def is_business_day(day: date, holidays: Container[date] = FEDERAL) -> bool:
    return day.weekday() < 5 and day not in holidays


def business_days_ahead(first: date, last: date, holidays: Container[date] = FEDERAL) -> int:
    """Business days after `first`, up to and with `last`; 0 when `last` is not after `first`."""
    return sum(is_business_day(first + timedelta(days=step), holidays) for step in range(1, (last - first).days + 1))


def add_business_days(day: date, count: int, holidays: Container[date] = FEDERAL) -> date:
    """The `count`-th business day after `day`."""
    while count > 0:
        day += ONE_DAY
        count -= is_business_day(day, holidays)
    return day


def gfe_due(scheduled_on: date, service_on: date, holidays: Container[date] = FEDERAL) -> date:
    """The last day to give a self-paying patient the good-faith estimate (45 CFR 149.610, S-GFE).

    Scheduled 10 or more business days ahead: within 3 business days. 3 to 9 ahead: within 1. Sooner than that the rule
    names no day; we give it the same day (J5, P).
    """
    ahead = business_days_ahead(scheduled_on, service_on, holidays)
    if ahead >= SCHEDULED_WELL_AHEAD:
        return add_business_days(scheduled_on, GFE_DAYS_WELL_AHEAD, holidays)
    if ahead >= SCHEDULED_AHEAD:
        return add_business_days(scheduled_on, GFE_DAYS_AHEAD, holidays)
    return scheduled_on


def gfe_due_on_request(asked_on: date, holidays: Container[date] = FEDERAL) -> date:
    """The last day to answer a request, or a question about cost, with an estimate (45 CFR 149.610, S-GFE)."""
    return add_business_days(asked_on, GFE_DAYS_ON_REQUEST, holidays)


def business_day_before(day: date, holidays: Container[date] = FEDERAL) -> date:
    """The last business day before `day`."""
    day -= ONE_DAY
    while not is_business_day(day, holidays):
        day -= ONE_DAY
    return day


def month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def valid_until(checked_on: date, ends_on: date | None) -> date:
    """How long a check of benefits holds: to the end of its month, or to the plan's last day before that (S-QC, P)."""
    until = month_end(checked_on)
    return min(until, ends_on) if ends_on else until


# Authorizations: one unit an infusion, each on a day that the authorization includes.

EXTEND_BEFORE_USED = Fraction(4, 5)  # ask for more before so much of it is used (Table A, pa_warn)


RENEW_DAYS = 10
"""And so many days before its last one (Table A, pa_warn)."""


class Approval(NamedTuple):
    """So many infusions from one day to another, both included."""

    units: int
    first: date
    last: date


def allot(days: Iterable[date], approvals: Sequence[Approval]) -> list[int | None]:
    """For each day, in order of time, the place of the approval that pays it; None where none does.

    The one that ends first pays first, so that no unit is lost that could have been used.
    """
    left = [approval.units for approval in approvals]
    found: list[int | None] = []
    for day in sorted(days):
        open_ones = [place for place, one in enumerate(approvals) if one.first <= day <= one.last and left[place] > 0]
        place = min(open_ones, key=lambda place: (approvals[place].last, place), default=None)
        if place is not None:
            left[place] -= 1
        found.append(place)
    return found


def extend_before(units: int) -> int:
    """The number of the infusion before which more units are asked for: 6 units → before the fifth."""
    return max(ceil(EXTEND_BEFORE_USED * units), 1)


def renewal_due(approval: Approval, given: Sequence[date]) -> date:
    """The day from which a new authorization is asked for: 80 % of the units are used, or 10 days are left.

    `given` are the days of the infusions it has paid, in order (protocol 6.3; Table A, pa_warn).
    """
    by_days = max(approval.last - timedelta(days=RENEW_DAYS), approval.first)
    used_up = extend_before(approval.units)
    return min(by_days, given[used_up - 1]) if len(given) >= used_up else by_days
