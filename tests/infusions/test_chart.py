"""The chart is numbers: tested without a browser."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from infusions.chart_svg import BP_BOTTOM, BP_TOP, LEFT, RIGHT, Happening, Pump, Reading, draw

START = datetime(2027, 2, 2, 17, 12, tzinfo=UTC)
ZONE = ZoneInfo("America/Los_Angeles")


def _draw(readings=(), happenings=(), pump=None, now=START, **options):
    return draw(readings, happenings, pump or Pump(), now=now, limit=(160, 100), zone=ZONE, **options)


def _at(minutes):
    return START + timedelta(minutes=minutes)


def test_an_empty_chart_has_axis_and_lines_but_no_curve():
    chart = _draw()
    assert chart.curves == {}
    assert chart.band == ""
    assert chart.ticks


def test_higher_pressure_stands_higher():
    chart = _draw([Reading(_at(0), 128, 82), Reading(_at(10), 172, 98)])
    calm, high = chart.pressures
    assert float(high.high) < float(calm.high) < float(calm.low)
    assert chart.band.count(",") == 4


@pytest.mark.parametrize("systolic", [50, 160, 260])
def test_every_reading_stays_inside_its_lane(systolic):
    [mark] = _draw([Reading(_at(0), systolic, 30 if systolic == 50 else 100)]).pressures
    assert BP_TOP <= float(mark.high) <= float(mark.low) <= BP_BOTTOM


def test_a_crossing_has_a_flag_and_a_calm_reading_none():
    chart = _draw([Reading(_at(0), 128, 82), Reading(_at(10), 172, 98, flagged=True)])
    assert [bool(mark.flag) for mark in chart.pressures] == [False, True]


def test_time_runs_from_left_to_right_on_the_site_s_clock():
    chart = _draw([Reading(_at(0), 128, 82)], now=_at(60))
    places = [float(x) for x, _ in chart.ticks]
    assert places == sorted(places)
    assert chart.ticks[0][1] == "09:30"
    assert LEFT < float(chart.now) < RIGHT


def test_the_drug_is_drawn_as_it_ran_and_as_it_will():
    pump = Pump(runs=((_at(0), _at(10)), (_at(15), _at(20))), ends_at=_at(45), stays_until=_at(105))
    chart = _draw(pump=pump, now=_at(20))
    assert len(chart.runs) == 2
    assert chart.plan
    assert float(chart.zone.x) == pytest.approx(float(chart.plan.x) + float(chart.plan.width), abs=0.2)


def test_events_at_one_moment_stand_side_by_side():
    chart = _draw(happenings=[Happening(_at(5)), Happening(_at(5), warn=True)])
    first, second = chart.marks
    assert float(second.x) - float(first.x) == pytest.approx(18)
    assert [mark.number for mark in chart.marks] == [1, 2]


def test_a_stay_of_the_past_has_no_line_of_now():
    assert _draw([Reading(_at(0), 128, 82)], now=_at(5000), here=False).now == ""


def test_the_last_value_is_written_inside_the_chart():
    chart = _draw([Reading(_at(0), heart_rate=80), Reading(_at(85), heart_rate=90)], now=_at(86))
    assert chart.curves["heart_rate"].anchor == "end"
    assert chart.curves["heart_rate"].text == "heart 90"
