"""How two are compared whose rounds are long, or short."""

import pytest

from benchmarks.client import Side, Turns, duel


class Played(Side):
    """Answers that take so many milliseconds, round by round."""

    def __init__(self, *rounds: list[float]) -> None:
        super().__init__([], lambda browser, number: None)
        self.rounds = list(rounds)

    def round(self, seconds: float, most: int = 0) -> list[float]:
        times = self.rounds.pop(0)
        self.times_ms += times
        return times


WARM = [900.0]


@pytest.mark.parametrize(
    ("mine", "theirs", "ratio"),
    [
        # Long rounds: one of them that was disturbed counts as one of three.
        ([[4.0] * 50, [90.0] * 50, [6.0] * 50], [[2.0] * 90] * 3, 3),
        # Short ones together: in each the slower side's worst stands against what 19 of 20 of the other stay under.
        ([[4.0] * 13 + [9.0], [4.0] * 13 + [9.0], [4.0] * 14], [[2.0] * 38 + [8.0]] * 3, 2),
        # Too few in all to say so: again the round in the middle.
        ([[4.0] * 3, [90.0] * 3, [6.0] * 3], [[2.0] * 3] * 3, 3),
    ],
)
def test_rounds_are_compared_one_by_one_or_together_when_they_are_short(mine, theirs, ratio):
    sides = Played(WARM, *mine), Played(WARM, *theirs)
    assert duel(*sides, Turns(rounds=3, seconds=0)) == ratio
    assert 900 not in sides[0].times_ms + sides[1].times_ms
