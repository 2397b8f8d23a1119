"""Counting outcomes: published survival tables, medians, relapse, and that small numbers can't be worked out."""

import itertools
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey import rules

# Freireich et al., Blood 1963;21:699-716: weeks in remission on 6-MP (+ last seen in remission) and on placebo. The
# survival table stands in Kleinbaum and Klein, Survival Analysis, table 2.1.
SIX_MP = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"


def lives(text):
    found = {}
    for word in text.split():
        day, event = int(word.rstrip("+")), not word.endswith("+")
        events, censored = found.get(day, (0, 0))
        found[day] = (events + event, censored + (not event))
    return found


def test_the_table_of_6_mp_is_the_published_one():
    steps = [step for step in rules.kaplan_meier(lives(SIX_MP)) if step.events]
    assert [(step.day, step.at_risk, step.events, round(float(step.survival), 4)) for step in steps] == [
        (6, 21, 3, 0.8571), (7, 17, 1, 0.8067), (10, 15, 1, 0.7529), (13, 12, 1, 0.6902), (16, 11, 1, 0.6275),
        (22, 7, 1, 0.5378), (23, 6, 1, 0.4482),
    ]  # fmt: skip
    assert rules.median_survival(steps) == 23


def test_the_table_of_placebo_falls_to_zero():
    steps = rules.kaplan_meier(lives(PLACEBO))
    assert {step.day: round(float(step.survival), 4) for step in steps if step.day in {1, 8, 12, 23}} == {
        1: 0.9048, 8: 0.3810, 12: 0.1905, 23: 0.0,
    }  # fmt: skip
    assert rules.median_survival(steps) == 8


def test_who_is_last_seen_on_the_day_of_a_relapse_was_still_at_risk():
    assert [step.survival for step in rules.kaplan_meier({5: (1, 1)})] == [Fraction(1, 2)]


def test_the_interval_of_6_mp_at_10_weeks_is_that_of_the_log_log_scale():
    """Greenwood's standard error there is 0.0963 (Kleinbaum and Klein, table 2.1)."""
    _, _, low, high = rules.at_day(rules.kaplan_meier(lives(SIX_MP)), 10)
    assert (round(low, 3), round(high, 3)) == (0.503, 0.889)


def test_without_anybody_there_is_no_curve():
    assert rules.kaplan_meier({}) == ()
    assert rules.at_day((), 30) == (1, 0, 1.0, 1.0)
    assert rules.median_survival(()) is None


@pytest.mark.parametrize(("day", "left", "at_risk"), [(0, 1.0, 21), (6, 0.8571, 21), (8, 0.8067, 16), (40, 0.4482, 0)])
def test_a_day_between_two_steps_holds_the_share_of_the_step_before(day, left, at_risk):
    survival, watched, *_ = rules.at_day(rules.kaplan_meier(lives(SIX_MP)), day)
    assert (round(float(survival), 4), watched) == (left, at_risk)


LIVES = st.dictionaries(st.integers(0, 60), st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=12).map(
    lambda found: {day: pair for day, pair in found.items() if sum(pair)}
)


@settings(max_examples=60, deadline=None)
@given(LIVES)
def test_the_curve_never_rises_and_stays_between_its_bounds(found):
    steps = rules.kaplan_meier(found)
    left = [step.survival for step in steps]
    assert left == sorted(left, reverse=True)
    assert all(0 <= step.low <= step.high <= 1 for step in steps)
    assert all(step.low - 1e-9 <= step.survival <= step.high + 1e-9 for step in steps)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 60), min_size=1, max_size=40))
def test_without_censoring_the_curve_is_the_share_still_well(days):
    steps = rules.kaplan_meier({day: (count, 0) for day, count in Counter(days).items()})
    for step in steps:
        assert step.survival == Fraction(sum(day > step.day for day in days), len(days))


@pytest.mark.parametrize(
    ("counts", "middle"),
    [({}, None), ({3: 1}, 3), ({2: 1, 5: 1}, Fraction(7, 2)), ({1: 3, 4: 2}, 1), ({1: 2, 4: 2}, Fraction(5, 2))],
)
def test_the_median_is_exact(counts, middle):
    assert rules.median(counts) == middle


# Relapse (J6, J12: PHQ-9 21 before, 7 at the end of the series, nadir 4)


@pytest.mark.parametrize(
    ("scores", "day"),
    [
        ([(14, 4), (35, 4), (63, 6)], None),
        ([(35, 4), (63, 10)], None),  # J6: one hit is a watch
        ([(35, 4), (63, 10), (70, 10)], 70),  # the second hit 7 to 14 days later
        ([(35, 4), (63, 10), (69, 10)], None),  # too soon to confirm
        ([(35, 4), (49, 4), (63, 6), (70, 12)], 70),  # J12: 8 above the best score
        ([(20, 15)], 20),  # 15 in all
    ],
)
def test_a_relapse_is_dated_when_it_is_confirmed(scores, day):
    assert rules.relapse_day(21, 7, scores) == day


# Small numbers

T = 11
ROWS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=6)


@settings(max_examples=200, deadline=None)
@given(ROWS)
def test_no_small_number_can_be_read_or_worked_out(rows):
    hidden, total_hidden = rules.hidden_rows(rows, T)
    shown = [row for place, row in enumerate(rows) if place not in hidden]
    assert all(rules.may_show(row, T) for row in shown)
    if total_hidden:
        assert not shown
        return
    rest = [rows[place] for place in hidden]
    if rest and len(rest) < len(rows):
        assert rules.may_show([sum(column) for column in zip(*rest, strict=True)], T)
        assert len([row for row in rest if any(row)]) != 1


@pytest.mark.parametrize(
    ("rows", "hidden", "total_hidden"),
    [
        ([(40, 20), (30, 15)], set(), False),
        ([(40, 20), (8, 0)], {0, 1}, False),  # one alone could be taken from the total
        ([(40, 20), (30, 15), (8, 0)], {1, 2}, False),  # the smallest goes with it
        ([(40, 20), (8, 0), (9, 0)], {1, 2}, False),
        ([(4, 1), (3, 2)], {0, 1}, True),
        ([(0, 0), (40, 20)], set(), False),
        ([(40, 20), (0, 0), (8, 0)], {0, 2}, False),  # an empty row hides nobody
        ([], set(), False),
    ],
)
def test_rows_are_hidden_with_a_companion(rows, hidden, total_hidden):
    assert rules.hidden_rows(rows, T) == (hidden, total_hidden)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 60), min_size=1, max_size=6))
def test_a_funnel_tells_neither_few_left_nor_few_lost(drops):
    counts = [sum(drops[place:]) for place in range(len(drops))]
    shown = [count for count in rules.shown_steps(counts, T) if count is not None]
    assert not any(rules.is_small(count, T) for count in shown)
    assert not any(rules.is_small(more - fewer, T) for more, fewer in itertools.pairwise(shown))


def test_a_funnel_shows_what_it_may():
    assert rules.shown_steps([100, 95, 80, 8, 0], T) == [100, None, 80, None, 0]
