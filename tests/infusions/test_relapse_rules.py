"""Relapse in numbers, at each edge (protocol 3.6; J6, J12)."""

from datetime import date

import pytest

from clinic.models import ProtocolSettings
from infusions import intervals
from infusions.relapse_rules import Course, Hit, State, after_calm, after_hit, asks_for_evaluation, hits, is_grave

RESPONDER = Course(baseline=21, nadir=4, responded=True)
WATCH, CONFIRMED, NONE = State.WATCH, State.CONFIRMED, State.NONE


@pytest.mark.parametrize(
    ("course", "score", "found"),
    [
        (RESPONDER, 4, ()),
        (RESPONDER, 8, ()),  # 4 above the best
        (RESPONDER, 9, (Hit.RISE,)),  # 5 above
        (RESPONDER, 10, (Hit.CASE, Hit.RISE)),
        (RESPONDER, 12, (Hit.CASE, Hit.RISE)),  # 8 of 17 points lost
        (RESPONDER, 13, (Hit.CASE, Hit.RISE, Hit.LOSS)),  # 9 of 17
        (Course(21, 9, True), 9, ()),
        (Course(21, 9, True), 10, (Hit.CASE,)),  # 1 above the best, and a case again
        (Course(21, 9, False), 10, ()),  # never a response
        (Course(20, 16, False), 17, ()),  # 1 of 4 points
        (Course(20, 16, False), 18, (Hit.LOSS,)),  # half of an improvement of exactly 20 %
        (Course(20, 17, False), 20, ()),  # 15 % was no improvement that could be lost
        (Course(20, 12, False), 15, ()),
        (Course(20, 12, False), 16, (Hit.LOSS,)),
        (Course(20, 12, False), 17, (Hit.RISE, Hit.LOSS)),
        (Course(None, None, False), 27, ()),
    ],
)
def test_every_sign_at_its_edge(course, score, found):
    assert hits(course, score) == found


@pytest.mark.parametrize(
    ("course", "score", "grave"),
    [(RESPONDER, 11, False), (RESPONDER, 12, True), (Course(21, 9, True), 14, False), (Course(21, 9, True), 15, True)],
)
def test_8_above_the_best_or_15_in_all_confirms_at_once(course, score, grave):
    assert is_grave(course, score) is grave


@pytest.mark.parametrize(
    ("days", "state"),
    [([], WATCH), ([6], WATCH), ([7], CONFIRMED), ([14], CONFIRMED), ([15], WATCH), ([3, 9], CONFIRMED)],
)
def test_a_second_hit_7_to_14_days_later_confirms(days, state):
    assert after_hit(WATCH, days_since_hits=days, grave=False) is state


def test_a_confirmed_relapse_stays_one_and_a_grave_hit_is_one():
    assert after_hit(CONFIRMED, days_since_hits=[], grave=False) is CONFIRMED
    assert after_hit(NONE, days_since_hits=[], grave=True) is CONFIRMED


@pytest.mark.parametrize(
    ("now", "boosters", "score", "after"),
    [
        (WATCH, 0, 6, NONE),
        (CONFIRMED, 1, 4, CONFIRMED),
        (CONFIRMED, 2, 9, NONE),
        (CONFIRMED, 2, 10, CONFIRMED),
    ],
)
def test_a_calm_score_ends_a_watch_and_two_boosters_below_10_a_relapse(now, boosters, score, after):
    assert after_calm(now, boosters=boosters, score=score) is after


@pytest.mark.parametrize(
    ("now", "boosters", "score", "asked"),
    [(CONFIRMED, 2, 10, True), (CONFIRMED, 2, 9, False), (CONFIRMED, 1, 20, False), (WATCH, 2, 12, False)],
)
def test_10_after_two_boosters_asks_for_an_evaluation(now, boosters, score, asked):
    assert asks_for_evaluation(now, boosters=boosters, score=score) is asked


@pytest.mark.parametrize(
    ("scores", "relapse", "may", "days", "longest"),
    [
        ((4, 4), False, True, 42, 42),
        ((4, 5), False, True, 28, 28),
        ((4, 4), False, False, 28, 28),  # no booster yet in this rhythm
        ((4, 12), True, True, 21, 28),
        ((4, 4), True, True, 21, 42),
    ],
)
def test_the_rule_proposes(scores, relapse, may, days, longest):
    told = [(date(2027, 3, number), score) for number, score in enumerate(scores, start=1)]
    found = intervals.propose(28, told, ProtocolSettings(), relapse=relapse, may_lengthen=may)
    assert (found.days, found.longest, found.change) == (days, longest, days - 28)


def test_the_template_of_the_trial():
    assert intervals.templates(ProtocolSettings()) == {
        "std": [14, 21, 28], "rct": [7] * 4 + [14] * 4 + [28], "prn": [],
    }  # fmt: skip
    assert intervals.due_dates([], date(2027, 2, 19), 3) == []
