"""The table of `make bench` says no when a figure is above its bound, and says which."""

import pytest

from benchmarks.table import Check, Row, missed, percentile, render


@pytest.mark.parametrize(
    ("check", "holds"),
    [
        (Check("statements", 8, at_most=8), True),
        (Check("statements", 9, at_most=8), False),
        (Check("sent a second", 300, at_least=300), True),
        (Check("sent a second", 299.9, at_least=300), False),
        (Check("winners", 20, at_most=20, at_least=20), True),
        (Check("winners", 21, at_most=20, at_least=20), False),
        (Check("winners", 19, at_most=20, at_least=20), False),
        (Check("× floor", float("nan"), at_most=3), False),
    ],
)
def test_a_figure_past_its_bound_does_not_hold(check: Check, holds: bool) -> None:
    assert check.holds is holds


def test_row_holds_when_each_of_its_checks_does_and_names_the_one_that_does_not() -> None:
    good = Row("search", checks=(Check("statements", 6, at_most=6), Check("× floor", 2.9, at_most=3)))
    bad = Row("search", clients=8, checks=(Check("statements", 6, at_most=6), Check("× floor", 3.2, at_most=3)))
    assert missed([good]) == []
    assert missed([good, bad]) == ["search (8): × floor ≤ 3 (is 3.2)"]


def test_table_shows_every_figure_once_and_what_is_missed() -> None:
    row = Row("chart", 8, 1.25, 2.5, 3.0, 1234.5, 12, 45_678, 9_100, 2.5, (Check("× floor", 2.5, at_most=2),))
    head, rule, line = render([row]).splitlines()
    assert [cell.strip() for cell in line.split("|")[1:-1]] == [
        "chart", "8", "1.2", "2.5", "3.0", "1,234", "12", "45.7", "9.1", "2.50", "× floor ≤ 2 (is 2.5)", "NO",
    ]  # fmt: skip
    assert len(head) == len(rule) == len(line)


def test_percentile_of_few_is_the_largest() -> None:
    assert percentile([5, 1, 3], 0.95) == 5
    assert percentile(range(100), 0.5) == 50
