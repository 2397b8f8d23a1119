"""A monitor posts for the room; nothing of it counts before a nurse accepts it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic import clock, settings_versions
from clinic.errors import Invalid, NotPermitted, Refused
from clinic.models import Room, User
from clinic.policy import Role
from infusions import devices, vitals
from infusions.models import Device, DeviceReading, Infusion, VitalSigns
from journey.fhir import posted as posted_fhir
from journey.fhir.tokens import BadParameter
from tests import build
from tests.infusions.day import Day

SET = {"systolic": 131, "diastolic": 84, "heart_rate": 77, "spo2": 97}
State = DeviceReading.State


@pytest.fixture
def admin(day: Day) -> User:
    return build.user(Role.CLINIC_ADMIN, at=day.site, name="Jo Park", shift=False)


def of_room(infusion: Infusion, admin: User) -> tuple[Device, str]:
    room = Room.objects.get(holds__appointment=infusion.appointment, holds__active=True)
    return devices.register(room=room, name="Monitor", by=admin)


@pytest.fixture
def here(checked_in: Infusion) -> Infusion:
    """Somebody sits in the chair."""
    return checked_in


@pytest.fixture
def monitor(here: Infusion, admin: User) -> tuple[Device, str]:
    return of_room(here, admin)


def posted(day: Day, monitor: tuple[Device, str], at: str = "09:20", **values: int) -> DeviceReading:
    with day.clock(at):
        return devices.take(device=monitor[0], said_at=clock.now(), values=values or SET)


def test_a_reading_is_no_vital_sign_until_a_nurse_accepts_it(day: Day, running: Infusion, admin: User) -> None:
    here, monitor = running, of_room(running, admin)
    settings, rows = settings_versions.current(day.site), here.vitals.all()
    with day.clock("09:20"):
        before = vitals.next_due(here, rows, settings)
    reading = posted(day, monitor)
    with day.clock("09:20"):
        assert vitals.next_due(here, here.vitals.all(), settings) == before
        kept = devices.accept(reading_id=reading.pk, by=day.nurse)
        again = devices.accept(reading_id=reading.pk, by=day.other_nurse)
        after = vitals.next_due(here, here.vitals.all(), settings)
    row = here.vitals.latest("observed_at")
    assert (row.systolic, row.diastolic, row.heart_rate, row.spo2, row.moaas) == (131, 84, 77, 97, None)
    assert (row.observed_at, row.entered_by) == (day.at("09:20"), day.nurse)
    assert kept.vitals_id == again.vitals_id == row.pk
    assert before
    assert after
    assert after.at == day.at("09:30") > before.at


def test_the_same_second_is_one_row_and_its_signs_come_together(day: Day, here: Infusion, monitor: Any) -> None:
    first = posted(day, monitor, systolic=131, diastolic=84)
    second = posted(day, monitor, heart_rate=77)
    third = posted(day, monitor, heart_rate=140)
    assert first.pk == second.pk == third.pk
    assert (DeviceReading.objects.get().systolic, DeviceReading.objects.get().heart_rate) == (131, 77)


def test_what_nobody_can_have_is_kept_marked_and_never_accepted(day: Day, here: Infusion, monitor: Any) -> None:
    reading = posted(day, monitor, spo2=0, heart_rate=76)
    assert reading.out_of_range == ["spo2"]
    with day.clock("09:21"), pytest.raises(Refused, match="Nobody can have this SpO2"):
        devices.accept(reading_id=reading.pk, by=day.nurse)
    row = VitalSigns.objects.create(infusion=here, observed_at=day.at("09:20"), heart_rate=76)
    accepted = {"state": State.ACCEPTED, "vitals": row, "decided_at": clock.now(), "decided_by": day.nurse}
    with pytest.raises(IntegrityError), transaction.atomic():
        DeviceReading.objects.update(**accepted)


@pytest.mark.parametrize("off", [5, -5, 0])
def test_a_clock_that_is_off_is_marked_and_the_nurse_says_which_time_counts(
    day: Day, here: Infusion, monitor: Any, off: int
) -> None:
    with day.clock("09:20"):
        said = clock.now() + timedelta(minutes=off)
        reading = devices.take(device=monitor[0], said_at=said, values=SET)
        assert reading.clock_off == bool(off)
        devices.accept(reading_id=reading.pk, by=day.nurse, when_it_came=True)
    assert here.vitals.latest("entered_at").observed_at == day.at("09:20")


def test_a_reading_from_before_the_check_in_belongs_to_nobody(day: Day, checked_in: Infusion, admin: User) -> None:
    monitor, _ = of_room(checked_in, admin)
    with day.clock("08:50"):
        for minute, why in (("08:44", "before the person"), ("08:20", "more than 15 minutes ago")):
            with pytest.raises(Refused, match=why):
                devices.take(device=monitor, said_at=day.at(minute), values=SET)
        assert devices.take(device=monitor, said_at=day.at("08:46"), values=SET).infusion == checked_in


def test_with_nobody_in_the_room_or_two_people_nothing_is_kept(day: Day, booked: Infusion, admin: User) -> None:
    monitor, _ = of_room(booked, admin)
    with day.clock("08:50"), pytest.raises(Refused, match="Nobody is checked in in"):
        devices.take(device=monitor, said_at=clock.now(), values=SET)
    assert not DeviceReading.objects.exists()


@pytest.mark.parametrize("values", [{}, {"systolic": 120}, {"spo2": "97"}, {"mood": 3}, {"spo2": -1}, {"spo2": True}])
def test_what_is_no_reading_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        devices._check(values)


def test_older_readings_of_the_same_signs_are_passed_over(day: Day, here: Infusion, monitor: Any) -> None:
    pressure = posted(day, monitor, "09:14", systolic=130, diastolic=80)
    older = posted(day, monitor, "09:15", heart_rate=80, spo2=98)
    newest = posted(day, monitor, "09:16", heart_rate=82, spo2=97)
    with day.clock("09:16"):
        assert {offer.row.pk for offer in devices.waiting(here)} == {pressure.pk, newest.pk}
        devices.reject(reading_id=newest.pk, by=day.nurse, reason="The probe hung loose")
        assert [offer.row.pk for offer in devices.waiting(here)] == [pressure.pk]
        with pytest.raises(Refused, match="settled"):
            devices.accept(reading_id=older.pk, by=day.nurse)
    states = dict(DeviceReading.objects.values_list("pk", "state"))
    assert states == {pressure.pk: State.WAITING, older.pk: State.PASSED, newest.pk: State.REJECTED}
    with pytest.raises(InternalError), transaction.atomic():
        DeviceReading.objects.filter(pk=newest.pk).update(state=State.WAITING, decided_at=None, decided_by=None)


def test_only_those_who_run_infusions_decide(day: Day, here: Infusion, monitor: Any, therapist: User) -> None:
    reading = posted(day, monitor)
    for verb in (devices.accept, devices.reject):
        with pytest.raises(NotPermitted):
            verb(reading_id=reading.pk, by=therapist)


def test_what_nobody_took_over_is_forgotten_after_a_day(day: Day, here: Infusion, monitor: Any) -> None:
    kept, _ = posted(day, monitor, "09:15"), posted(day, monitor, "09:14", heart_rate=80)
    with day.clock("09:16"):
        devices.accept(reading_id=kept.pk, by=day.nurse)
    with clock.at(day.at("09:16") + timedelta(hours=25)):
        assert devices.forget() == 1
    assert list(DeviceReading.objects.values_list("pk", flat=True)) == [kept.pk]


# The doors


def post(day: Day, token: str, at: str = "09:20", **body: Any) -> Any:
    with day.clock(at):
        sent = {"measured_at": clock.now().isoformat(), **SET} | body
        return Client().post(
            "/infusions/devices/vitals/", json.dumps(sent), "application/json",
            headers={"Authorization": f"Device {token}"},
        )  # fmt: skip


def test_a_post_costs_few_queries_and_a_revoked_token_is_refused_at_once(
    day: Day, monitor: tuple[Device, str], admin: User
) -> None:
    device, token = monitor
    assert device.token_hash != token
    with CaptureQueriesContext(connection) as queries:
        assert post(day, token).status_code == 202
    asked = [one["sql"] for one in queries if "SAVEPOINT" not in one["sql"]]
    assert len(asked) <= 4, asked  # the device, its reading of that second, who sits there, and the row
    wrong = post(day, token, at="09:21", spo2="high")
    assert (wrong.status_code, wrong.json()["type"]) == (422, "urn:evenkeel:problem:invalid")  # as the API says it
    assert "spo2" in wrong.json()["errors"]
    assert post(day, token, at="09:21", measured_at="2027-02-02T09:21:00").status_code == 422
    devices.revoke(device_id=device.pk, by=admin)
    answer = post(day, token, at="09:22")
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")


def part(code: str, value: float, unit: str) -> dict[str, Any]:
    coding = [{"system": "http://loinc.org", "code": code}]
    return {"code": {"coding": coding}, "valueQuantity": {"value": value, "unit": unit}}


PANEL: dict[str, Any] = {
    "resourceType": "Observation",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "85354-9"}]},
    "effectiveDateTime": "2027-02-02T09:20:10-08:00",
    "component": [part("8480-6", 131.0, "mmHg"), part("8462-4", 84, "mmHg")],
}


def test_a_pressure_panel_of_fhir_is_a_reading(day: Day, here: Infusion, monitor: tuple[Device, str]) -> None:
    with day.clock("09:20"):
        answer = Client().post(
            "/fhir/R4/Observation", json.dumps(PANEL), "application/fhir+json",
            headers={"Authorization": f"Device {monitor[1]}"},
        )  # fmt: skip
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (202, "informational")
    row = DeviceReading.objects.get()
    assert (row.systolic, row.diastolic, row.infusion) == (131, 84, here)
    assert not here.vitals.filter(systolic=131).exists()


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"resourceType": "Patient"}, "Observation"),
        ({"effectiveDateTime": "2027-02-02"}, "Observation.effectiveDateTime"),
        ({"component": [{"code": {"coding": [{"system": "http://loinc.org", "code": "1-8"}]}}]},
         "Observation.component.code"),
        ({"component": [], "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
          "valueQuantity": {"value": 77, "unit": "Hz"}}, "Observation.valueQuantity.code"),
    ],
)  # fmt: skip
def test_an_observation_that_cant_be_read_names_the_element(body: dict[str, Any], named: str) -> None:
    with pytest.raises(BadParameter) as refused:
        posted_fhir.observation(json.dumps(PANEL | body).encode())
    assert refused.value.name == named


def test_the_chair_shows_what_waits_and_takes_it_over_with_one_press(
    day: Day, here: Infusion, monitor: Any, client: Client
) -> None:
    reading = posted(day, monitor)
    client.force_login(day.nurse)
    with day.clock("09:20"):
        page = client.get(f"/infusions/{here.pk}/readings/").content.decode()
        assert "131/84" in page
        assert "Accept" in page
        client.post(
            f"/infusions/{here.pk}/readings/{reading.pk}/accept/", {"patient": here.series.patient_id},
            headers={"HX-Request": "true"},
        )  # fmt: skip
        assert here.vitals.filter(systolic=131, entered_by=day.nurse).exists()
        assert "131/84" not in client.get(f"/infusions/{here.pk}/readings/").content.decode()


def test_an_admin_sees_a_token_once(day: Day, admin: User, client: Client) -> None:
    room = day.site.rooms.filter(kind="infusion").first()
    assert room
    client.force_login(admin)
    page = client.post("/infusions/devices/", {"name": "Pump", "room": str(room.pk)}).content.decode()
    device = Device.objects.get()
    token = page.partition('<samp class="user-select-all">')[2].partition("<")[0]
    assert devices.known(f"Device {token}") == device
    assert token not in client.get("/infusions/devices/").content.decode()
