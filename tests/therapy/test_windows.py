"""When sessions may be: the rule alone, and the rule met by a series."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from visits import session_windows
from visits.session_windows import Window

ZONE = ZoneInfo("America/Los_Angeles")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2027-{text}").replace(tzinfo=ZONE)


SIX = [at(f"{day}T09:00") for day in ("02-02", "02-05", "02-09", "02-12", "02-16", "02-19")]
EIGHT = [at(f"{day}T09:00") for day in ("02-01", "02-03", "02-05", "02-08", "02-10", "02-12", "02-16", "02-18")]


def holds(window: Window | None, start: str) -> bool:
    assert window is not None
    return window.holds(at(start), at(start) + timedelta(minutes=55))


@pytest.mark.parametrize(
    ("start", "inside"),
    [
        ("01-12T08:00", True),  # 21 days before
        ("01-11T17:00", False),  # 22 days
        ("02-01T16:00", True),  # the day before
        ("02-02T08:00", False),  # its own day
        ("02-02T10:00", False),
    ],
)
def test_preparation_is_1_to_21_days_before_infusion_1(start, inside):
    assert holds(session_windows.preparation(SIX[0], most_days=21), start) is inside


def test_a_booster_may_be_prepared_on_its_day():
    window = session_windows.preparation(SIX[0], most_days=21, least_days=0)
    assert holds(window, "02-02T08:00")
    assert not holds(window, "02-02T08:30")  # it would end after the booster began


@pytest.mark.parametrize(
    ("starts", "start", "inside"),
    [
        (SIX, "02-05T08:00", False),  # before infusion 2
        (SIX, "02-06T13:00", True),
        (SIX, "02-16T08:00", True),  # ends before infusion 5
        (SIX, "02-16T08:30", False),
        (SIX, "02-18T13:00", False),
        (EIGHT, "02-04T13:00", False),  # n=8: after 3, before 6
        (EIGHT, "02-09T13:00", True),
        (EIGHT, "02-12T13:00", False),
    ],
)
def test_midpoint_is_after_half_less_1_and_before_half_plus_2(starts, start, inside):
    assert holds(session_windows.midpoint(starts, len(starts)), start) is inside


def test_midpoint_is_best_on_the_day_after_the_middle_infusion():
    window = session_windows.midpoint(SIX, 6)
    assert window is not None
    assert window.ideal == at("02-10T09:00")
    assert window.sentence == "after infusion 2 (Fri 5 Feb) and before infusion 5 (Tue 16 Feb)"


def test_midpoint_has_no_window_before_the_infusion_it_follows_is_known():
    assert session_windows.midpoint(SIX[:1], 6) is None
    assert session_windows.midpoint(SIX[:3], 6).closes is None  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("start", "inside", "late"),
    [
        ("02-19T08:00", False, False),
        ("02-20T09:00", True, False),
        ("02-22T09:55", True, False),  # 72 hours after the end of the drug
        ("02-22T10:00", True, True),
        ("03-01T09:55", True, True),  # 7 days more
        ("03-01T10:00", False, True),
    ],
)
def test_integration_is_due_72_hours_after_the_drug_with_7_days_of_grace(start, inside, late):
    window = session_windows.integration(SIX[-1], drug_minutes=55, hours=72, grace_days=7)
    assert holds(window, start) is inside
    assert window.is_late(at(start)) is late
