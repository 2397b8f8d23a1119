"""A patient of the journey of suicidal thoughts (J3): one infusion was given; the second waits for its questions."""

from __future__ import annotations

from infusions.models import Infusion
from tests.infusions import making
from tests.infusions.day import Day


def second_ready(day: Day) -> Infusion:
    """All that surrounds infusion 2 is settled at half past eight but for what is asked of the mind."""
    making.evaluation(day.patient, day.provider)
    course = making.loading(day.patient, day.provider, state="active")
    vial = making.vial(day.site, day.nurse)
    first = making.order(course, day.provider, day="2027-02-02")
    making.phq9(day.patient, 21, "2027-01-19", timepoint="baseline")
    given, second = (making.infusion(course, number, on) for number, on in enumerate(making.J0_DAYS[:2], start=1))
    making.give(given, first, vial, nurse=day.nurse, checker=day.other_nurse)
    day.consented()
    day.pays()
    day.checked_in(second, "08:30")
    day.arrival(second, "08:34")
    day.vitals(second, "08:36")
    second.refresh_from_db()
    return second
