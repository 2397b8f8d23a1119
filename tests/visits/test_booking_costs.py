"""How often the database is asked: for an infusion with all its checks from cookie to redirect, and for a series."""

from datetime import date, time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic import clock
from clinic.policy import Role
from insurance.models import Coverage, Payer
from insurance.verification import open_check
from journey.series import book_series
from patients.models import Patient
from reminders.models import Message, Wording
from reminders.wordings import OWN
from tests import build
from tests.infusions import making
from tests.reminders import reaching
from tests.visits.house import House
from visits import booking, planner
from visits.models import Appointment

BOUND = 10
SERIES_BOUND = 46
HOURS = ("13:00", "13:00", "15:30")


def agreed(house: House) -> Patient:
    """Somebody who is written to, and whose benefits are checked."""
    patient = reaching.agree(build.patient(house.site), "email")
    payer, _ = Payer.objects.get_or_create(name="Tidewater Mutual")
    Coverage.objects.create(patient=patient, payer=payer, member_id="TWM 4471", starts_on=date(2026, 1, 1))
    open_check(patient_id=patient.pk, leg="medical", by=house.desk)
    return patient


def cost(client: Client, house: House, patient: Patient, hour: str) -> int:
    start = build.moment(house.site, "2027-02-09", hour)
    typed = {"kind": "infusion", "starts_at": start.isoformat()}
    with CaptureQueriesContext(connection) as asked:
        answer = client.post(reverse("visits:book", args=[patient.pk]), typed)
    visit = Appointment.objects.get(patient=patient, starts_at=start)
    assert answer["Location"] == reverse("visits:appointment", args=[visit.pk])
    assert Message.objects.filter(subject_id=visit.pk).count() == 2
    return len(asked)


@pytest.mark.django_db
def test_booking_asks_as_little_on_a_full_day_as_on_an_empty_one(client):
    house = House()
    with clock.at(house.opens):
        client.force_login(build.user(Role.FRONT_DESK, at=house.site))
        patients = [agreed(house) for _ in range(3)]
        cost(client, house, patients[0], "08:00")
        costs = [cost(client, house, patient, hour) for patient, hour in zip(patients, HOURS, strict=True)]
    assert len(set(costs)) == 1
    assert costs[0] <= BOUND


@pytest.mark.django_db
def test_a_site_with_words_of_its_own_books_in_them():
    house = House()
    Wording.objects.create(
        site=house.site, kind="appointment_24h", language="en", version=1, subject="Tomorrow", body="Until then.",
        text="Tomorrow.", made_by=house.desk,
    )  # fmt: skip
    start = build.moment(house.site, "2027-02-09")
    with clock.at(house.opens):
        visit = booking.book(
            patient=house.patients[1], site=house.site, kind="evaluation", starts_at=start, by=house.desk
        )
    planned = dict(Message.objects.filter(subject_id=visit.pk).values_list("kind", "template_version"))
    assert planned["appointment_24h"] == f"{OWN}1"
    assert not planned["appointment_72h"].startswith(OWN)


@pytest.mark.django_db
def test_a_whole_series_costs_the_same_however_long_it_is():
    house = House()
    provider = build.user(Role.PROVIDER, at=house.site, shift=False)
    costs = []
    with clock.at(house.opens):
        for count, patient in zip((6, 8), house.patients[1:], strict=False):
            making.evaluation(patient, provider)
            (proposal, *_) = planner.propose(
                patient=patient, site=house.site, count=count, weekdays=(0, 3), not_before=date(2027, 2, 15),
                at=time(9), by=house.desk,
            )  # fmt: skip
            with CaptureQueriesContext(connection) as asked:
                book_series(patient=patient, site=house.site, proposal=proposal, by=house.desk)
            costs.append(len(asked))
    assert len(set(costs)) == 1
    assert costs[0] <= SERIES_BOUND
