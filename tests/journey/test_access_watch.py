"""What asks for a second look, found in bounded rounds, judged by somebody else."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic import clock
from clinic.errors import NotFound, Refused
from clinic.models import ReadEvent, Site, User
from journey import access_rules, access_watch, record_marks
from journey.models import UnusualAccess
from patients.models import Patient
from tests import build
from visits.models import Appointment

HERE = ZoneInfo("America/Los_Angeles")
WEEK = [(day, time(8), time(18)) for day in range(5)]


@pytest.mark.parametrize(
    ("staff", "family", "same"),
    [
        ("Adaeze Okafor", "Okafor", True),
        ("Adaeze Okafor", "OKAFOR-REYES", True),
        ("Dr Zoë Müller", "Muller", True),
        ("Ana de la Cruz", "de la Cruz", True),
        ("Ana de la Cruz", "de la Torre", False),
        ("Adaeze Okafor", "Okafors", False),
        ("Bo Li", "Li", False),
    ],
)
def test_ones_own_family_name(staff: str, family: str, same: bool) -> None:
    assert access_rules.same_family(staff, family) is same


@pytest.mark.parametrize(
    ("at", "late"),
    [
        ("2027-02-02T06:29", True),
        ("2027-02-02T06:30", False),
        ("2027-02-02T19:30", False),
        ("2027-02-02T19:31", True),
        ("2027-02-06T12:00", True),
    ],
)
def test_after_hours_is_an_hour_and_a_half_around_opening(at: str, late: bool) -> None:
    assert access_rules.after_hours(datetime.fromisoformat(at).replace(tzinfo=HERE), WEEK) is late


@pytest.fixture
def noon(site: Site) -> datetime:
    return build.moment(site, "2027-02-02", "12:00")


@pytest.fixture
def known(site: Site, noon: datetime) -> Patient:
    """A patient who comes today."""
    of = build.patient(site, registered_at=noon - timedelta(days=400))
    until, desk = noon + timedelta(minutes=30), build.user("front_desk", at=site)
    Appointment.objects.create(patient=of, site=site, kind="consult", starts_at=noon, ends_at=until, booked_by=desk)
    return of


def read(patient: Patient, user: User, at: datetime, **more: object) -> ReadEvent:
    return ReadEvent.objects.create(user=user, patient_id=patient.pk, what="chart", at=at, **more)


def look(noon: datetime) -> int:
    with clock.at(noon + timedelta(hours=12)):
        return access_watch.look()


def kinds() -> list[tuple[str, int]]:
    return sorted(UnusualAccess.objects.values_list("kind", "reads"))


@pytest.mark.django_db
def test_ordinary_work_is_not_listed(known: Patient, nurse: User, noon: datetime) -> None:
    read(known, nurse, noon)
    assert (look(noon), look(noon), kinds()) == (1, 0, [])


@pytest.mark.django_db
def test_each_sign_alone_is_listed_once_a_day(
    site: Site, known: Patient, nurse: User, clinic_admin: User, noon: datetime
) -> None:
    family = build.patient(site, family_name="Okafor", registered_at=noon - timedelta(days=5))
    stranger = build.patient(site, registered_at=noon - timedelta(days=400))
    watched = build.patient(site, registered_at=noon - timedelta(days=5))
    record_marks.set_mark(patient_id=watched.pk, kind="watched", reason="Known from television", by=clinic_admin)
    for patient in (family, stranger, watched, watched):
        read(patient, nurse, noon)
    read(known, nurse, noon + timedelta(hours=9))
    look(noon)
    assert kinds() == [("after_hours", 1), ("no_visit", 1), ("own_name", 1), ("watched", 2)]
    read(watched, nurse, noon + timedelta(minutes=1))
    look(noon)
    assert ("watched", 3) in kinds()


@pytest.mark.django_db
def test_lists_and_emergencies_are_not_looks_into_a_record(site: Site, nurse: User, noon: datetime) -> None:
    strangers = [build.patient(site, registered_at=noon - timedelta(days=400)) for _ in range(2)]
    for patient in strangers:
        read(patient, nurse, noon, request_id="a-list")
    read(strangers[0], nurse, noon, request_id="another", route="journey:emergency-record")
    look(noon)
    assert kinds() == []


@pytest.mark.django_db
@pytest.mark.parametrize(("records", "listed"), [(39, []), (40, [("bulk", 40)])])
def test_forty_records_one_by_one_within_an_hour(
    site: Site, nurse: User, noon: datetime, records: int, listed: list[tuple[str, int]]
) -> None:
    patients = Patient.objects.bulk_create(
        Patient(
            site=site, mrn=f"B-{number}", given_name="Bo", family_name=f"Name{number}", birth_date="1980-01-01",
            registered_at=noon - timedelta(days=5),
        )
        for number in range(records)
    )  # fmt: skip
    ReadEvent.objects.bulk_create(
        ReadEvent(
            user=nurse, patient_id=one.pk, what="chart", at=noon + timedelta(seconds=i), request_id=f"request-{i}"
        )
        for i, one in enumerate(patients)
    )
    look(noon)
    assert kinds() == listed


@pytest.mark.django_db
def test_a_round_is_bounded_in_rows_and_in_queries(
    known: Patient, nurse: User, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access_watch, "MOST", 3)
    for number in range(7):
        read(known, nurse, noon, request_id=f"request-{number}")
    assert [look(noon) for _ in range(4)] == [3, 3, 1, 0]
    monkeypatch.setattr(access_watch, "MOST", 100)
    asked = []
    for count in (1, 5):
        for number in range(count):
            read(known, nurse, noon, request_id=f"again-{count}-{number}")
        with CaptureQueriesContext(connection) as queries:
            look(noon)
        asked.append(len(queries))
    assert asked[0] == asked[1]


@pytest.mark.django_db
def test_what_was_judged_stays_as_it_was_judged(
    client: Client, site: Site, nurse: User, clinic_admin: User, other_site: Site, noon: datetime
) -> None:
    family = build.patient(site, family_name="Okafor", registered_at=noon - timedelta(days=5))
    read(family, nurse, noon)
    look(noon)
    row = UnusualAccess.objects.get()
    client.force_login(clinic_admin)
    form = {"access": [str(row.pk), "nonsense"], "verdict": "wrong", "words": "Her sister, she says so herself"}
    assert client.post(reverse("journey:audit-unusual-review"), {**form, "words": ""}).status_code == 422
    assert client.post(reverse("journey:audit-unusual-review"), form).status_code == 302
    read(family, nurse, noon + timedelta(minutes=1))
    look(noon)
    row.refresh_from_db()
    assert (row.verdict, row.reads, row.reviewed_by) == ("wrong", 1, clinic_admin)
    with pytest.raises(Refused):
        access_watch.review(access_ids=[row.pk], verdict="fine", words="No", by=clinic_admin)
    stranger = build.user("clinic_admin", at=other_site)
    with pytest.raises(NotFound):
        access_watch.review(access_ids=[row.pk], verdict="fine", words="No", by=stranger)
