"""What hangs on a patient, written by another system: the pages' verbs, found within their own record alone."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from clinic import clock
from clinic.models import ReadEvent, Site, User
from clinic.policy import Role
from patients.models import ContactConsent, ImportJob, Medication, Patient, PatientLink, SafetyPlan
from tests import build
from tests.asking import Asker

pytestmark = pytest.mark.django_db
DAY = "2027-02-02"


@pytest.fixture(autouse=True)
def morning(site: Site) -> Iterator[None]:
    with clock.at(build.moment(site, DAY, "09:00")):
        yield


@pytest.fixture
def ward(nurse: User, site: Site) -> Asker:
    return Asker(nurse, Role.NURSE, site)


@pytest.fixture
def desk(front_desk: User, site: Site) -> Asker:
    return Asker(front_desk, Role.FRONT_DESK, site)


def test_a_medicine_ends_and_one_that_never_was_is_taken_back_and_taken_up_again(ward: Asker, patient: Patient) -> None:
    rows = f"patients/{patient.pk}/medications/"
    made = ward.post(rows, {"display": "Sertraline", "started": "2026-05-01"}).told
    here = f"{rows}{made['id']}/"
    assert ward.post(f"{here}end/", {"on": "2027-03-01"}).told["errors"] == {"on": "This day has not come yet."}
    assert ward.post(f"{here}end/", {"on": "2027-01-31"}).told["stopped"] == "2027-01-31"
    marked = ward.post(f"{here}error/", {"reason": "Her sister’s"})
    assert (marked.status_code, marked.told["entered_in_error_reason"]) == (200, "Her sister’s")
    assert ward.post(f"{here}error/", {"reason": "Her sister’s"}).status_code == 409
    assert ward.post(f"{here}take-back-error/").told["entered_in_error_at"] is None
    assert Medication.objects.get().stopped is not None


def test_a_row_of_another_patient_is_not_behind_this_ones_address(ward: Asker, patient: Patient, site: Site) -> None:
    other = build.patient(site, given_name="Ana", family_name="Ruiz")
    made = ward.post(f"patients/{other.pk}/allergies/", {"display": "Latex"}).told
    assert ward.get(f"patients/{other.pk}/allergies/{made['id']}/").status_code == 200
    for address in (f"patients/{patient.pk}/allergies/{made['id']}/", f"patients/{other.pk}/trials/{made['id']}/"):
        assert ward.get(address).status_code == 404
        assert ward.post(f"{address}error/", {"reason": "No"}).status_code == 404


def picture(size: tuple[int, int] = (640, 480)) -> bytes:
    written = BytesIO()
    Image.new("RGB", size, "teal").save(written, "PNG")
    return written.getvalue()


def test_a_photo_is_made_anew_handed_out_to_be_saved_and_taken_away(desk: Asker, patient: Patient) -> None:
    photos = f"patients/{patient.pk}/photos/"
    assert desk.post(photos, {"upload": "no base64!"}).told["errors"] == {"upload": "This is not base64."}
    assert "errors" in desk.post(photos, {"upload": b64encode(b"<svg/>").decode()}).told
    made = desk.post(photos, {"upload": b64encode(picture()).decode()}).told
    answer = desk.get(f"{photos}{made['id']}/file/", Accept="image/*")
    assert Image.open(BytesIO(answer.content)).size == (320, 320)
    assert (answer["Content-Disposition"], answer["Cache-Control"]) == (
        'attachment; filename="photo.jpg"',
        "private, no-store",
    )
    assert ReadEvent.objects.filter(patient_id=patient.pk, what="photos").count() >= 2
    assert desk.post(f"{photos}{made['id']}/remove/").status_code == 204
    assert desk.get(f"{photos}{made['id']}/file/").status_code == 404


def test_what_is_larger_than_can_be_taken_is_said_so(desk: Asker, patient: Patient, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    refused = desk.post(f"patients/{patient.pk}/photos/", {"upload": "A" * 2000})
    assert (refused.status_code, refused.told["status"]) == (413, 413)


def test_the_card_is_for_those_who_see_plans(desk: Asker, ward: Asker, patient: Patient) -> None:
    cards = f"patients/{patient.pk}/cards/"
    made = desk.post(cards, {"side": "front", "upload": b64encode(picture()).decode()})
    assert made.status_code == 201
    assert ward.get(cards).status_code == 403
    assert desk.post(f"{cards}{made.told['id']}/take-away/").told["replaced_at"] is not None


def test_the_address_of_an_intake_is_told_once_and_its_token_kept_nowhere(desk: Asker, patient: Patient) -> None:
    made = desk.ask("POST", "intakes/", {"patient": str(patient.pk)}, **{"Idempotency-Key": "one"})
    again = desk.ask("POST", "intakes/", {"patient": str(patient.pk)}, **{"Idempotency-Key": "one"})
    token = made.told["secret"].rsplit("/", 2)[-2]
    assert again.told == made.told
    assert token not in str(list(PatientLink.objects.values()))
    assert "secret" not in desk.get(f"intakes/{made.told['id']}/").told
    assert desk.post(f"intakes/{made.told['id']}/revoke-link/").status_code == 200
    assert PatientLink.objects.get().revoked_at is not None
    assert desk.post(f"intakes/{made.told['id']}/revoke-link/").status_code == 409


def test_the_patients_word_is_kept_and_taken_back_once(desk: Asker, patient: Patient) -> None:
    words = f"patients/{patient.pk}/contact-words/"
    Patient.objects.filter(pk=patient.pk).update(email="maya@example.com")
    made = desk.post(words, {"channel": "email"})
    assert (made.status_code, made.told["revoked_at"]) == (201, None)
    with clock.at(build.moment(patient.site, DAY, "09:05")):
        taken = [desk.post(f"{words}{made.told['id']}/withdraw/") for _ in range(2)]
    assert [one.status_code for one in taken] == [200, 200]
    assert ContactConsent.objects.get().revoked_at is not None


def test_a_goal_is_rated_and_a_rating_that_never_was_is_marked(ward: Asker, patient: Patient) -> None:
    goal = ward.post("goals/", {"patient": str(patient.pk), "words": "To sing again"}).told
    ratings = f"goals/{goal['id']}/ratings/"
    assert "errors" in ward.post(ratings, {"value": 11}).told
    made = ward.post(ratings, {"value": 4, "observed_at": f"{DAY}T16:00:00Z"}).told
    assert ward.post(f"{ratings}{made['id']}/error/", {"reason": "Another day"}).status_code == 200
    life = {"patient": str(patient.pk), "on": "2027-01-20", "kind": "work", "words": "New job"}
    seen = {"patient": str(patient.pk), "words": "Sings in the kitchen", "source": "partner"}
    assert [ward.post(*one).status_code for one in (("life-events/", life), ("observations/", seen))] == [201, 201]


def test_a_safety_plan_is_saved_in_part_and_not_over_a_colleague(ward: Asker, patient: Patient) -> None:
    plan = ward.post("safety-plans/", {"patient": str(patient.pk)}).told
    here = f"safety-plans/{plan['id']}/"
    steps = {step: f"Of {step}" for step in SafetyPlan.STEPS}
    first = ward.ask("PATCH", here, {**steps, "saved": 0})
    assert (first.status_code, first.told["saved"]) == (200, 1)
    assert ward.ask("PATCH", here, {"coping": "Mine", "saved": 0}).status_code == 409
    assert ward.ask("PATCH", here, {"coping": "Walk", "made_how": "video"}).told["helpers"] == "Of helpers"
    assert ward.post(f"{here}sign/").told["signed_by"] is not None
    assert ward.ask("PATCH", here, {"coping": "Later"}).status_code == 409
    copy = ward.get(f"{here}file/")
    assert copy.content.startswith(b"%PDF")


def test_conditions_of_an_evaluation_are_asked_for_and_met(provider: User, site: Site, patient: Patient) -> None:
    medical = Asker(provider, Role.PROVIDER, site)
    made = medical.post("evaluations/", {"patient": str(patient.pk), "observed_at": f"{DAY}T16:00:00Z"}).told
    wanted = [{"text": "Letter of the cardiologist", "whose": "nurse", "due_on": "2027-02-09"}]
    saved = medical.ask("PATCH", f"evaluations/{made['id']}/", {"conditions": wanted})
    assert [one["text"] for one in saved.told["conditions"]] == ["Letter of the cardiologist"]
    (row,) = medical.get(f"evaluations/{made['id']}/conditions/").told["results"]
    refused = medical.post(f"evaluations/{made['id']}/conditions/{row['id']}/met/", {"how": ""})
    assert refused.status_code in {409, 422}


def test_a_file_of_people_is_put_in_line(clinic_admin: User, site: Site) -> None:
    office = Asker(clinic_admin, Role.CLINIC_ADMIN, site)
    body = {"format": "csv", "file_name": "people.csv", "content": b64encode(b"given_name\nAna\n").decode()}
    made = office.post("imports/", {**body, "dry_run": True})
    assert (made.status_code, made.told["state"], ImportJob.objects.get().dry_run) == (201, "waiting", True)
    assert office.get(f"imports/{made.told['id']}/rows/").told["results"] == []
