"""When a relapse is watched for, and when it is confirmed: pure rules (protocol 3.6; journeys J6, J12; all P).

Anchored on the smallest change that matters, 5 points, and the cut of a case, 10 (S-PHQ).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from patients.rules import WORSENING_POINTS, improved_by

CASE_SCORE = 10
CONFIRM_RISE = 8
CONFIRM_SCORE = 15
SECOND_HIT_DAYS = range(7, 15)
"""A second hit so many days after another confirms: from 7 to 14, both included."""
IMPROVED_PERCENT = 20
"""Less was no improvement (protocol 3.4), so there is none to lose."""

CALL_BUSINESS_DAYS = 1
REPEAT_DAYS = 7
SLOT_DAYS = 7
BOOSTERS_TO_SEE = 2
"""After so many boosters a PHQ-9 of 10 or more asks for an evaluation, not for a third (J12)."""


class Hit(StrEnum):
    CASE = "case"
    RISE = "rise"
    LOSS = "loss"


class State(StrEnum):
    NONE = "none"
    WATCH = "watch"
    CONFIRMED = "confirmed"


TRANSITIONS: dict[State, frozenset[State]] = {
    State.NONE: frozenset({State.WATCH, State.CONFIRMED}),
    State.WATCH: frozenset({State.NONE, State.CONFIRMED}),
    State.CONFIRMED: frozenset({State.NONE}),
}


@dataclass(frozen=True)
class Course:
    """What came of a series: the score before it, the best one after it, and whether it was a response or better."""

    baseline: int | None
    nadir: int | None
    responded: bool

    def rise(self, score: int) -> int:
        """Points above the best score; none while no best score is known."""
        return 0 if self.nadir is None else score - self.nadir


def hits(course: Course, score: int) -> tuple[Hit, ...]:
    """Every sign of relapse in one PHQ-9.

    10 or more after response or remission; 5 or more above the best score; half of the improvement lost, or more.
    """
    found = []
    if course.responded and score >= CASE_SCORE:
        found.append(Hit.CASE)
    if course.rise(score) >= WORSENING_POINTS:
        found.append(Hit.RISE)
    if _lost_half(course, score):
        found.append(Hit.LOSS)
    return tuple(found)


def _lost_half(course: Course, score: int) -> bool:
    if course.baseline is None or course.nadir is None:
        return False
    gained = course.baseline - course.nadir
    return improved_by(course.baseline, course.nadir, IMPROVED_PERCENT) and course.rise(score) * 2 >= gained


def is_grave(course: Course, score: int) -> bool:
    """Whether one hit confirms by itself: 8 or more above the best score, or 15 in all."""
    return course.rise(score) >= CONFIRM_RISE or score >= CONFIRM_SCORE


def after_hit(now: State, *, days_since_hits: Sequence[int], grave: bool) -> State:
    """The state that follows a hit; `days_since_hits` are those of the hits before it."""
    if now is State.CONFIRMED or grave or any(days in SECOND_HIT_DAYS for days in days_since_hits):
        return State.CONFIRMED
    return State.WATCH


def after_calm(now: State, *, boosters: int, score: int) -> State:
    """The state that follows a score without a hit: a watch ends; a relapse ends once two boosters have brought it
    below 10."""
    if now is State.CONFIRMED and (boosters < BOOSTERS_TO_SEE or score >= CASE_SCORE):
        return State.CONFIRMED
    return State.NONE


def asks_for_evaluation(now: State, *, boosters: int, score: int) -> bool:
    """Two boosters were given for a relapse, and the score is still that of a case."""
    return now is State.CONFIRMED and boosters >= BOOSTERS_TO_SEE and score >= CASE_SCORE
