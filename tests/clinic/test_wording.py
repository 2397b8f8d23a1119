"""Numbers, units, ages, distances and names as the house writes them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from clinic import wording

NOW = datetime(2026, 2, 9, 17, 38, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("0.80"), "0.8"),
        (Decimal(".5"), "0.5"),
        (Decimal("40.000"), "40"),
        (Decimal(100), "100"),
        (Decimal("1E+2"), "100"),
        (Decimal("-0.0"), "0"),
        (1.25, "1.25"),
        (40, "40"),
        (0, "0"),
        ("", ""),
        (None, ""),
        ("about 3", "about 3"),
        (Decimal("NaN"), "NaN"),
    ],
)
def test_a_number_has_no_trailing_zero_and_always_a_leading_one(value, shown):
    assert wording.number(value) == shown


def test_a_unit_is_never_parted_from_its_number():
    assert wording.quantity(Decimal("0.80"), "mL") == "0.8\u00a0mL"


def test_nothing_measured_has_no_unit():
    assert wording.quantity(None, "mL") == ""


@pytest.mark.parametrize(("on", "years"), [(date(2026, 3, 13), 41), (date(2026, 3, 14), 42), (date(2026, 12, 31), 42)])
def test_age_turns_on_the_birthday(on, years):
    assert wording.age(date(1984, 3, 14), on) == years


def test_someone_born_on_a_leap_day_turns_on_the_first_of_march():
    assert wording.age(date(2000, 2, 29), date(2026, 2, 28)) == 25
    assert wording.age(date(2000, 2, 29), date(2026, 3, 1)) == 26


@pytest.mark.parametrize(
    ("away", "shown"),
    [
        (timedelta(seconds=30), "just now"),
        (timedelta(minutes=4), "in 4\u00a0min"),
        (timedelta(minutes=-59), "59\u00a0min ago"),
        (timedelta(hours=-3), "3\u00a0h ago"),
        (timedelta(hours=47), "in 47\u00a0h"),
        (timedelta(days=-2), "2\u00a0days ago"),
    ],
)
def test_a_distance_in_time_is_said_in_the_largest_honest_unit(away, shown):
    assert wording.distance(NOW + away, NOW) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("in_progress", "In progress"),
        ("NOT GIVEN", "Not given"),
        ("PHQ-9", "PHQ-9"),
        ("Dr Hale signs", "Dr Hale signs"),
    ],
)
def test_a_code_becomes_a_sentence_and_names_keep_their_capitals(text, shown):
    assert wording.sentence(text) == shown


@pytest.mark.parametrize(
    ("name", "letters"), [("Dr Miriam Hale", "MH"), ("Jo", "J"), ("Adaeze N. Okafor", "AO"), ("", "?")]
)
def test_initials_leave_titles_out(name, letters):
    assert wording.initials(name) == letters


def test_a_zone_has_the_name_staff_use():
    assert wording.zone_name(ZoneInfo("America/Los_Angeles")) == "Pacific time"
    assert wording.zone_name(ZoneInfo("Australia/Adelaide")) == "Adelaide time"
    assert wording.zone_name(None) == "UTC"


@pytest.mark.parametrize(
    ("agent", "shown"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/156.0 Safari/537.36 Edg/156.0", "Edge on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (iPad; CPU OS 20_0 like Mac OS X) Version/20.0 Mobile Safari/604.1", "Safari on iPad"),
        ("curl/8.5", "A browser"),
    ],
)
def test_a_browser_is_named_as_a_person_would(agent, shown):
    assert wording.browser(agent) == shown
