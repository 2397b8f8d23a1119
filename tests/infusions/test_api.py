"""What other systems write beside a chair and in the safe: the same rows, by the same verbs, as on the pages."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from clinic import clock
from clinic.models import ReadEvent, Room, Site, User
from clinic.policy import Role
from infusions import checkins, notes
from infusions.models import DeviceReading, Infusion, LongTermCheck, RunEvent, Series, VitalSigns
from patients.models import Patient, SafetyAlert
from tests import build
from tests.asking import Asker
from tests.infusions import making
from tests.infusions.day import Day

SIGNS = {"systolic": 190, "diastolic": 112, "heart_rate": 76, "spo2": 98, "respiratory_rate": 14, "moaas": 5}


def asker(day: Day, user: User | None = None, role: Role = Role.NURSE) -> Asker:
    with day.clock("08:00"):
        return Asker(user or day.nurse, role, day.site)


def test_a_row_is_answered_and_corrected_and_an_event_taken_back(day: Day, running: Infusion) -> None:
    ward, path = asker(day), f"infusions/{running.pk}/"
    with day.clock("09:30"):
        now = clock.now().isoformat()
        row = ward.post(f"{path}vitals/", {"observed_at": now, **SIGNS}).told
        here = f"{path}vitals/{row['id']}/"
        seen = ward.get(here)["ETag"]
        said = ward.post(f"{here}answer/", {"pause": True})
        assert (said.status_code, said.told["kind"], said.told["text"]) == (201, "limit", "Paused the pump")
        right = ward.post(f"{here}correct/", {"systolic": 130, "diastolic": 82, "reason": "Cuff"}, If_Match=seen)
        assert (right.status_code, right.told["systolic"], right.told["corrects"]) == (201, 130, row["id"])
        assert right.told["heart_rate"] == 76  # what was not named stays
        late = ward.post(f"{here}correct/", {"systolic": 131, "reason": "Mine"}, If_Match=seen)
        assert (late.status_code, late.told["title"]) == (412, "Someone changed this meanwhile")
        assert ward.get(here).told["entered_in_error_reason"] == "Cuff"
        event = ward.post(f"{path}events/", {"kind": "nausea", "text": "A little", "observed_at": now}).told
        gone = ward.post(f"{path}events/{event['id']}/error/", {"reason": "Another patient"})
        assert (gone.status_code, gone.told["entered_in_error_reason"]) == (200, "Another patient")
    running.refresh_from_db()
    assert running.state == "paused"
    assert list(VitalSigns.objects.filter(entered_in_error_at=None, corrects=row["id"]).values_list("systolic")) == [
        (130,)
    ]
    assert RunEvent.objects.filter(kind="nausea", entered_in_error_at__isnull=False).count() == 1


def test_a_device_is_registered_posts_and_its_reading_becomes_a_row(
    day: Day, running: Infusion, clinic_admin: User
) -> None:
    ward, admin = asker(day), asker(day, clinic_admin, Role.CLINIC_ADMIN)
    room = Room.objects.get(holds__appointment=running.appointment, holds__active=True)
    with day.clock("09:25"):
        new = {"room": str(room.pk), "name": "Monitor", "proof_password": build.PASSWORD}
        made = admin.post("devices/", new)
        assert made.status_code == 201, made.told
        sent = {"measured_at": clock.now().isoformat(), "systolic": 128, "diastolic": 80}
        token = {"Authorization": f"Device {made.told['secret']}"}
        Client().post(reverse("infusions:device-vitals"), sent, content_type="application/json", headers=token)
        path = f"infusions/{running.pk}/readings/"
        (reading,) = ward.get(path).told["results"]
        taken = ward.post(f"{path}{reading['id']}/accept/")
        assert (taken.status_code, taken.told["state"]) == (200, "accepted"), taken.told
        assert "secret" not in admin.get(f"devices/{made.told['id']}/").told
        assert admin.post(f"devices/{made.told['id']}/revoke/").told["revoked_by"] == str(clinic_admin.pk)
    row = DeviceReading.objects.get(pk=reading["id"]).vitals
    assert row is not None
    assert (row.systolic, row.entered_by) == (128, day.nurse)


def test_what_is_added_to_a_signed_note_stands_beside_it(day: Day, recovering: Infusion) -> None:
    ward, path = asker(day), f"infusions/{recovering.pk}/addenda/"
    with day.clock("12:00"):
        assert ward.post(path, {"text": "Her sister drove."}).status_code == 409  # the note is not signed yet
        Infusion.objects.filter(pk=recovering.pk).update(state="discharged")
        notes.sign(infusion_id=recovering.pk, text="Went well.", by=day.nurse)
        added = ward.post(path, {"text": "Her sister drove."})
        assert (added.status_code, added.told["written_by"]) == (201, str(day.nurse.pk)), added.told
        assert [one["text"] for one in ward.get(path).told["results"]] == ["Her sister drove."]


def test_a_nurse_writes_down_what_was_said_on_the_phone(
    site: Site, patient: Patient, provider: User, nurse: User, other_nurse: User
) -> None:
    series = making.loading(patient, provider)
    order, vial = making.order(series, provider), making.vial(site, nurse)
    infusion = making.infusion(series, 1, "2027-02-05")
    given = making.give(infusion, order, vial, nurse=nurse, checker=other_nurse)
    with clock.at(build.moment(site, "2027-02-06", "16:00")):
        checkin = checkins.plan(given, left_at=build.moment(site, "2027-02-05", "11:00"))
        assert checkin is not None
        ward, path = Asker(nurse, Role.NURSE, site), f"checkins/{checkin.pk}/call/"
        half = ward.post(path, {"mood": 7})
        assert (half.status_code, set(half.told["errors"])) == (
            422, {"effects", "bother", "sleep", "bladder", "thoughts"},
        )  # fmt: skip
        told = {"mood": 2, "effects": ["nausea"], "bother": 1, "sleep": 3, "bladder": False, "thoughts": 2}
        kept = ward.post(path, told)
        assert (kept.status_code, kept.told["state"], kept.told["answered_by"]) == (200, "answered", str(nurse.pk))
        assert ward.post(path, told).status_code == 409
    assert str(SafetyAlert.objects.get().pk) == kept.told["alert"]


def test_the_safe_is_counted_before_a_witness_and_a_difference_keeps_it_open(
    site: Site, nurse: User, other_nurse: User, provider: User
) -> None:
    with clock.at(build.moment(site, "2027-02-02", "18:30")):
        first, second = making.vial(site, nurse), making.vial(site, nurse, label="V-2")
        ward = Asker(nurse, Role.NURSE, site)
        seen = {"witness": str(other_nurse.pk), "witness_password": build.PASSWORD}
        found = [{"vial": str(first.pk), "ml": "10"}, {"vial": str(second.pk), "ml": "9.5", "note": "Leaks"}]
        body = {"kind": "daily", "found": found, **seen}
        assert ward.post("stock-counts/", {**body, "witness_password": "wrong"}).status_code == 422
        taken = ward.post("stock-counts/", body)
        assert (taken.status_code, taken.told["closed_at"]) == (201, None), taken.told
        path = f"stock-counts/{taken.told['id']}/close/"
        assert ward.post(path, seen).told["unmet"] == [
            "V-2 differs from the ledger: count it again, or settle the difference."
        ]
        ward.post(f"vials/{second.pk}/settle/", {"cause": "spill", "note": "Stopper leaked", **seen})
        closed = ward.post(path, seen)
        assert (closed.status_code, closed.told["witness"]) == (200, str(other_nurse.pk)), closed.told


def test_before_a_booster_bladder_and_misuse_are_asked(site: Site, patient: Patient, provider: User) -> None:
    with clock.at(build.moment(site, "2027-03-01")):
        first = making.loading(patient, provider)
        Series.objects.filter(pk=first.pk).update(state="completed", ended_at=clock.now())
        series = Series.objects.create(
            patient=patient, site=site, kind="maintenance", follows=first, opened_by=provider, state="active"
        )
        infusion = making.infusion(series, 1, "2027-03-02")
        doctor, path = Asker(provider, Role.PROVIDER, site), f"infusions/{infusion.pk}/long-term-checks/"
        assert set(doctor.post(path, {"urinary": True, "misuse": False}).told["errors"]) == {"note"}
        assert doctor.post(path, {"urinary": False, "misuse": False}).status_code == 201
        assert LongTermCheck.objects.count() == 1


def test_the_gate_says_what_is_missing_and_what_a_provider_let_pass(day: Day, checked_in: Infusion) -> None:
    ward, doctor = asker(day), asker(day, day.provider, Role.PROVIDER)
    path, gate = f"infusions/{checked_in.pk}/", f"infusions/gate/?infusion={checked_in.pk}"
    with day.clock("08:50"):
        day.arrival(checked_in, escort_confirmed=False)
        closed = {one["key"]: one for one in ward.get(gate).told if not one["passed"]}
        assert closed["escort"]["sentence"]
        assert all(one["sentence"] and one["state"] != "ok" for one in closed.values())
        kept = doctor.post(f"{path}override/", {"light": "escort", "reason": "Her son is on his way"})
        assert kept.status_code == 200, kept.told
        (override,) = ward.get(f"{path}overrides/").told["results"]
        (light,) = (one for one in ward.get(gate).told if one["key"] == "escort")
        assert (light["passed"], light["override"], override["by"]) == (True, override["id"], str(day.provider.pk))
    assert ReadEvent.objects.filter(what="gate", patient_id=day.patient.pk).count() == 2


def test_the_desk_finds_the_infusion_it_checks_in_and_not_how_it_goes(
    day: Day, checked_in: Infusion, front_desk: User
) -> None:
    desk = asker(day, front_desk, Role.FRONT_DESK)
    with day.clock("08:50"):
        (row,) = desk.get(f"infusions/?patient={day.patient.pk}").told["results"]
        assert set(row) == {"id", "series", "appointment", "number", "version"}
        assert desk.get("infusions/?state=held").status_code == 403  # nor by leaving out
        assert set(desk.get(f"infusions/{checked_in.pk}/").told) == set(row)
