"""What a course costs: table tests to the cent, and what holds for every plan."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insurance.estimate_items import (
    Bundle,
    Item,
    Price,
    Sum,
    Visits,
    alone,
    booster_days,
    cents,
    items,
    may_be_disputed,
    usual_days,
)
from insurance.estimate_rules import Terms, with_plan, year_of

D = Decimal
TUESDAY = date(2027, 2, 2)
KNOWN = Terms(
    plan="tidewater",
    payer="Tidewater Mutual",
    checked_on=date(2027, 1, 20),
    in_network=True,
    coinsurance=20,
    deductible=D(400),
    deductible_met=D(0),
    limit=D(3000),
    limit_met=D(0),
)
PRICES = [
    Price("90792", "Evaluation", "Evaluación", "evaluation", "medical", D(350), D(300)),
    Price("96365", "Infusion, first hour", "", "infusion", "medical", D(500), D(420)),
    Price("J3490", "Ketamine", "", "infusion", "medical", D(60), D(30)),
    Price("90837", "Therapy", "", "therapy", "behavioral", D(200), D(180)),
    Price("80053", "Laboratory", "", "series", "medical", D(45)),
]


def priced(on: date) -> list[Price]:
    return PRICES


def charge(
    amount: str, day: int = 0, *, service: str = "infusion", leg: str = "medical", billed: str = "", code: str = "96365"
) -> Item:
    full = D(billed or amount)
    return Item(service, 1, TUESDAY + timedelta(days=day), code, "Infusion", "", leg, full, full, D(amount))


def shares(found: Sum) -> list[D | None]:
    return [line.share for line in found.lines]


def whys(found: Sum, place: int = 0) -> list[str]:
    return [why.name for why in found.lines[place].whys]


def paid(*amounts: str, **changes: Any) -> list[D | None]:
    expected = [charge(amount, day) for day, amount in enumerate(amounts)]
    return shares(with_plan(expected, {"medical": [replace(KNOWN, **changes)]}))


def numbers(*amounts: str) -> list[D]:
    return [D(amount) for amount in amounts]


@pytest.mark.parametrize(
    ("changes", "amounts", "shares_of_each"),
    [
        ({}, ["250", "250", "250"], ["250", "170", "50"]),  # 250; 150 + 20 % of 100; 20 % of 250
        ({"deductible_met": D(400)}, ["100.05"], ["20.01"]),
        ({"deductible_met": D(400)}, ["0.03"], ["0.01"]),  # 0.006 goes up
        ({"deductible_met": D(400)}, ["0.02"], ["0.00"]),  # 0.004 goes down
        ({"deductible_met": D(400), "coinsurance": 50}, ["0.05"], ["0.03"]),  # half a cent goes up
        ({"deductible_met": D("399.99")}, ["100"], ["20.01"]),  # one cent, then 20 % of 99.99
        ({"deductible_met": D(500)}, ["100"], ["20"]),  # more met than there is to meet
        ({"coinsurance": None, "copay": D(40)}, ["400", "100", "25"], ["400", "40", "25"]),
        ({"coinsurance": None, "copay": D(40)}, ["430"], ["430"]),  # the copay is no more than what is left
        ({"deductible": D(0), "coinsurance": 0}, ["100"], ["0"]),
        ({"coinsurance": 100}, ["100", "500"], ["100", "500"]),
        ({"limit": D(450)}, ["400", "500", "100"], ["400", "50", "0"]),
        ({"limit": D(450), "limit_met": D(450)}, ["400"], ["0"]),
        ({"limit": D(3000), "limit_met": D(2990), "deductible_met": D(400)}, ["100"], ["10"]),
    ],
)
def test_deductible_first_then_the_share_until_the_limit(
    changes: dict[str, Any], amounts: list[str], shares_of_each: list[str]
) -> None:
    assert paid(*amounts, **changes) == numbers(*shares_of_each)


def test_the_lines_say_of_what_they_are_made() -> None:
    found = with_plan([charge("250"), charge("250", 3), charge("3000", 7), charge("9000", 10), charge("1", 11)],
                      {"medical": [replace(KNOWN, limit=D(1500))]})  # fmt: skip
    assert [whys(found, place) for place in range(5)] == [
        ["deductible_all"],
        ["deductible_part", "coinsurance"],
        ["coinsurance"],
        ["coinsurance", "limit_reached"],
        ["limit_was_reached"],
    ]
    assert found.share == D(1500)


def test_one_copay_a_visit_however_many_codes_it_has() -> None:
    plan = replace(KNOWN, deductible=D(0), coinsurance=None, copay=D(40))
    found = with_plan([charge("500"), charge("60", code="J3490"), charge("500", 3)], {"medical": [plan]})
    assert shares(found) == numbers("40", "0", "40")
    assert whys(found, 1) == ["copay_paid"]


def test_a_plan_with_both_asks_the_copay_for_visits_and_the_share_for_the_rest() -> None:
    plan = replace(KNOWN, deductible=D(0), copay=D(40))
    found = with_plan([charge("200", service="therapy"), charge("200", 1)], {"medical": [plan]})
    assert shares(found) == numbers("40", "40.00")
    assert [whys(found, 0), whys(found, 1)] == [["copay"], ["coinsurance"]]


def test_both_legs_of_one_plan_share_its_deductible_and_a_carve_out_has_its_own() -> None:
    expected = [charge("300"), charge("300", 1, service="therapy", leg="behavioral")]
    one = with_plan(expected, {"medical": [KNOWN], "behavioral": [KNOWN]})
    assert shares(one) == numbers("300", "140.00")
    carved = with_plan(expected, {"medical": [KNOWN], "behavioral": [replace(KNOWN, plan="mind")]})
    assert shares(carved) == numbers("300", "300")


def test_a_new_plan_year_inside_the_series_starts_the_deductible_again() -> None:
    plan = replace(KNOWN, deductible_met=D(400), year_begins=date(2026, 2, 5))
    found = with_plan([charge("100"), charge("100", 3), charge("100", 7)], {"medical": [plan]})
    assert shares(found) == numbers("20.00", "100", "100")
    assert [whys(found, place)[0] for place in range(3)] == ["coinsurance", "new_year", "deductible_all"]


@pytest.mark.parametrize(
    ("day", "begins", "starts"),
    [
        ("2027-02-02", None, "2027-01-01"),
        ("2027-02-02", "2026-02-02", "2027-02-02"),
        ("2027-02-01", "2026-02-02", "2026-02-02"),
        ("2027-02-28", "2024-02-29", "2026-03-01"),
        ("2025-06-30", "2026-07-01", "2024-07-01"),
    ],
)
def test_plan_years_turn_on_their_day(day: str, begins: str | None, starts: str) -> None:
    first = date.fromisoformat(begins) if begins else None
    assert year_of(date.fromisoformat(day), first) == date.fromisoformat(starts)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"in_network": False}, "out_of_network"),
        ({"covered": False}, "not_covered"),
        ({"last_on": date(2027, 2, 1)}, "plan_ended"),
        ({"first_on": date(2027, 2, 3)}, "plan_not_begun"),
    ],
)
def test_the_patient_pays_our_price_where_the_plan_does_not(changes: dict[str, Any], why: str) -> None:
    item = replace(charge("300", billed="500"), self_pay=D(420))
    found = with_plan([item], {"medical": [replace(KNOWN, **changes)]})
    assert (found.share, found.total, whys(found)) == (D(420), D(420), [why])


def test_the_last_day_of_a_plan_is_covered() -> None:
    assert paid("100", last_on=TUESDAY, deductible=D(0)) == numbers("20.00")


def test_no_plan_means_the_patient_pays() -> None:
    assert whys(with_plan([charge("300")], {})) == ["no_plan"]


@pytest.mark.parametrize(
    ("changes", "low", "high", "why"),
    [
        ({"checked_on": None}, None, "500", "not_verified"),
        ({"in_network": None}, "300", "500", "network_unknown"),
        ({"deductible": None}, "60.00", "300", "deductible_unknown"),
        ({"deductible_met": None}, "60.00", "300", "deductible_unknown"),
        ({"coinsurance": None, "deductible": D(100)}, "100", "300", "share_unknown"),
        ({"coinsurance": None, "deductible": D(0)}, None, "300", "share_unknown"),
    ],
)
def test_what_the_plan_did_not_say_is_never_nothing(changes: dict[str, Any], low: str, high: str, why: str) -> None:
    found = with_plan([charge("300", billed="500")], {"medical": [replace(KNOWN, **changes)]})
    assert (found.share, found.share_from, found.share_to) == (None, D(low) if low else None, D(high))
    assert why in whys(found)


def test_an_amount_that_nobody_knows_leaves_the_lines_after_it_a_range() -> None:
    unknown = replace(charge("0", billed="400"), allowed=None)
    found = with_plan([unknown, charge("400", 3)], {"medical": [KNOWN]})
    first, second = found.lines
    assert (first.share_from, first.share_to) == (None, D(400))
    assert (second.share_to, found.share_to, found.share_from) == (D(400), D(800), D(400))


def test_a_limit_caps_what_little_is_known_of() -> None:
    unknown = [replace(charge("0", day, billed="400"), allowed=None) for day in range(3)]
    capped = with_plan(unknown, {"medical": [replace(KNOWN, limit=D(500))]})
    assert (capped.share_to, [why.name for why in capped.notes]) == (D(500), ["limit_in_all"])


def test_a_second_plan_and_an_unknown_limit_are_said() -> None:
    found = with_plan([charge("100")], {"medical": [replace(KNOWN, limit=None)]}, secondary=True)
    assert [why.name for why in found.notes] == ["secondary", "limit_unknown"]


def test_one_plan_after_another_pays_by_its_own_terms() -> None:
    old = replace(KNOWN, deductible=D(0), last_on=date(2027, 2, 9))
    new = replace(KNOWN, plan="next", coinsurance=None, deductible=D(0), copay=D(30), first_on=date(2027, 2, 15))
    expected = [charge("100"), charge("100", 10), charge("100", 14)]
    found = with_plan(expected, {"medical": [replace(new, allowed={"96365": D(90)}), old]})
    assert shares(found) == numbers("20.00", "100", "30")
    assert whys(found, 1) == ["plan_ended"]
    assert found.lines[2].item.allowed == D(90)


# The course


def test_a_course_has_every_charge_in_order_of_time() -> None:
    visits = usual_days(TUESDAY, 6, 2, evaluation=date(2027, 1, 19))
    found = items(visits, priced)
    assert len(found) == 1 + 1 + 6 * 2 + 3 + 2 * 2
    assert [item.on for item in found] == sorted(item.on for item in found)
    assert [item.code for item in found if item.service == "booster"] == ["96365", "J3490"] * 2
    assert visits.boosters == booster_days(date(2027, 2, 19), 2) == (date(2027, 3, 5), date(2027, 3, 26))
    assert booster_days(date(2027, 2, 19), 4)[2:] == (date(2027, 4, 23), date(2027, 5, 21))


def test_who_pays_alone_pays_our_price() -> None:
    found = alone(items(usual_days(TUESDAY, 6, 0, evaluation=date(2027, 1, 19)), priced))
    assert found.share == found.total == D(300 + 45 + 6 * 450 + 3 * 180)


def test_a_package_is_one_charge_and_what_it_does_not_hold_costs_more() -> None:
    six = Bundle("SIX", "Series of six", "", D(2900), {"infusion": 6, "therapy": 3})
    course = items(usual_days(TUESDAY, 8, 1), priced)
    found = alone(course, [six])
    assert found.share == D(45 + 2900 + 2 * 450 + 450)
    whole = next(line for line in found.lines if line.item.code == "SIX")
    assert whole.whys[0].values["saved"] == str(6 * 450 + 3 * 180 - 2900)
    assert sum(line.whys[0].name == "in_package" for line in found.lines) == 6 * 2 + 3


@pytest.mark.parametrize(
    "bundle",
    [
        Bundle("EIGHT", "Series of eight", "", D(100), {"infusion": 8}),  # the course is shorter
        Bundle("DEAR", "Series of six", "", D(9000), {"infusion": 6}),  # saves nothing
    ],
)
def test_a_package_that_does_not_fit_or_save_is_left(bundle: Bundle) -> None:
    course = items(usual_days(TUESDAY, 6, 0), priced)
    assert alone(course, [bundle]) == alone(course)


@pytest.mark.parametrize(("charged", "may"), [("1399.99", False), ("1400", True), ("900", False)])
def test_from_400_dollars_more_a_bill_may_be_disputed(charged: str, may: bool) -> None:
    assert may_be_disputed(D(1000), D(charged)) is may


@pytest.mark.parametrize(("amount", "rounded"), [("0.005", "0.01"), ("0.015", "0.02"), ("1.0049", "1.00")])
def test_half_a_cent_goes_up(amount: str, rounded: str) -> None:
    assert cents(D(amount)) == D(rounded)


# What holds for every plan

dollars = st.integers(0, 200_000).map(lambda value: D(value) / 100)
maybe = st.one_of(st.none(), dollars)
plans = st.builds(
    Terms,
    plan=st.just("p"),
    payer=st.just("P"),
    checked_on=st.just(date(2027, 1, 20)),
    in_network=st.sampled_from([True, True, True, None, False]),
    copay=maybe,
    coinsurance=st.one_of(st.none(), st.integers(0, 100)),
    deductible=maybe,
    deductible_met=maybe,
    limit=maybe,
    limit_met=maybe,
    year_begins=st.sampled_from([None, date(2026, 2, 5)]),
)
lines = st.lists(
    st.builds(
        lambda amount, more, day, service, known: replace(
            charge(str(amount), day, billed=str(amount + more), service=service), allowed=amount if known else None
        ),
        dollars,
        dollars,
        st.integers(0, 40),
        st.sampled_from(["infusion", "therapy"]),
        st.booleans(),
    ),
    max_size=6,
).map(lambda found: sorted(found, key=lambda item: item.on))


@settings(max_examples=150, deadline=None)
@given(plan=plans, expected=lines)
def test_a_share_is_never_less_than_nothing_nor_more_than_the_whole(plan: Terms, expected: list[Item]) -> None:
    found = with_plan(expected, {"medical": [plan]})
    for line in found.lines:
        assert 0 <= (line.share_from or 0) <= line.share_to <= line.charge
        assert line.share_to == cents(line.share_to)
        assert line.whys or not line.charge
    assert 0 <= (found.share_from or 0) <= found.share_to <= found.total


@settings(max_examples=150, deadline=None)
@given(plan=plans, expected=lines, more=dollars)
def test_a_higher_deductible_never_costs_less(plan: Terms, expected: list[Item], more: D) -> None:
    known = replace(plan, deductible=plan.deductible or D(0), deductible_met=plan.deductible_met or D(0))
    dearer = replace(known, deductible=(known.deductible or D(0)) + more)
    before, after = (with_plan(expected, {"medical": [one]}) for one in (known, dearer))
    assert (before.share_from or 0) <= (after.share_from or 0)
    assert before.share_to <= after.share_to


@settings(max_examples=80, deadline=None)
@given(plan=plans, expected=lines)
def test_what_is_known_later_lies_in_the_range(plan: Terms, expected: list[Item]) -> None:
    """Whatever the payer will say of what it did not say yet, the sum lies where it was said to lie."""
    range_of = with_plan(expected, {"medical": [plan]})
    told = replace(
        plan,
        in_network=plan.in_network is not False,
        coinsurance=30 if plan.copay is None and plan.coinsurance is None else plan.coinsurance,
        deductible=D(500) if plan.deductible is None else plan.deductible,
        deductible_met=D(100) if plan.deductible_met is None else plan.deductible_met,
    )
    if plan.in_network is False:
        return
    filled = [replace(item, allowed=cents(item.billed / 2)) if item.allowed is None else item for item in expected]
    found = with_plan(filled, {"medical": [told]})
    assert (range_of.share_from or 0) <= (found.share or 0) <= range_of.share_to


def test_an_empty_course_costs_nothing() -> None:
    assert with_plan([], {}).share == alone([]).share == 0
    assert Visits(None, (), ()).days == []
