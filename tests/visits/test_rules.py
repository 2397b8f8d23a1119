"""Shapes, gaps, windows and hours, without a database."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from visits.models import Appointment
from visits.rules import (
    Gaps,
    Timing,
    gap_breaches,
    ideal_days,
    midpoint_between,
    round_up,
    shape,
    stages,
    wall_clock_before,
)
from visits.states import TRANSITIONS, Status, allowed, may_become

LA = ZoneInfo("America/Los_Angeles")
NINE = 9


def at(day, hour=NINE, zone=LA):
    return datetime.fromisoformat(f"2027-{day}").replace(hour=hour, tzinfo=zone)


@pytest.mark.parametrize(("minutes", "rounded"), [(53, 55), (55, 55), (1, 5), (60, 60)])
def test_minutes_are_rounded_up_to_the_step(minutes, rounded):
    assert round_up(minutes) == rounded


@pytest.mark.parametrize(
    ("kind", "wish", "minutes"),
    [
        ("infusion", {}, 120),
        ("booster", {"minutes": 60}, 140),
        ("infusion", {"minutes": 47}, 130),
        ("preparation", {}, 55),
        ("midpoint", {"minutes": 80}, 80),
        ("evaluation", {}, 60),
    ],
)
def test_how_long_a_visit_holds_its_room(kind, wish, minutes):
    assert shape(kind, Timing(), **wish).minutes == minutes


def test_an_unknown_kind_is_an_error():
    with pytest.raises(ValueError, match="no kind of visit"):
        shape("party", Timing())


@pytest.mark.parametrize("kind", Appointment.Kind.values)
@pytest.mark.parametrize("first", [False, True])
def test_every_hold_lies_within_the_visit_and_on_the_step(kind, first):
    form = shape(kind, Timing(), first_ever=first)
    for part in form.parts:
        assert 0 <= part.start < part.end <= form.minutes
        assert part.start % 5 == part.end % 5 == 0


def test_the_stages_of_a_longer_infusion():
    assert [(stage.name, stage.start, stage.end) for stage in stages("infusion", Timing(), 140)] == [
        ("preparation", 0, 15),
        ("infusion", 15, 75),
        ("recovery", 75, 135),
    ]


def test_the_ideal_days_of_the_templates():
    tuesday = date(2027, 2, 2)
    assert [(day - tuesday).days for day in ideal_days(tuesday, (1, 4), 6)] == [0, 3, 7, 10, 14, 17]
    monday = date(2027, 2, 1)
    assert [(day - monday).days for day in ideal_days(monday, (0, 2, 4), 8)] == [0, 2, 4, 7, 9, 11, 14, 16]
    assert [(day - monday).days for day in ideal_days(monday, range(5), 6)] == [0, 2, 4, 7, 9, 11]


@pytest.mark.parametrize(("count", "window"), [(6, (2, 5)), (7, (2, 5)), (8, (3, 6))])
def test_the_window_of_the_midpoint(count, window):
    assert midpoint_between(count) == window


def test_a_series_that_keeps_everything_breaks_nothing():
    days = ["02-02", "02-05", "02-09", "02-12", "02-16", "02-19"]
    assert gap_breaches([at(day) for day in days], Gaps()) == []


@pytest.mark.parametrize(
    ("days", "tone", "words"),
    [
        (["02-16", "02-17"], "stop", "Only 24 hours between infusions 1 and 2"),
        (["02-05", "02-16"], "warn", "11 days between infusions 1 and 2"),
        (["02-05", "02-19"], "warn", "14 days"),
        (["02-05", "02-23"], "stop", "18 days between infusions 1 and 2; 14 are the limit"),
        (["02-02", "02-09", "02-16", "02-23", "02-26"], "warn", "spans 24 days, more than 21"),
        (["02-02", "02-09", "02-16", "02-23", "03-02", "03-04"], "stop", "spans 30 days; 28 are the limit"),
    ],
)
def test_each_breach_has_its_sentence(days, tone, words):
    ((found, sentence, _),) = gap_breaches([at(day) for day in days], Gaps())
    assert found == tone
    assert words in sentence


def test_two_days_at_one_hour_are_48_hours_when_the_clock_jumps():
    saturday, monday = at("03-13"), at("03-15")
    assert (monday.astimezone(UTC) - saturday.astimezone(UTC)) == timedelta(hours=47)
    assert gap_breaches([saturday, monday], Gaps()) == []


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        (at("03-15"), 72, at("03-12")),  # over the spring change
        (at("03-15"), 24, at("03-14")),
        (at("11-08"), 72, at("11-05")),  # over the autumn change
        (at("11-08"), 24, at("11-07")),
        (at("02-02"), 36, at("01-31", 21)),
        (at("03-01"), 24, at("02-28")),
    ],
)
def test_so_many_hours_before_on_the_wall_clock(start, hours, due):
    assert wall_clock_before(start, hours, LA) == due


def test_the_day_before_the_first_of_march_in_a_leap_year_is_the_29th():
    start = datetime(2028, 3, 1, 9, tzinfo=LA)
    assert wall_clock_before(start, 24, LA) == datetime(2028, 2, 29, 9, tzinfo=LA)


def test_the_wall_clock_of_a_half_hour_change():
    """On Lord Howe Island the clock goes back half an hour on 4 April 2027."""
    zone = ZoneInfo("Australia/Lord_Howe")
    start = datetime(2027, 4, 5, 9, tzinfo=zone)
    due = wall_clock_before(start, 24, zone)
    assert due.astimezone(zone) == datetime(2027, 4, 4, 9, tzinfo=zone)
    before = wall_clock_before(start, 48, zone)
    assert start - before == timedelta(hours=48, minutes=30)


def test_the_table_of_states_knows_every_state():
    assert set(TRANSITIONS) == set(Status)


@pytest.mark.parametrize("ended", [Status.DONE, Status.CANCELLED, Status.NO_SHOW])
def test_from_an_end_nothing_follows(ended):
    assert allowed(ended) == []
    assert not any(may_become(ended, state) for state in Status)
