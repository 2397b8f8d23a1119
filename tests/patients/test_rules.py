"""Scores, bands, triage and response: each edge by itself."""

import pytest

from patients import rules
from patients.instruments import NOT_ASKED
from patients.rules import Band, Response, Risk


@pytest.mark.parametrize(
    ("total", "band"),
    [
        (0, Band.MINIMAL),
        (4, Band.MINIMAL),
        (5, Band.MILD),
        (9, Band.MILD),
        (10, Band.MODERATE),
        (14, Band.MODERATE),
        (15, Band.MODERATELY_SEVERE),
        (19, Band.MODERATELY_SEVERE),
        (20, Band.SEVERE),
        (27, Band.SEVERE),
    ],
)
def test_phq9_band_at_each_edge(total: int, band: Band) -> None:
    assert rules.band("phq9", total) is band


@pytest.mark.parametrize(
    ("total", "band"),
    [
        (4, Band.MINIMAL),
        (5, Band.MILD),
        (9, Band.MILD),
        (10, Band.MODERATE),
        (14, Band.MODERATE),
        (15, Band.SEVERE),
        (21, Band.SEVERE),
    ],
)
def test_gad7_band_at_each_edge(total: int, band: Band) -> None:
    assert rules.band("gad7", total) is band


def test_score_sums_and_a_screener_has_none() -> None:
    assert rules.score("phq9", [3] * 9) == 27
    assert rules.score("gad7", [1] * 7) == 7
    assert rules.score("cssrs", [0] * 6) is None


@pytest.mark.parametrize(("instrument", "length"), [("phq9", 9), ("gad7", 7), ("cssrs", 6)])
def test_items_missing_altogether_are_refused(instrument: str, length: int) -> None:
    assert "items" in rules.item_errors(instrument, [0] * (length - 1))
    assert rules.item_errors(instrument, [0] * length) == {}


def test_one_item_left_open_is_named() -> None:
    assert list(rules.item_errors("phq9", [0] * 4 + [None] + [0] * 4)) == ["item_5"]


@pytest.mark.parametrize("value", [4, -1, True])
def test_an_answer_outside_the_choices_is_named(value: int) -> None:
    assert list(rules.item_errors("phq9", [value] + [0] * 8)) == ["item_1"]


def test_an_unknown_questionnaire_is_refused() -> None:
    assert "instrument" in rules.item_errors("hamd", [0] * 17)


def test_screener_asks_three_to_five_only_after_a_yes_to_two() -> None:
    assert rules.item_errors("cssrs", [1, 0, None, None, None, 0]) == {}
    assert list(rules.item_errors("cssrs", [1, 1, None, 0, 0, 0])) == ["item_3"]
    assert list(rules.item_errors("cssrs", [0, 0, 0, 1, 0, 0])) == ["item_4"]


def test_screener_always_asks_question_six() -> None:
    assert list(rules.item_errors("cssrs", [0, 0, None, None, None, None])) == ["item_6"]


def test_what_the_screener_skips_is_stored_as_not_asked() -> None:
    assert rules.as_stored("cssrs", [1, 0, 0, None, None, 1]) == [1, 0, NOT_ASKED, NOT_ASKED, NOT_ASKED, 1]


@pytest.mark.parametrize(
    ("items", "risk"),
    [
        ([0, 0, 9, 9, 9, 0], None),
        ([1, 0, 9, 9, 9, 0], Risk.LOW),
        ([0, 1, 0, 0, 0, 0], Risk.LOW),
        ([0, 1, 1, 0, 0, 0], Risk.MODERATE),
        ([0, 0, 9, 9, 9, 1], Risk.MODERATE),
        ([0, 1, 0, 1, 0, 0], Risk.HIGH),
        ([0, 1, 0, 0, 1, 0], Risk.HIGH),
        ([0, 0, 9, 9, 9, 2], Risk.HIGH),
        ([1, 1, 1, 0, 0, 0], Risk.MODERATE),
    ],
)
def test_triage_of_each_answer_alone(items: list[int], risk: Risk | None) -> None:
    assert rules.triage(items) is risk


@pytest.mark.parametrize(("item9", "positive"), [(0, False), (1, True), (3, True)])
def test_item_nine_counts_from_one(item9: int, positive: bool) -> None:
    assert rules.item9_positive([0] * 8 + [item9]) is positive


@pytest.mark.parametrize(
    ("baseline", "current", "response"),
    [
        (20, 17, Response.NONE),
        (20, 16, Response.IMPROVEMENT),
        (20, 15, Response.IMPROVEMENT),
        (20, 14, Response.PARTIAL),
        (20, 11, Response.PARTIAL),
        (20, 10, Response.RESPONSE),
        (21, 11, Response.PARTIAL),
        (21, 10, Response.RESPONSE),
        (21, 9, Response.RESPONSE),
        (20, 25, Response.NONE),
        (0, 0, Response.NONE),
    ],
)
def test_response_at_each_edge_without_rounding(baseline: int, current: int, response: Response) -> None:
    assert rules.response(baseline, current) is response


def test_improvement_by_a_percentage_is_exact() -> None:
    assert rules.improved_by(20, 16, 20)
    assert not rules.improved_by(21, 17, 20)  # 19.04 %


def test_remission_below_five_and_worsening_from_five() -> None:
    assert rules.remission(4)
    assert not rules.remission(5)
    assert rules.worsening(10, 15)
    assert not rules.worsening(10, 14)


def test_checklist_keys_are_unique_and_fit_their_column() -> None:
    assert len(rules.BY_KEY) == len(rules.CONTRAINDICATIONS)
    assert max(map(len, rules.BY_KEY)) <= 40
    assert sum(line.absolute for line in rules.CONTRAINDICATIONS) == 10
