"""Ten years from the last visit, longer under a legal hold; nothing is deleted."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from clinic import clock
from clinic.errors import Invalid, NotFound, NotPermitted, Refused
from clinic.models import Site, User
from journey import record_marks, retention
from journey.models import RecordMark
from patients.models import Patient
from tests import build
from visits.models import Appointment


@pytest.mark.parametrize(
    ("day", "years", "then"),
    [("2027-02-02", 10, "2037-02-02"), ("2028-02-29", 10, "2038-03-01"), ("2028-02-29", -10, "2018-03-01")],
)
def test_the_same_day_years_later(day: str, years: int, then: str) -> None:
    assert retention.years_later(date.fromisoformat(day), years) == date.fromisoformat(then)


@pytest.fixture
def old(site: Site, front_desk: User) -> Patient:
    """Last seen on 2 February 2017."""
    seen = build.moment(site, "2017-02-02", "09:00")
    of = build.patient(site, registered_at=seen - timedelta(days=100))
    until = seen + timedelta(minutes=30)
    Appointment.objects.create(
        patient=of, site=site, kind="consult", starts_at=seen, ends_at=until, status="done", arrived_at=seen,
        booked_by=front_desk,
    )  # fmt: skip
    return of


def past(site: Site, day: str) -> list[Patient]:
    with clock.at(build.moment(site, day, "12:00")):
        return list(retention.past(site))


@pytest.mark.django_db
def test_a_record_may_go_ten_years_after_the_last_visit_and_not_a_day_before(site: Site, old: Patient) -> None:
    build.patient(site)
    assert past(site, "2027-02-02") == []
    assert past(site, "2027-02-03") == [old]


@pytest.mark.django_db
def test_a_legal_hold_keeps_it_until_it_is_ended_with_a_reason(
    site: Site, old: Patient, clinic_admin: User, nurse: User, client: Client
) -> None:
    hold = {"patient_id": old.pk, "kind": "hold", "reason": "Letter of an attorney"}
    with pytest.raises(NotPermitted):
        record_marks.set_mark(**hold, by=nurse)
    with pytest.raises(Invalid):
        record_marks.set_mark(**{**hold, "reason": " "}, by=clinic_admin)
    mark = record_marks.set_mark(**hold, by=clinic_admin)
    with pytest.raises(Refused):
        record_marks.set_mark(**hold, by=clinic_admin)
    assert past(site, "2027-02-03") == []
    client.force_login(clinic_admin)
    with clock.at(build.moment(site, "2027-02-03", "12:00")):
        page = client.get(reverse("journey:retention")).content.decode()
        assert "Letter of an attorney" in page
        record_marks.end_mark(mark_id=mark.pk, because="Case closed", by=clinic_admin)
        assert old.mrn in client.get(reverse("journey:retention-file")).content.decode()
    with pytest.raises(Refused):
        record_marks.end_mark(mark_id=mark.pk, because="Again", by=clinic_admin)
    assert RecordMark.objects.count() == 1


@pytest.mark.django_db
def test_marks_of_another_site_do_not_exist(old: Patient, stranger: User, clinic_admin: User) -> None:
    mark = record_marks.set_mark(patient_id=old.pk, kind="watched", reason="Known", by=clinic_admin)
    with pytest.raises(NotFound):
        record_marks.end_mark(mark_id=mark.pk, because="No", by=stranger)
