"""Who books has opened the patient: the line of the read log is written with the visit, or by itself without one."""

import pytest
from django.db.models.expressions import RawSQL
from django.urls import reverse

from clinic import clock
from clinic.models import ReadEvent
from clinic.policy import Role
from tests import build
from visits import booking
from visits.models import Appointment

WROTE = RawSQL("xmin::text", [])  # the innermost transaction that wrote a row
OPENS = "2027-02-01"


@pytest.fixture
def patient(client, db):
    site = build.site(rooms=1)
    build.user(Role.NURSE, at=site)
    with clock.at(build.moment(site, OPENS)):
        client.force_login(build.user(Role.FRONT_DESK, at=site))
    return build.patient(site)


def post(client, patient, hour="09:30", **typed):
    start = build.moment(patient.site, "2027-02-02", hour)
    with clock.at(build.moment(patient.site, OPENS)):
        typed = {"kind": "infusion", "starts_at": start.isoformat()} | typed
        return client.post(reverse("visits:book", args=[patient.pk]), typed)


def reads(patient):
    return list(ReadEvent.objects.filter(patient_id=patient.pk).values_list("what", "route"))


def test_the_read_is_written_in_the_transaction_of_the_visit(client, patient):
    assert post(client, patient).status_code == 302
    assert reads(patient) == [("booking", "visits:book")]
    (visit,) = Appointment.objects.annotate(wrote=WROTE).values_list("wrote")
    assert list(ReadEvent.objects.annotate(wrote=WROTE).values_list("wrote")) == [visit]


@pytest.mark.parametrize(
    ("typed", "status"), [({"hour": "03:00"}, 409), ({"hour": "09:31"}, 422), ({"kind": "nothing"}, 422)]
)
def test_what_comes_to_nothing_is_read_once_all_the_same(client, patient, typed, status):
    assert post(client, patient, **typed).status_code == status
    assert reads(patient) == [("booking", "visits:book")]
    assert not Appointment.objects.exists()


def test_a_fault_while_booking_leaves_the_read(client, patient, monkeypatch):
    def fail(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(booking, "after_booking", [fail])
    with pytest.raises(ZeroDivisionError):
        post(client, patient)
    assert reads(patient) == [("booking", "visits:book")]
    assert not Appointment.objects.exists()
