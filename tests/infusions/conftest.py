"""Infusions are tested on one day; see tests/infusions/day.py."""

import pytest

from clinic.models import Site, User
from infusions.models import Infusion
from patients.models import Patient
from tests.infusions.day import Day


@pytest.fixture
def day(site: Site, patient: Patient, nurse: User, other_nurse: User, provider: User) -> Day:
    return Day(site, patient, nurse, other_nurse, provider)


@pytest.fixture
def booked(day: Day) -> Infusion:
    return day.until("booked")


@pytest.fixture
def checked_in(day: Day) -> Infusion:
    return day.until("checked in")


@pytest.fixture
def ready(day: Day) -> Infusion:
    """Checked in, and every light passes."""
    return day.until("ready")


@pytest.fixture
def cleared(day: Day) -> Infusion:
    return day.until("cleared")


@pytest.fixture
def checked(day: Day) -> Infusion:
    """Drawn and double-checked: the pump can start."""
    return day.until("checked")


@pytest.fixture
def running(day: Day) -> Infusion:
    """The pump started at 09:12."""
    return day.until("started")


@pytest.fixture
def recovering(day: Day) -> Infusion:
    """The pump ended at 09:52."""
    return day.until("recovery")
