"""The clinic's report from tallies: rates with their denominators, the file, and what is hidden when it is shared."""

import csv
from collections import Counter
from datetime import date
from uuid import UUID

import pytest

from clinic.models import Site
from journey.reports import curve, export, report
from journey.reports.criteria import Criteria, group_label, group_of
from journey.reports.tally import Tally, total
from journey.rules import kaplan_meier

PINE = Site(pk=UUID(int=1), code="pine", name="Pine Street", time_zone="America/Los_Angeles")
LAKE = Site(pk=UUID(int=2), code="lake", name="Lakeside", time_zone="America/Chicago")
ASKED = Criteria((PINE, LAKE), date(2027, 1, 1), date(2027, 6, 30))
BIG = Tally(
    started=60, running=12, ended=48, missing=12, responded=24, remitted=12, unseen=0,
    first=Counter({3: 10, 4: 14}), relapsed=Counter({40: 12}), last_seen=Counter({100: 12}),
)  # fmt: skip
SMALL = Tally(started=5, ended=5, missing=1, responded=2, remitted=1, first=Counter({2: 2}), last_seen=Counter({9: 2}))


def made(tallies, *, funnel=(100, 90, 70, 60, 48, 24), shared=False):
    return report.make(ASKED, tallies, list(funnel), shared=shared)


def both(small=SMALL):
    return {(str(PINE.pk), "F33"): BIG, (str(LAKE.pk), "F43"): small}


def test_missing_is_counted_and_never_in_the_rate():
    line = made({(str(PINE.pk), "F33"): BIG}).total
    assert (line.tally.missing, line.tally.scored) == (12, 36)
    assert (line.response.words, line.remission.words) == ("67\u00a0%, 24 of 36", "33\u00a0%, 12 of 36")
    assert line.at_least.words == "50\u00a0%, 24 of 48"
    assert line.infusions == "4, of 24"


def test_sites_and_diagnoses_stand_apart_and_add_up():
    shown = made(both())
    assert [(line.label, line.tally.started) for line in shown.sites] == [("Pine Street", 60), ("Lakeside", 5)]
    assert [line.label for line in shown.diagnoses] == ["F33 Major depression, recurrent", "F43 Trauma and stress"]
    assert shown.total.tally == total([BIG, SMALL])


@pytest.mark.parametrize(
    ("n", "of", "percent"), [(1, 3, 33), (2, 3, 67), (1, 2, 50), (1, 8, 13), (0, 5, 0), (0, 0, None)]
)
def test_a_percent_is_whole_with_halves_up(n, of, percent):
    assert report.Rate(n, of).percent == percent


def test_the_funnel_says_who_was_lost_before_each_step():
    stages = made({}).stages
    assert [(stage.count, stage.percent, stage.lost) for stage in stages] == [
        (100, 100, None), (90, 90, 10), (70, 70, 20), (60, 60, 10), (48, 48, 12), (24, 24, 24),
    ]  # fmt: skip


def test_the_curve_is_the_product_limit_with_those_still_followed():
    shown = made({(str(PINE.pk), "F33"): BIG})
    assert [(point.day, point.percent, point.relapsed, point.at_risk) for point in shown.points[:4]] == [
        (30, 100, 0, 24), (60, 50, 12, 12), (90, 50, 12, 12), (180, None, None, 0),
    ]  # fmt: skip
    assert shown.median_days == 40


# Shared


def test_a_small_site_is_hidden_with_the_next_so_that_the_total_does_not_tell():
    shared = made(both(), shared=True)
    assert [line.tally for line in shared.sites] == [None, None]
    assert [line.tally for line in shared.diagnoses] == [None, None]


def test_a_large_site_is_shared_as_it_is():
    shared = made({(str(PINE.pk), "F33"): BIG}, shared=True)
    assert shared.total.tally == BIG
    assert shared.steps == ()
    assert [(point.day, point.percent) for point in shared.points] == [
        (30, 100), (60, 50), (90, 50), (180, None), (365, None),
    ]  # fmt: skip


def test_who_had_halved_and_lost_it_again_is_no_small_number_either():
    lost = Tally(started=60, ended=60, responded=24, remitted=12, first=Counter({3: 26}))
    assert made({(str(PINE.pk), "F33"): lost}).total.infusions == "3, of 26"
    assert made({(str(PINE.pk), "F33"): lost}, shared=True).total.tally is None  # 26 less 24 would tell of two


def test_days_between_which_few_relapsed_are_hidden():
    few = Tally(
        started=60, ended=60, responded=30, remitted=15, relapsed=Counter({40: 12, 70: 3}), last_seen=Counter({400: 15})
    )
    shared = made({(str(PINE.pk), "F33"): few}, shared=True)
    assert [point.percent for point in shared.points] == [100, 60, None, None, None]


def test_a_small_clinic_shares_nothing_but_that():
    shared = made({(str(PINE.pk), "F33"): SMALL}, funnel=(9, 8, 6, 5, 2, 1), shared=True)
    assert shared.total.tally is None
    assert [stage.count for stage in shared.stages] == [None] * 6
    assert (shared.watched, shared.median_days, {point.percent for point in shared.points}) == (None, None, {None})


def test_the_threshold_is_a_setting(settings):
    settings.SMALL_CELL = 2
    assert made({(str(PINE.pk), "F33"): SMALL}, shared=True).threshold == 2


# The file


def rows(shown):
    return list(csv.reader(export.as_csv(shown).decode("utf-8-sig").splitlines()))


def test_the_file_says_the_same_as_the_page():
    shown = made({(str(PINE.pk), "F33"): BIG}, shared=True)
    found = {(row[0], row[1], row[2]): row[3:] for row in rows(shown)}
    assert found["All", "All", "Response"] == ["24", "36", "67"]
    assert found["All", "All", "Ended, score missing"] == ["12", "", ""]
    assert found["All", "All", "Median infusions to response"] == ["4", "24", ""]
    assert found["Way through the clinic", "All", "Started"] == ["hidden", "", ""]
    assert found["Without relapse", "All", "After 60 days"] == ["12", "12", "50"]


def test_no_small_number_is_in_the_file():
    numbers = {
        int(cell) for row in rows(made(both(), shared=True)) if row[0] != "About" for cell in row[3:5] if cell.isdigit()
    }
    assert not numbers & set(range(1, 11)) - {4}  # the median number of infusions counts no people


def test_a_name_that_a_spreadsheet_takes_for_a_formula_is_made_plain():
    strange = Site(pk=UUID(int=3), code="x", name="=Cmd", time_zone="UTC")
    shown = report.make(
        Criteria((strange,), ASKED.first, ASKED.last), {(str(strange.pk), ""): BIG}, [None] * 6, shared=True
    )
    assert ["Site", "'=Cmd"] in [row[:2] for row in rows(shown)]


# Small parts


def test_a_tally_travels_as_it_is():
    assert Tally.from_json(BIG.as_json()) == BIG


@pytest.mark.parametrize(
    ("code", "label"),
    [("F33.2", "F33 Major depression, recurrent"), ("f332", "F33 Major depression, recurrent"), ("X99.1", "X99"),
     ("", "No diagnosis code")],
)  # fmt: skip
def test_a_code_belongs_to_its_category(code, label):
    assert group_label(group_of(code)) == label


def test_the_staircase_goes_down_at_each_relapse_and_ticks_at_each_last_look():
    drawn = curve.draw(kaplan_meier({10: (1, 0), 30: (0, 1)}))
    assert drawn.stairs == "M48.0 16.0H239.3V119.0H622.0V119.0"
    assert drawn.ticks == (("622.0", "119.0"),)
    assert curve.draw(()) is None
