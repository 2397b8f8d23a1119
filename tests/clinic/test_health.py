"""Which part of the house does not do its work, for whoever watches it from outside."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from celery import signals
from django.test import Client

from clinic import clock, heartbeats
from clinic.models import Heartbeat, Site
from patients.models import Patient, SafetyAlert
from reminders import watch
from reminders.models import Message, StaffPage
from tests import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def noon(site: Site) -> datetime:
    return build.moment(site, "2027-02-02", "12:00")


def alive(at: datetime) -> None:
    with clock.at(at):
        for name in heartbeats.NAMES:
            heartbeats.beat(name)


def planned(patient: Patient, due: datetime, **more: object) -> Message:
    return Message.objects.create(
        kind="appointment_24h", patient=patient, site=patient.site, channel="email", subject_kind="appointment",
        subject_id=uuid4(), occurrence="1", template_version="1", due_at=due, expires_at=due + timedelta(days=1),
        **more,
    )  # fmt: skip


def ready(client: Client, at: datetime) -> tuple[int, dict[str, str]]:
    with clock.at(at):
        answer = client.get("/health/ready")
    said = answer.json()
    assert (said["status"] == "ready") == (answer.status_code == 200)
    return answer.status_code, {name: says for name, says in said["parts"].items() if says != "ok"}


def test_house_in_which_everything_works_is_ready(client: Client, patient: Patient, noon: datetime) -> None:
    alive(noon - timedelta(seconds=120))
    planned(patient, noon - timedelta(seconds=120))
    planned(patient, noon + timedelta(hours=1))
    assert ready(client, noon) == (200, {})


@pytest.mark.parametrize("part", ["beat", "worker", "dispatcher", "paging"])
def test_part_that_is_silent_for_more_than_two_minutes_is_named(client: Client, noon: datetime, part: str) -> None:
    alive(noon)
    Heartbeat.objects.filter(name=part).update(at=noon - timedelta(seconds=121))
    assert ready(client, noon) == (503, {part: "silent for 121 s"})
    Heartbeat.objects.filter(name=part).delete()
    assert ready(client, noon) == (503, {part: "never heard of"})


@pytest.mark.parametrize("state", ["planned", "claimed"])
def test_message_that_nobody_sends_for_more_than_two_minutes_is_an_alarm(
    client: Client, patient: Patient, noon: datetime, state: str
) -> None:
    alive(noon)
    held = {"state": state, "lease_until": noon - timedelta(seconds=1), "lease_owner": "gone"}
    planned(patient, noon - timedelta(seconds=121), **(held if state == "claimed" else {}))
    assert ready(client, noon) == (503, {"messages": "the oldest message has been waiting for 121 s"})


def test_message_that_waits_for_its_next_try_or_is_being_sent_is_none(
    client: Client, patient: Patient, noon: datetime
) -> None:
    alive(noon)
    planned(patient, noon - timedelta(hours=1), next_attempt_at=noon + timedelta(minutes=1))
    planned(patient, noon - timedelta(hours=1), next_attempt_at=noon - timedelta(minutes=1))
    planned(
        patient, noon - timedelta(hours=1), state="claimed", lease_until=noon + timedelta(seconds=30), lease_owner="me"
    )
    planned(patient, noon - timedelta(hours=1), state="suppressed")
    assert ready(client, noon) == (200, {})


@pytest.mark.parametrize(("hour", "says"), [("06:00", None), ("08:01", 60), ("09:00", 3600)])
def test_what_waits_for_the_morning_counts_from_the_morning(
    patient: Patient, site: Site, hour: str, says: int | None
) -> None:
    planned(patient, build.moment(site, "2027-02-02", "05:00"))
    with clock.at(build.moment(site, "2027-02-02", hour)):
        waiting = watch.oldest()
    assert waiting == (timedelta(seconds=says) if says else None)


def test_page_to_staff_that_nobody_sends_is_an_alarm(client: Client, patient: Patient, noon: datetime) -> None:
    alive(noon)
    alert = SafetyAlert.objects.create(patient=patient, grade="low", acknowledge_by=noon)
    StaffPage.objects.create(
        alert=alert, site=patient.site, step=0, recipient=build.user("provider", at=patient.site), tier="first",
        channel="email", due_at=noon - timedelta(minutes=3), answer_by=noon,
    )  # fmt: skip
    assert ready(client, noon) == (503, {"pages": "the oldest page has been waiting for 180 s"})


def test_health_names_no_patient(client: Client, patient: Patient, noon: datetime) -> None:
    planned(patient, noon - timedelta(hours=1))
    with clock.at(noon):
        said = client.get("/health/ready").content.decode()
    assert not any(word in said for word in (patient.given_name, patient.family_name, patient.mrn, str(patient.pk)))


def test_beat_is_heard_of_when_it_hands_out_and_a_worker_when_it_has_done(
    noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeats, "_last", {})
    with clock.at(noon):
        try:
            heartbeats._in_beat()
            heartbeats._in_worker()
        finally:
            signals.before_task_publish.disconnect(dispatch_uid="heartbeats.handed-out")
    assert dict(Heartbeat.objects.values_list("name", "at")) == {"beat": noon, "worker": noon}


def test_heartbeat_is_written_sparingly(noon: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeats, "_last", {})
    for seconds in (0, 5):
        with clock.at(noon + timedelta(seconds=seconds)):
            heartbeats._in_worker()
    assert Heartbeat.objects.get().at == noon
