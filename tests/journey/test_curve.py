"""The geometry of the outcome picture: pure arithmetic, no database."""

from datetime import UTC, datetime, timedelta

import pytest

from journey import curve

START = datetime(2027, 2, 2, 17, tzinfo=UTC)


def days(*pairs: tuple[float, int]) -> list[tuple[datetime, int]]:
    return [(START + timedelta(days=day), score) for day, score in pairs]


def test_without_a_score_there_is_no_picture():
    assert curve.draw([], [(START, "1", "infusion", True)], 21) is None


@pytest.mark.parametrize(("score", "y"), [(0, curve.BOTTOM), (27, curve.TOP), (13.5, 123.0)])
def test_a_score_stands_at_its_height(score, y):
    assert curve.score_y(score) == y


def test_one_score_stands_at_the_left_with_half_of_the_baseline_as_the_goal():
    drawn = curve.draw(days((0, 21)), [], 21)
    assert [(point.x, point.value) for point in drawn.points] == [(curve.LEFT + 24, 21)]
    assert (drawn.goal_y, drawn.goal) == (curve.score_y(10.5), "half of 21: response")


@pytest.mark.parametrize("baseline", [None, 0])
def test_without_a_baseline_there_is_no_goal(baseline):
    drawn = curve.draw(days((0, 0)), [], baseline)
    assert (drawn.goal_y, drawn.goal) == (None, "")


def test_j0_runs_from_edge_to_edge_with_its_stations_beneath():
    scores = days((0, 21), (3, 18), (7, 15), (10, 12), (14, 9), (17, 7))
    stations = [(at, str(number), "infusion", True) for number, (at, _) in enumerate(scores, start=1)]
    drawn = curve.draw(scores, stations, 21)
    assert (drawn.points[0].x, drawn.points[-1].x) == (curve.LEFT + 24, curve.RIGHT - 24)
    assert [mark.x for mark in drawn.marks] == [point.x for point in drawn.points]
    assert drawn.line.split()[0] == f"64.0,{curve.score_y(21)}"
    assert [point.x for point in drawn.points] == sorted(point.x for point in drawn.points)


def test_a_short_time_is_not_stretched_over_the_whole_width():
    drawn = curve.draw(days((0, 21), (7, 15)), [], 21)
    assert drawn.points[-1].x == (curve.LEFT + curve.RIGHT) / 2


def test_dates_keep_their_distance():
    drawn = curve.draw(days(*((day, 10) for day in range(60))), [], 10)
    gaps = [right - left for (left, _), (right, _) in zip(drawn.days, drawn.days[1:], strict=False)]
    assert gaps
    assert min(gaps) >= curve.MIN_LABEL_GAP


def test_everything_stays_inside_the_box():
    scores = days(*((day, day % 28) for day in range(0, 400, 3)))
    drawn = curve.draw(scores, [(scores[-1][0] + timedelta(days=90), "b", "infusion", True)], 27)
    for point in drawn.points:
        assert curve.LEFT <= point.x <= curve.RIGHT
        assert curve.TOP <= point.y <= curve.BOTTOM
        assert 0 < point.label_y < curve.HEIGHT
    assert drawn.marks[0].x <= curve.RIGHT


def test_the_bands_lie_on_each_other_from_top_to_bottom():
    drawn = curve.draw(days((0, 5)), [], None)
    assert [word for _, _, word in drawn.bands] == ["severe", "moderately severe", "moderate", "mild", "minimal"]
    assert [top for top, _, _ in drawn.bands] == [curve.score_y(high) for high in (27, 20, 15, 10, 5)]
