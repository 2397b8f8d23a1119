"""A taken hour, booked on purpose: who may find it on the page, and what the report says of it."""

import pytest
from django.urls import reverse

from tests import build
from visits import booking, changes
from visits.models import Appointment, Hold

pytestmark = pytest.mark.django_db


@pytest.fixture
def taken(site, front_desk, provider):
    """Nine o'clock on 2 February: the only provider is with somebody."""
    start = build.moment(site, "2027-02-02")
    return booking.book(patient=build.patient(site), site=site, kind="evaluation", starts_at=start, by=front_desk)


def overbook(client, who, patient, reason="She came from far"):
    client.force_login(who)
    typed = {"kind": "evaluation", "day": "2027-02-02", "at": "09:00", "overbook_reason": reason}
    return client.post(reverse("visits:book", args=[patient.pk]), typed)


def test_who_may_overbooks_with_a_reason_and_it_is_reported(client, provider, patient, taken, site):
    assert overbook(client, provider, patient).status_code == 302
    assert Hold.objects.filter(lane__gte=100, appointment__patient=patient).exists()
    page = client.get(reverse("journey:overbookings"), {"first": "2027-02-01", "last": "2027-02-28"})
    words = page.content.decode()
    assert words.count("She came from far") == 1  # one line for the person, however many holds
    assert provider.full_name in words
    assert patient.name in words
    elsewhere = client.get(reverse("journey:overbookings"), {"first": "2027-03-01", "last": "2027-03-28"})
    assert "Nothing was overbooked" in elsewhere.content.decode()


def test_without_a_reason_nothing_is_overbooked(client, provider, patient, taken):
    answer = overbook(client, provider, patient, reason="")
    assert "Write why this hour is overbooked" in answer.content.decode()
    assert Appointment.objects.count() == 1


def test_who_may_not_is_not_shown_it_and_is_refused(client, front_desk, patient, taken):
    answer = overbook(client, front_desk, patient)
    assert "does not let you overbook" in answer.content.decode()
    assert "Book an hour that is taken" not in answer.content.decode()
    assert Appointment.objects.count() == 1


def test_given_up_overbookings_stay_in_the_report(client, provider, front_desk, patient, taken):
    overbook(client, provider, patient)
    visit = Appointment.objects.get(patient=patient)
    changes.cancel(appointment_id=visit.pk, party="patient", reason="A cold", by=front_desk)
    page = client.get(reverse("journey:overbookings"), {"first": "2027-02-01", "last": "2027-02-28"})
    assert "Given up" in page.content.decode()


def test_days_in_the_wrong_order_are_said(client, provider):
    client.force_login(provider)
    page = client.get(reverse("journey:overbookings"), {"first": "2027-03-01", "last": "2027-02-01"})
    assert page.status_code == 422
    assert "The last day is before the first" in page.content.decode()


def test_a_colleague_reads_no_report(client, front_desk):
    client.force_login(front_desk)
    assert client.get(reverse("journey:overbookings")).status_code == 403
