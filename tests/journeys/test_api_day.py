"""Other systems walk the same ways as people on pages: a treatment planned, an infusion given, a talk written down."""

from __future__ import annotations

from typing import Any

import pytest

from clinic import clock
from clinic.models import Site, User
from clinic.policy import Role
from infusions.models import Infusion, LedgerEntry
from insurance.models import Verification
from patients.models import Evaluation, Patient
from reminders import followups
from tests import build
from tests.asking import Asker
from tests.infusions import making
from tests.infusions.day import Day
from therapy.models import TherapySession
from visits.models import Appointment

pytestmark = pytest.mark.django_db


@pytest.fixture
def day(site: Site, patient: Patient, nurse: User, other_nurse: User, provider: User) -> Day:
    return Day(site, patient, nurse, other_nurse, provider)


def step(asker: Asker, infusion: Infusion, verb: str, **body: Any) -> Any:
    answer = asker.post(f"infusions/{infusion.pk}/{verb}/", body)
    assert answer.status_code in (200, 201), answer.told
    return answer.told


def test_an_infusion_is_given_from_check_in_to_the_way_home(day: Day) -> None:
    infusion = day.until("booked")
    vial = day.vial()
    with day.clock("08:00"):
        first, second = (Asker(one, Role.NURSE, day.site) for one in (day.nurse, day.other_nurse))

    def at(time: str) -> str:
        return day.at(time).isoformat()

    with day.clock("08:45"):
        step(first, infusion, "check-in", observed_at=at("08:45"))
        for instrument, items in {"phq9": [2] * 8 + [0], "cssrs": [0] * 6}.items():
            told = {"patient": str(day.patient.pk), "instrument": instrument, "items": items}
            said = first.post("measures/", {**told, "timepoint": "pre_infusion", "observed_at": at("08:45")})
            assert said.status_code == 201, said.told
    with day.clock("08:52"):
        step(
            first, infusion, "arrival", identity_confirmed=True, weight_kg="80", nothing_new=True,
            last_solids_at=at("00:30"), last_clear_at=at("06:00"), substances_clear=True, pregnancy="negative",
            emergency_ready=True, escort=str(day.escort().pk), escort_confirmed=True,
        )  # fmt: skip
        signs = {"systolic": 128, "diastolic": 82, "heart_rate": 76, "spo2": 98, "respiratory_rate": 14, "moaas": 5}
        assert step(first, infusion, "vitals", observed_at=at("08:52"), **signs)["systolic"] == 128
    with day.clock("09:05"):
        assert step(first, infusion, "clear")["state"] == "cleared"
        step(first, infusion, "draw", vial_label="V-0142")
        refused = first.post(f"infusions/{infusion.pk}/start/", {"observed_at": at("09:05")})
        assert (refused.status_code, bool(refused.told["unmet"])) == (409, True)
    with day.clock("09:12"):
        step(second, infusion, "double-check")
        assert step(first, infusion, "start", observed_at=at("09:12"))["state"] == "in_progress"
        event = step(first, infusion, "events", observed_at=at("09:12"), kind="note", text="Calm")
        assert event["text"] == "Calm"
    with day.clock("09:52"):
        assert step(first, infusion, "complete", observed_at=at("09:52"))["given_mg"] == "40.00"
        seen = {"ml": "0.5", "note": "Dropped", "witness": str(day.other_nurse.pk)}
        path = f"vials/{vial.pk}/waste/"
        wrong = first.post(path, {**seen, "witness_password": "wrong"})
        assert (wrong.status_code, list(wrong.told["errors"])) == (422, ["witness_password"])
        assert first.post(path, {**seen, "witness_password": build.PASSWORD}).told["balance_ml"] == "8.70"
        wasted = LedgerEntry.objects.get(kind="wasted")
        assert (wasted.witness, wasted.entered_by) == (day.other_nurse, day.nurse)
    with day.clock("11:30"):
        step(first, infusion, "vitals", observed_at=at("11:30"), **signs)
        gone = step(
            first, infusion, "discharge", observed_at=at("11:30"), aldrete=10, oriented=True, steady=True,
            no_active_si=True, iv_out=True, instructions_given=True, escort_name="Luis Torres",
            escort_relation="brother",
        )  # fmt: skip
        assert gone["state"] == "discharged"
        assert step(first, infusion, "notes", text="Went well.")["text"] == "Went well."


def test_a_whole_treatment_is_proposed_and_booked_at_once(
    day: Day, therapist: User, front_desk: User, site: Site
) -> None:
    day.evaluated()
    with day.clock("08:00"):
        desk = Asker(front_desk, Role.FRONT_DESK, site)
        wish = {
            "patient": str(day.patient.pk),
            "count": 6,
            "weekdays": [1, 4],
            "not_before": "2027-02-09",
            "at": "10:00",
        }
        found = desk.post("series/plan/", wish)
        assert found.status_code == 200, found.told
        assert len(found.told[0]["visits"]) == 9
        sent = {"patient": str(day.patient.pk), "plan": found.told[0]["plan"]}
        made = desk.post("series/", sent, Idempotency_Key="s1")
        assert made.status_code == 201, made.told
        assert desk.post("series/", sent, Idempotency_Key="s1").told == made.told
    assert Appointment.objects.filter(patient=day.patient).count() == 9
    assert TherapySession.objects.filter(series_id=made.told["id"]).count() == 3


def test_an_evaluation_is_written_line_by_line_and_signed(site: Site, patient: Patient, provider: User) -> None:
    doctor = Asker(provider, Role.PROVIDER, site)
    now = site.today().isoformat()
    body = {"patient": str(patient.pk), "observed_at": f"{now}T00:00:00Z"}
    made = doctor.post("evaluations/", body).told
    path, answers = f"evaluations/{made['id']}/", {key: {"answer": "no"} for key in build.all_no()}
    kept = doctor.ask("PATCH", path, {"answers": answers, "diagnosis": "Depression"}, **{"If-Match": '"1"'})
    assert (kept.status_code, kept["ETag"], kept.told["diagnosis"]) == (200, '"2"', "Depression")
    assert {one["answer"] for one in kept.told["answers"]} == {"no"}
    assert doctor.ask("PATCH", path, {"plan": "x"}, **{"If-Match": '"1"'}).status_code == 412
    refused = doctor.post(f"{path}sign/", {"outcome": "eligible"})
    assert (refused.status_code, bool(refused.told["unmet"])) == (409, True)
    signed = doctor.post(f"{path}sign/", {"outcome": "ineligible", "rationale": "Not now."})
    assert signed.told["state"] == Evaluation.State.INELIGIBLE


def test_benefits_are_checked_and_their_answer_kept(site: Site, patient: Patient, insurance_admin: User) -> None:
    clerk = Asker(insurance_admin, Role.INSURANCE_ADMIN, site)
    plan = {"patient": str(patient.pk), "payer_name": "Tidewater", "member_id": "T1", "starts_on": "2020-01-01"}
    coverage = clerk.post("coverages/", plan)
    assert (coverage.status_code, coverage.told["payer_name"]) == (201, "Tidewater")
    check = Verification.objects.filter(patient=patient, leg="medical").first()
    assert check is not None
    clerk.post(f"verifications/{check.pk}/claim/")
    said = {
        "state": "active", "method": "phone", "representative": "Dana", "reference": "R-1", "copay": "25.00",
        "in_network": True, "coverage": coverage.told["id"], "authorization_required": False,
    }  # fmt: skip
    kept = clerk.post(f"verifications/{check.pk}/result/", said)
    assert (kept.status_code, kept.told.get("state"), kept.told.get("copay")) == (200, "active", "25.00"), kept.told
    told = {"coverage": coverage.told["id"], "number": "A1", "codes": "96365", "units": 6}
    approved = clerk.post("authorizations/", {**told, "starts_on": "2026-01-01", "ends_on": "2030-01-01"})
    assert (approved.status_code, approved.told["codes"]) == (201, ["96365"])


def test_consent_on_paper_and_a_score(site: Site, patient: Patient, nurse: User) -> None:
    ward = Asker(nurse, Role.NURSE, site)
    seen = f"{site.today().isoformat()}T00:00:00Z"
    signed = ward.post(
        "consents/",
        {"patient": str(patient.pk), "kind": "treatment", "signer_name": "Maya Torres", "observed_at": seen},
    )
    assert (signed.status_code, signed.told["method"]) == (201, "paper"), signed.told
    scored = ward.post(
        "measures/", {"patient": str(patient.pk), "instrument": "madrs", "score": 28, "observed_at": seen}
    )
    assert (scored.status_code, scored.told["score"]) == (201, 28), scored.told


def test_a_progress_note_is_drafted_signed_and_then_read(
    site: Site, patient: Patient, provider: User, therapist: User
) -> None:
    held = TherapySession.objects.create(
        patient=patient, series=making.loading(patient, provider), kind="preparation", therapist=therapist, state="held"
    )
    asker, path = Asker(therapist, Role.THERAPIST, site), f"therapy-sessions/{held.pk}/"
    draft = asker.post(f"{path}draft/", {"kind": "plan", "sections": {"focus": "Breath"}})
    assert draft.status_code == 200, draft.told
    assert asker.get(f"{path}notes/").told["results"] == []
    assert asker.post(f"{path}sign/", {"kind": "progress"}).status_code == 404
    signed = asker.post(f"{path}sign/", {"kind": "plan"})
    assert signed.status_code == 200, signed.told
    (note,) = asker.get(f"{path}notes/").told["results"]
    assert (note["kind"], note["signed_by"]) == ("plan", str(therapist.pk))


def test_a_task_is_taken_and_done_by_who_owns_it(site: Site, patient: Patient, front_desk: User, nurse: User) -> None:
    task = followups.open_task(
        kind="mend_phone", site=site, patient=patient, title="Call Maya", subject_kind="patient",
        subject_id=patient.pk, owner_role=Role.FRONT_DESK, due_at=clock.now(),
    )  # fmt: skip
    assert task is not None
    desk, ward = Asker(front_desk, Role.FRONT_DESK, site), Asker(nurse, Role.NURSE, site)
    assert ward.get(f"tasks/{task.pk}/").status_code == 404
    taken = desk.post(f"tasks/{task.pk}/take/").told
    assert (taken["owner"], "No longer needed" in taken["outcomes"]) == (str(front_desk.pk), True)
    assert desk.post(f"tasks/{task.pk}/done/", {"outcome": "Nonsense"}).told["errors"].keys() == {"outcome"}


def test_a_token_is_told_the_tasks_of_its_role_alone(site: Site, patient: Patient) -> None:
    """Who is a nurse and at the desk has two lists: the desk's system is not told what the nurse has to do."""
    both = build.user(Role.NURSE, Role.FRONT_DESK, at=site)
    task = followups.open_task(
        kind="checkin_call", site=site, patient=patient, title="Call Maya", subject_kind="patient",
        subject_id=patient.pk, owner_role=Role.NURSE, due_at=clock.now(),
    )  # fmt: skip
    assert task is not None
    ward, desk = Asker(both, Role.NURSE, site), Asker(both, Role.FRONT_DESK, site)
    assert ward.post(f"tasks/{task.pk}/take/").told["owner"] == str(both.pk)
    assert [len(one.get("tasks/").told["results"]) for one in (ward, desk)] == [1, 0]
    assert desk.get(f"tasks/{task.pk}/").status_code == 404
