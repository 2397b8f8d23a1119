"""Break-glass: one record, one hour, only to read, told at once and judged by somebody else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from clinic import clock, sessions
from clinic.errors import Invalid, NotFound, NotPermitted, Refused
from clinic.models import Membership, ReadEvent, Site, User
from journey import emergency, emergency_letters
from journey.models import EmergencyAccess
from patients.models import Allergy, Patient
from reminders.models import FollowUp
from tests import build

pytestmark = pytest.mark.django_db
WHY = "Found unconscious in our waiting room; allergies?"


@pytest.fixture
def theirs(other_site: Site) -> Patient:
    of = build.patient(other_site, given_name="Zephyrine", family_name="Quillfeather", birth_date=date(1979, 5, 4))
    Allergy.objects.create(patient=of, display="Penicillin", severity="severe")
    return of


def opened(patient: Patient, nurse: User) -> EmergencyAccess:
    return emergency.open_record(mrn=patient.mrn, reason=WHY, by=nurse)


def test_a_nurse_opens_a_record_of_another_site_for_an_hour(client: Client, theirs: Patient, nurse: User) -> None:
    client.force_login(nurse)
    assert client.get(reverse("journey:chart", args=[theirs.pk])).status_code == 404
    answer = client.post(reverse("journey:emergency"), {"mrn": theirs.mrn, "reason": WHY})
    access = EmergencyAccess.objects.get(opened_by=nurse, patient=theirs)
    assert answer.url == reverse("journey:emergency-record", args=[access.pk])
    assert "Penicillin" in client.get(answer.url).content.decode()
    assert client.get(reverse("journey:chart", args=[theirs.pk])).status_code == 404
    read = ReadEvent.objects.get(patient_id=theirs.pk)
    assert (read.reason, read.address) == (f"Emergency: {WHY}", "127.0.0.1")
    with clock.at(access.ends_at):
        assert "Penicillin" not in client.get(answer.url).content.decode()


def test_who_did_not_prove_lately_who_they_are_opens_nothing(client: Client, theirs: Patient, nurse: User) -> None:
    client.force_login(nurse)
    client.get(reverse("clinic:unlock"))
    session = client.session
    session[sessions.STARTED] = (clock.now() - timedelta(minutes=6)).isoformat()
    session.save()
    form = {"mrn": theirs.mrn, "reason": WHY}
    assert client.post(reverse("journey:emergency"), form).status_code == 401
    assert not EmergencyAccess.objects.exists()
    assert client.post(reverse("journey:emergency"), {**form, "proof_password": build.PASSWORD}).status_code == 302


def test_those_who_look_after_privacy_hear_of_it_at_once(
    theirs: Patient, nurse: User, django_capture_on_commit_callbacks: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = build.user("clinic_admin", at=theirs.site)
    build.user("nurse", at=theirs.site)
    handed: list[str] = []
    monkeypatch.setattr("journey.tasks.tell_of_emergency.apply_async", lambda args, **_: handed.extend(args))
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        access = opened(theirs, nurse)
    assert handed == [str(access.pk)]
    task = FollowUp.objects.get(kind="emergency_access")
    assert (task.site, task.owner_role, task.patient) == (theirs.site, "clinic_admin", theirs)
    assert emergency_letters.send(access_id=access.pk) == 1
    (letter,) = mail.outbox
    assert letter.to == [admin.email]
    assert nurse.full_name in letter.body
    assert not any(word in letter.subject + letter.body for word in ("Quillfeather", theirs.mrn, "unconscious"))


def test_a_second_opening_within_the_hour_is_the_same(theirs: Patient, nurse: User) -> None:
    assert opened(theirs, nurse) == opened(theirs, nurse)
    emergency.close(access_id=opened(theirs, nurse).pk, by=nurse)
    assert EmergencyAccess.objects.count() == 1
    assert opened(theirs, nurse).is_open


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"reason": "Curious"}, "reason"),
        ({"mrn": "", "family_name": "Quillfeather"}, "mrn"),
        ({"mrn": "T-99999"}, "mrn"),
        ({"mrn": "", "family_name": "Quillfeather", "birth_date": date(1979, 5, 5)}, "mrn"),
    ],
)
def test_without_a_reason_or_a_patient_nothing_opens(
    theirs: Patient, nurse: User, typed: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        emergency.open_record(**{"mrn": theirs.mrn, "reason": WHY, **typed}, by=nurse)  # type: ignore[arg-type]
    assert set(refused.value.fields) == {field}


def test_a_name_that_two_share_opens_neither(theirs: Patient, nurse: User) -> None:
    asked = {"family_name": "QUILLFEÁTHER", "birth_date": theirs.birth_date, "reason": WHY}
    assert emergency.open_record(**asked, by=nurse).patient == theirs  # type: ignore[arg-type]
    build.patient(theirs.site, family_name="Quillfeather", birth_date=theirs.birth_date)
    with pytest.raises(Invalid, match="More than one"):
        emergency.open_record(**asked, by=nurse)  # type: ignore[arg-type]


def test_only_who_opened_it_reads_it_and_only_while_the_right_is_held(
    theirs: Patient, nurse: User, other_nurse: User, insurance_admin: User
) -> None:
    access = opened(theirs, nurse)
    with pytest.raises(NotFound):
        emergency.held(access.pk, by=other_nurse)
    with pytest.raises(NotPermitted):
        opened(theirs, insurance_admin)
    Membership.objects.filter(user=nurse).delete()
    with pytest.raises(NotFound):
        emergency.held(access.pk, by=User.objects.get(pk=nurse.pk))


def test_a_person_who_is_guessing_is_stopped(client: Client, nurse: User, theirs: Patient) -> None:
    client.force_login(nurse)
    statuses = [
        client.post(reverse("journey:emergency"), {"mrn": f"T-{number}", "reason": WHY}).status_code
        for number in range(70_000, 70_011)
    ]
    assert statuses == [422] * 10 + [429]


def test_another_person_of_the_patients_site_judges_it_once(theirs: Patient, nurse: User, clinic_admin: User) -> None:
    admin = build.user("clinic_admin", at=theirs.site)
    access = opened(theirs, nurse)
    said = {"verdict": "fine", "words": "Ambulance report of that day"}
    with pytest.raises(NotFound):
        emergency.review(access_id=access.pk, **said, by=clinic_admin)
    with pytest.raises(Invalid):
        emergency.review(access_id=access.pk, verdict="fine", words=" ", by=admin)
    emergency.review(access_id=access.pk, **said, by=admin)
    task = FollowUp.objects.get(kind="emergency_access")
    assert (task.state, task.outcome) == ("done", "For the work. Ambulance report of that day")
    with pytest.raises(Refused):
        emergency.review(access_id=access.pk, **said, by=admin)


def test_nobody_judges_their_own(theirs: Patient) -> None:
    both = build.user("nurse", "clinic_admin", at=theirs.site)
    access = opened(theirs, both)
    with pytest.raises(Refused, match="your own"):
        emergency.review(access_id=access.pk, verdict="fine", words="I know why", by=both)


@pytest.mark.parametrize(
    "change",
    [
        {"ends_at": "2030-01-01T00:00Z"},
        {"reason": "another"},
        {"reviewed_at": "2027-01-01T00:00Z", "verdict": "fine", "words": "x", "reviewed_by": "self"},
    ],
)
def test_the_database_itself_keeps_it_short_and_as_it_was_said(
    theirs: Patient, nurse: User, change: dict[str, object]
) -> None:
    access = opened(theirs, nurse)
    if change.get("reviewed_by"):
        change = {**change, "reviewed_by": nurse}
    with pytest.raises(DatabaseError, match=r"is_short|by_another|pgtrigger"), transaction.atomic():
        EmergencyAccess.objects.filter(pk=access.pk).update(**change)
