"""Who looked and who changed: complete, in few queries, and a list that a patient may have."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clinic.history import acting
from clinic.models import HistorySeal, ReadEvent, Site, User
from clinic.policy import Role
from infusions.models import Infusion, VitalSigns
from journey import trail, trail_papers, trail_words
from patients.models import Condition, Evaluation, Patient
from tests import build
from tests.asking import Asker
from tests.infusions import making

pytestmark = pytest.mark.django_db


def lines(patient: Patient, most: int = 100) -> list[trail_words.Told]:
    found, _ = trail.of_patient(patient, before=timezone.now() + timedelta(minutes=1), most=most)
    return [trail_words.tell(line) for line in found]


def looked(patient: Patient, user: User, **more: object) -> ReadEvent:
    return ReadEvent.objects.create(user=user, patient_id=patient.pk, what="chart", **more)


def test_every_table_with_a_way_to_the_patient_is_looked_at() -> None:
    ways = {(source.model, len(source.steps)) for source in trail.sources()}
    assert {(Patient, 1), (Condition, 1), (Infusion, 2), (VitalSigns, 3)} <= ways
    assert len({model for model, _ in ways}) > 80
    assert Site not in {model for model, _ in ways}


def test_what_was_opened_and_what_was_written_stand_in_one_list_with_who_why_and_whence(
    patient: Patient, nurse: User
) -> None:
    looked(patient, nurse, address="10.1.2.3", reason="Emergency: fainted", request_id="one-request")
    with acting(nurse.pk, source="web", request_id="one-request"):
        Condition.objects.create(patient=patient, display="Asthma")
        Condition.objects.create(patient=patient, display="Gout")
    found = lines(patient)
    read = next(line for line in found if line.did == "Opened: chart")
    assert (read.who, read.why, read.where) == ("Adaeze Okafor", "Emergency: fainted", "10.1.2.3")
    wrote = [line for line in found if line.did.startswith("Wrote:") and line.who == "Adaeze Okafor"]
    assert [line.did for line in wrote] == ["Wrote: condition added"]
    assert not any("Asthma" in line.did for line in found)


def test_rows_far_below_the_patient_are_found(patient: Patient, provider: User, nurse: User) -> None:
    infusion = making.infusion(making.loading(patient, provider), 1, "2027-01-26", by=provider)
    with acting(nurse.pk, source="web", request_id="r"):
        VitalSigns.objects.create(
            infusion=infusion, observed_at=timezone.now(), systolic=120, diastolic=80, entered_by=nurse
        )
    assert any("vital signs added" in line.did for line in lines(patient))
    now = timezone.now()
    (line,) = trail.of_person(nurse, since=now - timedelta(hours=1), until=now + timedelta(hours=1))
    assert (line.wrote, line.patient_id) == (["vital signs added"], patient.pk)


def test_another_patients_rows_stay_out(patient: Patient, nurse: User) -> None:
    other = build.patient(patient.site)
    looked(other, nurse)
    Evaluation.objects.create(patient=other, entered_by=nurse, observed_at=timezone.now())
    assert not any(line.did == "Opened: chart" or "evaluation" in line.did for line in lines(patient))


def test_pages_follow_each_other_and_lose_nothing(patient: Patient, nurse: User) -> None:
    now = timezone.now()
    for minutes in range(7):
        looked(patient, nurse, at=now - timedelta(minutes=minutes), request_id=f"request-{minutes}")
    seen, before = [], now + timedelta(minutes=1)
    for _ in range(10):
        found, older = trail.of_patient(patient, before=before, most=3)
        seen += [line.request_id for line in found if line.read]
        if older is None:
            break
        before = older
    assert seen == [f"request-{minutes}" for minutes in range(7)]


def test_the_page_asks_the_same_few_questions_however_long_the_record_is(
    client: Client, patient: Patient, clinic_admin: User, nurse: User
) -> None:
    client.force_login(clinic_admin)
    address = reverse("journey:audit-patient", args=[patient.pk])
    client.get(address)
    counts = []
    for number in (1, 3):
        for each in range(number):
            looked(patient, nurse, request_id=f"request-{number}-{each}")
            Condition.objects.create(patient=patient, display=f"Condition {number} {each}")
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 22


def test_what_one_person_did_on_some_days(patient: Patient, nurse: User, other_nurse: User) -> None:
    now = timezone.now()
    looked(patient, nurse)
    looked(patient, other_nurse)
    for who in (nurse, other_nurse):
        with acting(who.pk, source="web", request_id=f"request-of-{who.initials}"):
            Condition.objects.create(patient=patient, display=f"Found by {who.initials}")
    found = trail.of_person(nurse, since=now - timedelta(hours=1), until=now + timedelta(hours=1))
    assert sorted(trail_words.did(line) for line in found) == ["Opened: chart", "Wrote: condition added"]
    assert {line.patient_id for line in found} == {patient.pk}  # whose record it was, of what was written too
    assert trail.of_person(nurse, since=now - timedelta(days=2), until=now - timedelta(days=1)) == []


def test_what_another_system_did_in_somebodys_name_is_told_apart(patient: Patient, nurse: User, site: Site) -> None:
    ward = Asker(nurse, Role.NURSE, site)
    assert ward.post(f"patients/{patient.pk}/conditions/", {"display": "Asthma"}).status_code == 201
    assert sorted(told.did for told in lines(patient) if told.person == nurse) == [
        "Opened through another system: conditions", "Wrote through another system: condition added",
    ]  # fmt: skip


def test_seals_say_where_the_days_begin(patient: Patient, nurse: User) -> None:
    now = timezone.now()
    with acting(nurse.pk, source="web"):
        Condition.objects.create(patient=patient, display="Asthma")
    last = Condition.pgh_event_model.objects.latest("pgh_id").pgh_id  # type: ignore[attr-defined]
    HistorySeal.objects.create(
        table="patients_conditionhistory",
        first_id=1,
        last_id=last,
        rows=1,
        digest="0",
        sealed_at=now - timedelta(days=1),
    )
    found = trail.of_person(nurse, since=now - timedelta(hours=1), until=now + timedelta(hours=1))
    assert found == []  # the seal says that this row is older than the days that were asked for


def test_the_list_for_the_patient_is_in_plain_words_and_holds_no_formula_nor_address(
    patient: Patient, nurse: User
) -> None:
    User.objects.filter(pk=nurse.pk).update(full_name="=HYPERLINK(1)")
    looked(patient, nurse, address="10.1.2.3")
    made = trail_papers.read(patient)
    rows = list(csv.reader(io.StringIO(trail_papers.as_csv(made).decode("utf-8-sig"))))
    assert rows[0] == ["When", "Who", "What they did", "Why"]
    assert rows[1][1:] == ["'=HYPERLINK(1)", "Opened: chart", ""]
    assert "10.1.2.3" not in str(rows)
    assert trail_papers.as_pdf(made).startswith(b"%PDF")


def test_why_a_record_of_another_site_was_opened_stays_there(patient: Patient, nurse: User) -> None:
    looked(patient, nurse, reason="She fainted at the door")
    (line,) = trail.of_person(nurse, since=timezone.now() - timedelta(hours=1), until=timezone.now())
    here, elsewhere = (trail_words.tell(line, patients=seen) for seen in ({patient.pk: patient}, {}))
    assert (here.why, here.elsewhere) == ("She fainted at the door", False)
    assert (elsewhere.why, elsewhere.elsewhere, elsewhere.patient) == ("", True, None)
