"""How far an authorization reaches: units of what is given, its dates and its plan’s, and when it is renewed."""

from datetime import date

import pytest

from insurance.authorizations import Used
from insurance.models import Authorization, Coverage, SelfPay
from insurance.rules import Approval, renewal_due
from insurance.runway import Road

TODAY = date(2027, 2, 10)


def feb(day: int) -> date:
    return date(2027, 2, day)


def road(*given: int, booked: tuple[int, ...] = (), units: int = 6, ends: date = date(2027, 3, 14), plan_ends=None):
    one = Authorization(
        coverage=Coverage(ends_on=plan_ends), number="A-7", units=units, starts_on=feb(2), ends_on=ends, codes=["96365"]
    )
    return Road([one], [Used(feb(day), True) for day in given] + [Used(feb(day), False) for day in booked])


@pytest.mark.parametrize(
    ("found", "day", "said", "meaning"),
    [
        (road(2, 5, 9, booked=(12, 16, 19)), feb(12), "3 of 6 left, ends 14\u00a0Mar", "info"),
        (road(2, 5, 9), feb(12), "3 of 6 left, ends 14\u00a0Mar", "info"),  # not booked yet
        (road(2, 3, 4, 5, 9), feb(12), "1 of 6 left, ends 14\u00a0Mar", "warn"),  # 80 % are used
        (road(ends=feb(20)), feb(12), "6 of 6 left, ends 20\u00a0Feb", "warn"),  # 10 days are left
        (road(ends=feb(21)), feb(12), "6 of 6 left, ends 21\u00a0Feb", "info"),
        (road(2, 5, 9, 10, units=4), feb(12), "No unit left for it: all 4 are used", "warn"),
        (road(2, 5, booked=(12, 16, 19), units=4), feb(19), "No unit left for it: all 4 are used or booked", "warn"),
        (road(2), date(2027, 3, 15), "Authorization ends 14\u00a0Mar", "warn"),
        (road(2), feb(1), "Authorization begins 2\u00a0Feb", "warn"),
        (road(2, plan_ends=feb(9)), feb(12), "Authorization ends 9\u00a0Feb", "warn"),  # J5: with its plan
    ],
)
def test_what_the_chip_says(found, day, said, meaning):
    shown = found.on(day, TODAY)
    assert (shown.sentence, shown.meaning) == (said, meaning)


def test_a_booked_infusion_takes_its_unit_when_it_is_given():
    shown = road(2, 5, 9, booked=(12, 16, 19)).on(feb(16), TODAY)
    assert (shown.left, shown.units, shown.ends_on) == (3, 6, date(2027, 3, 14))


def test_who_pays_alone_or_has_no_authorization_is_shown_none():
    alone = road(2)
    alone.self_pay = [SelfPay(since=feb(10), agreed_at="2027-02-10T09:00Z")]
    assert alone.on(feb(12), TODAY) is None
    assert alone.on(feb(9), TODAY) is not None
    assert Road().on(feb(12), TODAY) is None


@pytest.mark.parametrize(
    ("units", "given", "due"),
    [
        (6, 0, date(2027, 3, 4)),
        (6, 4, date(2027, 3, 4)),
        (6, 5, feb(6)),  # the day on which the fifth was given
        (1, 1, feb(2)),
    ],
)
def test_renewal_is_due_at_80_percent_or_10_days_before_the_end(units, given, due):
    days = [feb(2 + number) for number in range(given)]
    assert renewal_due(Approval(units, feb(2), date(2027, 3, 14)), days) == due


def test_a_short_authorization_is_not_renewed_before_it_begins():
    assert renewal_due(Approval(6, feb(2), feb(8)), []) == feb(2)
