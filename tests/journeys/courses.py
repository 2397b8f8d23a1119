"""Two patients in the middle of their series, for the journeys of the dose (J7) and of the test (J9)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from clinic import clock
from clinic.models import Site, User
from infusions import series
from infusions.models import Infusion, Series
from patients import registration
from tests import build
from tests.infusions import making
from tests.infusions.day import Day
from therapy import sessions
from visits import booking

THIRD, FOURTH = "2027-02-09", "2027-02-12"


def heavy(site: Site, nurse: User, other_nurse: User, provider: User) -> Day:
    """96 kg, 170 cm, male, BMI 33.2; the day of infusion 3."""
    man = build.patient(site, given_name="Henrik", family_name="Dahl", sex="male")
    making.evaluation(man, provider, weight_kg=Decimal(96), height_cm=Decimal(170))
    return Day(site, man, nurse, other_nurse, provider, day=THIRD)


def two_given(day: Day) -> Series:
    """Infusions 1 and 2 were given with 0.5 mg/kg; all that surrounds the dose is settled."""
    made = making.loading(day.patient, day.provider, state="active")
    vial = making.vial(day.site, day.nurse, label="V-0099")
    first = making.order(made, day.provider, kg="96", day="2027-02-02", basis_reason="As in the trials")
    for number, on in enumerate(making.J0_DAYS, start=1):
        infusion = making.infusion(made, number, on)
        if number < 3:
            making.give(infusion, first, vial, nurse=day.nurse, checker=day.other_nurse, given_mg="48")
    day.consented()
    day.pays()
    return made


def ready_for(day: Day, of: Series, number: int, kg: str) -> Infusion:
    """Checked in, asked, weighed and measured at half past eight."""
    infusion = of.infusions.get(number=number)
    day.checked_in(infusion, "08:30")
    day.asked("08:31")
    day.arrival(infusion, "08:34", weight_kg=Decimal(kg))
    day.vitals(infusion, "08:36")
    return infusion


def young(site: Site, nurse: User, other_nurse: User, provider: User) -> Day:
    """A woman of 29, who is written to by email; the day of infusion 4."""
    woman = build.patient(
        site, given_name="Lena", family_name="Brandt", sex="female", birth_date=date(1997, 6, 1), email="l@example.org"
    )
    registration.agree_to_contact(patient_id=woman.pk, channel="email", by=nurse)
    return Day(site, woman, nurse, other_nurse, provider, day=FOURTH)


def three_given(day: Day, therapist: User) -> Infusion:
    """She has had three infusions; three more, and the midpoint, are booked. Answers the fourth."""
    making.evaluation(day.patient, day.provider)
    course = making.loading(day.patient, day.provider, state="active")
    vial = making.vial(day.site, day.nurse)
    first = making.order(course, day.provider, day="2027-02-09")
    making.phq9(day.patient, 20, "2027-01-19", timepoint="baseline")
    for number, on in enumerate(making.J0_DAYS[:3], start=1):
        given = making.infusion(course, number, on)
        making.give(given, first, vial, nurse=day.nurse, checker=day.other_nurse)
    day.consented()
    day.pays()
    with clock.at(build.moment(day.site, "2027-02-08", "12:00")):
        for number, on in enumerate(making.J0_DAYS[3:], start=4):
            starts = build.moment(day.site, on, "09:00")
            visit = booking.book(patient=day.patient, site=day.site, kind="infusion", by=day.nurse, starts_at=starts)
            series.add_infusion(series=course, appointment=visit, number=number, by=day.nurse)
        talk = booking.book(
            patient=day.patient, site=day.site, kind="midpoint", by=day.nurse, staff=therapist,
            starts_at=build.moment(day.site, "2027-02-15", "13:00"),
        )  # fmt: skip
        sessions.plan_session(series=course, kind="midpoint", appointment=talk, therapist=therapist, by=day.nurse)
    return course.infusions.get(number=4)
