"""The outcome picture as geometry and sentences: no database, no browser."""

import itertools
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from journey.outcomes import picture, scales, stops
from journey.outcomes.picture import Given, Happened, Score

ZONE = ZoneInfo("America/Los_Angeles")
START = datetime(2027, 2, 2, 17, tzinfo=UTC)
PHQ9 = scales.SCALES["phq9"]


def scores(*pairs):
    return [Score(START + timedelta(days=day), value) for day, value in pairs]


def drawn(found, given=(), happened=(), *, scale=PHQ9, baseline=21):
    return picture.draw(scale, found, given, happened, baseline=baseline, zone=ZONE)


def test_nothing_is_no_picture():
    assert drawn([]) is None


def test_j0_runs_from_edge_to_edge_and_says_each_score():
    made = drawn(scores((-14, 21), (0, 21), (3, 18), (7, 15), (10, 11), (14, 9), (17, 7)))
    assert (float(made.points[0].x), float(made.points[-1].x)) == (
        picture.LEFT + picture.PAD, picture.RIGHT - picture.PAD,
    )  # fmt: skip
    assert made.points[-1].title == "Fri 19 Feb 2027: PHQ-9 7, mild, 66\u00a0% below the baseline"
    assert [point.value for point in made.points] == [21, 21, 18, 15, 11, 9, 7]


def test_a_score_stands_at_its_height_between_the_bands():
    made = drawn(scores((0, 27), (20, 0)))
    assert (float(made.points[0].y), float(made.points[1].y)) == (picture.TOP, picture.BOTTOM)
    assert [(band.word, band.shade) for band in made.bands] == [
        ("severe", 4), ("moderately severe", 3), ("moderate", 2), ("mild", 1), ("minimal", 0),
    ]  # fmt: skip
    assert sum(float(band.height) for band in made.bands) == pytest.approx(picture.BOTTOM - picture.TOP, abs=0.5)


def test_baseline_response_and_remission_are_lines_with_words():
    words = {guide.kind: guide.words for guide in drawn(scores((0, 21))).guides}
    assert words == {"base": "baseline 21", "goal": "response: 10 or less", "remit": "remission: below 5"}


def test_words_of_two_lines_close_together_do_not_stand_on_each_other():
    goal, remission = drawn(scores((0, 10)), baseline=10).guides[1:]
    assert float(remission.text_y) - float(goal.text_y) >= 12


@pytest.mark.parametrize(
    ("scale", "baseline", "kinds"),
    [("phq9", None, ["remit"]), ("phq9", 0, ["base", "remit"]), ("pcl5", 50, ["base"]), ("who5", 20, ["base"]),
     ("ybocs", 30, ["base", "goal", "remit"])],
)  # fmt: skip
def test_lines_are_drawn_only_where_they_are_defined(scale, baseline, kinds):
    made = drawn(scores((0, 20)), scale=scales.SCALES[scale], baseline=baseline)
    assert [guide.kind for guide in made.guides] == kinds


def test_the_shade_is_where_the_burden_is():
    shades = {band.word: band.shade for band in drawn(scores((0, 20)), scale=scales.SCALES["who5"]).bands}
    assert shades == {"well-being not poor": 0, "poor well-being": 1}


@pytest.mark.parametrize(
    ("scale", "grid"),
    [("phq9", [0, 5, 10, 15, 20, 27]), ("pcl5", [0, 20, 40, 60, 80]), ("cadss6", [0, 6, 12, 18, 24])],
)
def test_the_grid_stands_at_the_bands_or_at_quarters(scale, grid):
    assert [value for _, value in drawn(scores((0, 20)), scale=scales.SCALES[scale]).grid] == grid


def test_where_nobody_asked_for_long_the_line_breaks_and_says_so():
    made = drawn(scores((0, 21), (56, 15), (113, 12), (120, 10)))
    assert [len(run.split()) for run in made.runs] == [2, 2]
    assert [gap.words for gap in made.gaps] == ["no score for 8 weeks"]


def test_infusions_and_boosters_carry_number_and_dose():
    given = [Given(START, "1", Decimal(40)), Given(START + timedelta(days=30), "b1", Decimal("57.5"), booster=True)]
    made = drawn([], given)
    assert [(mark.kind, mark.text, mark.title) for mark in made.given] == [
        ("infusion", "1", "Tue 2 Feb 2027: Infusion 1, 40\u00a0mg"),
        ("booster", "b1", "Thu 4 Mar 2027: Booster 1, 57.5\u00a0mg"),
    ]
    assert [text for _, text in made.doses] == ["40\u00a0mg", "57.5\u00a0mg"]


def test_years_of_boosters_stay_readable():
    given = [Given(START + timedelta(days=14 * n), f"b{n}", Decimal(40), booster=True) for n in range(130)]
    made = drawn([Score(one.at, 5) for one in given], given)
    full = [float(mark.x) for mark in made.given if mark.full]
    assert len(made.given) == 130
    assert min(right - left for left, right in itertools.pairwise(full)) >= picture.MARK_APART
    assert len(made.dates) <= 12
    assert all(float(mark.x) <= picture.RIGHT for mark in made.given)


def test_marks_too_close_to_be_told_apart_are_one_stop_that_says_them_all():
    given = [Given(START + timedelta(days=n), str(n + 1), Decimal(40 if n < 2 else 50)) for n in range(3)]
    given += [Given(START + timedelta(days=700 + n), f"b{n + 1}", Decimal(40), booster=True) for n in range(2)]
    made = drawn(scores((0, 15), (1, 14), (2, 12), (350, 9), (700, 5)), given)
    assert [stop.title for stop in made.score_stops] == [
        "Tue 2 Feb 2027 to Thu 4 Feb 2027: PHQ-9 15, 14 and 12",
        "Tue 18 Jan 2028: PHQ-9 9, mild, 57\u00a0% below the baseline",
        "Tue 2 Jan 2029: PHQ-9 5, mild, 76\u00a0% below the baseline",
    ]
    assert [stop.title.replace("\u00a0", " ") for stop in made.given_stops] == [
        "Tue 2 Feb 2027 to Thu 4 Feb 2027: Infusions 1 and 2, 40 mg; Infusion 3, 50 mg",
        "Tue 2 Jan 2029 to Wed 3 Jan 2029: Boosters 1 and 2, 40 mg",
    ]
    assert [mark for stop in made.given_stops for mark in stop.marks] == list(made.given)


def test_however_many_marks_there_are_the_stops_are_few_and_numbers_are_drawn_over_ticks():
    given = [Given(START + timedelta(hours=12 * n), f"b{n}", Decimal(40), booster=True) for n in range(2000)]
    made = drawn([Score(one.at, 5) for one in given], given)
    most = (picture.RIGHT - picture.LEFT) / stops.APART
    assert max(len(made.score_stops), len(made.given_stops)) <= most
    numbered = [any(mark.full for mark in stop.marks) for stop in made.given_stops]
    assert numbered == sorted(numbered)


def test_flags_are_lettered_and_stand_side_by_side():
    made = drawn(
        scores((0, 20), (60, 10)), (), [Happened(date(2027, 2, 3), "Lost her job"), Happened(date(2027, 2, 3), "Fell")]
    )
    assert [(flag.text, flag.title) for flag in made.flags] == [
        ("A", "Wed 3 Feb 2027: Lost her job"), ("B", "Wed 3 Feb 2027: Fell"),
    ]  # fmt: skip
    assert float(made.flags[1].x) - float(made.flags[0].x) >= picture.MARK_APART


@pytest.mark.parametrize(("place", "text"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA")])
def test_a_flag_has_a_name_however_many_there_are(place, text):
    assert picture.letter(place) == text


@pytest.mark.parametrize("days", [1, 20, 90, 200, 390, 900, 2000, 5000])
def test_dates_keep_their_distance_at_any_length(days):
    shown = [float(x) for x, _ in drawn(scores((0, 10), (days, 5))).dates]
    assert shown
    assert all(right - left >= picture.DATE_APART for left, right in itertools.pairwise(shown))


@pytest.mark.parametrize(
    ("instrument", "score", "word"),
    [("phq9", 20, "severe"), ("phq9", 19, "moderately severe"), ("phq9", 4, "minimal"), ("gad7", 15, "severe"),
     ("pcl5", 34, "above the cut"), ("pcl5", 31, "at the cut, 31 to 33"),
     ("pcl5", 30, "below the cut"), ("madrs", 34, "moderate"),
     ("madrs", 35, "severe"), ("qids", 5, "no symptoms"), ("qids", 21, "very severe"), ("ybocs", 16, "moderate"),
     ("who5", 51, "poor well-being"), ("cadss6", 9, "")],
)  # fmt: skip
def test_bands_follow_the_published_edges(instrument, score, word):
    assert scales.SCALES[instrument].band(score) == word


@pytest.mark.parametrize(
    ("instrument", "baseline", "highest"),
    [("phq9", 21, 10.5), ("phq9", 20, 10), ("ybocs", 30, 19.5), ("phq9", 0, None)],
)
def test_response_is_exact(instrument, baseline, highest):
    assert scales.SCALES[instrument].response_at(baseline) == highest
