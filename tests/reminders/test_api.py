"""Words, ways to reach patients, and who is told of what, kept by another system."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from clinic import clock
from clinic.models import ReadEvent, Site, User
from clinic.policy import Role
from patients.models import Patient
from reminders import wordings
from reminders.models import OptOut, Unreachable, Webhook, WebhookDelivery
from tests import build
from tests.asking import Asker

pytestmark = pytest.mark.django_db
DAY = "2027-02-02"


@pytest.fixture(autouse=True)
def morning(site: Site) -> Iterator[None]:
    with clock.at(build.moment(site, DAY, "09:00")):
        yield


@pytest.fixture
def office(clinic_admin: User, site: Site) -> Asker:
    return Asker(clinic_admin, Role.CLINIC_ADMIN, site)


@pytest.fixture
def desk(front_desk: User, site: Site) -> Asker:
    return Asker(front_desk, Role.FRONT_DESK, site)


def test_own_words_are_written_restored_and_given_up_for_those_of_the_house(office: Asker, site: Site) -> None:
    house = wordings.newest("instructions", "en", site=site)
    words = {"kind": "instructions", "language": "en", "subject": house.subject, "body": house.body, "text": house.text}
    first = office.post("wordings/", {**words, "subject": "Your visit stands"})
    assert (first.status_code, first.told["version"]) == (201, 1)
    late = office.post("wordings/", {**words, "subject": "Another", "based_on": house.version})
    assert late.status_code == 409
    assert office.post("wordings/", {**words, "text": "No placeholder"}).status_code == 422
    assert office.post("wordings/", {"kind": "instructions", "language": "en", "house": True}).told["version"] == 2
    again = office.post(f"wordings/{first.told['id']}/restore/")
    assert (again.status_code, again.told["version"], again.told["subject"]) == (201, 3, "Your visit stands")
    assert office.post("wordings/", {**words, "kind": "nothing"}).status_code == 422


def test_a_patient_stops_texts_and_wants_them_again(desk: Asker, patient: Patient) -> None:
    here = f"patients/{patient.pk}/"
    assert desk.post(f"{here}preferences/", {"way": "email"}).told["way"] == "email"
    stop = desk.post(f"{here}opt-outs/", {"channel": "text", "words": "Please no texts"})
    assert (stop.status_code, stop.told["source"]) == (201, "told")
    with clock.at(build.moment(patient.site, DAY, "09:05")):
        ended = [desk.post(f"{here}opt-outs/{stop.told['id']}/resume/") for _ in range(2)]
    assert [one.status_code for one in ended] == [200, 409]
    assert OptOut.objects.get().until is not None


def test_a_number_that_is_right_after_all_is_written_to_again(desk: Asker, patient: Patient, stranger: User) -> None:
    Patient.objects.filter(pk=patient.pk).update(phone="+13105550171")
    dead = Unreachable.objects.create(channel="text", address="+13105550171", why="No such number")
    (row,) = desk.get("dead-ends/").told["results"]
    assert row["patient"] == str(patient.pk)
    assert ReadEvent.objects.filter(patient_id=patient.pk, what="dead-ends").exists()
    elsewhere = Asker(stranger, Role(stranger.roles_held[0].role), stranger.roles_held[0].site)
    assert elsewhere.get(f"dead-ends/{dead.pk}/").status_code == 404
    with clock.at(build.moment(patient.site, DAY, "09:05")):
        assert desk.post(f"dead-ends/{dead.pk}/works/", {"patient": str(patient.pk)}).status_code == 200
    dead.refresh_from_db()
    assert dead.until is not None


def test_a_system_is_told_from_now_on_and_its_secret_shown_in_one_answer(office: Asker, desk: Asker) -> None:
    told = {"name": "Billing", "address": "http://localhost:8099/events", "kinds": ["appointment.booked"]}
    assert desk.post("webhooks/", told).status_code == 403
    assert office.post("webhooks/", told).told["type"] == "urn:evenkeel:problem:proof-needed"
    proof = {"proof_password": build.PASSWORD}
    made = office.post("webhooks/", {**told, **proof})
    assert (made.status_code, made.told["secret"][:6]) == (201, "whsec_")
    here = f"webhooks/{made.told['id']}/"
    assert "secret" not in office.get(here).told
    assert made.told["secret"] not in str(list(Webhook.objects.values()))
    renewed = office.post(f"{here}secret/", proof)
    assert renewed.told["secret"] not in {"", made.told["secret"]}
    assert office.post(f"{here}test/").status_code == 200
    (row,) = office.get(f"{here}deliveries/").told["results"]
    assert office.post(f"{here}deliveries/{row['id']}/again/").status_code == 409
    WebhookDelivery.objects.update(state="failed", why="Nobody there")
    assert office.post(f"{here}deliveries/{row['id']}/again/").told["state"] == "planned"
    assert office.post(f"{here}off/").told["ended_at"] is not None
    assert office.post(f"{here}test/").status_code == 409
