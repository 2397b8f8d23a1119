"""What other systems do with whole treatments: repairs, absences, bills, summaries, and the reviews of access."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from clinic import clock
from clinic.models import Site, User
from clinic.policy import Role
from infusions.models import Series
from journey.models import EmergencyAccess, UnusualAccess
from journey.series import book_series
from patients.models import Patient
from tests import build
from tests.asking import Asker
from tests.infusions import making
from visits import repair_finding
from visits.models import Appointment, Repair
from visits.planner import Proposal, Slot

DAYS = ("02-02", "02-05", "02-09", "02-12", "02-16", "02-19")


@pytest.fixture
def series(site: Site, patient: Patient, nurse: User, therapist: User, provider: User, front_desk: User) -> Any:
    making.evaluation(patient, provider)
    drug, talk = site.rooms.get(name="Room 1"), site.rooms.get(kind="therapy")

    def slot(kind: str, day: str) -> Slot:
        start = build.moment(site, f"2027-{day}")
        return Slot(kind, start, start, *((drug, nurse) if kind == "infusion" else (talk, therapist)))

    around = [slot("preparation", "01-28"), slot("midpoint", "02-10"), slot("integration", "02-22")]
    proposal = Proposal([slot("infusion", day) for day in DAYS], *around, [], 0.0)
    with clock.at(build.moment(site, "2027-01-20")):
        made = book_series(patient=patient, site=site, proposal=proposal, by=front_desk)
    with clock.at(build.moment(site, "2027-02-01", "10:40")):
        yield made


def visit(series: Series, day: str = "02-09") -> Appointment:
    start = build.moment(series.site, f"2027-{day}")
    return Appointment.objects.get(patient=series.patient, kind="infusion", starts_at=start)


def test_a_series_is_repaired_as_it_was_shown_and_taken_back(series: Series, front_desk: User) -> None:
    desk = Asker(front_desk, Role.FRONT_DESK, series.site)
    desk.post(f"appointments/{visit(series).pk}/cancel/", {"party": "patient", "reason": "A cold"})
    plan = desk.post("series/repair-plan/", {"series": str(series.pk)})
    assert (plan.status_code, [one["what"] for one in plan.told["lines"]]) == (200, ["book", "move", "move"]), plan.told
    path = f"series/{series.pk}/repair/"
    assert desk.post(path, {"seen": "another"}).status_code == 409
    done = desk.post(path, {"seen": plan.told["seen"]}, Idempotency_Key="r1")
    assert (done.status_code, done.told["state"]) == (201, "done"), done.told
    assert desk.post(path, {"seen": plan.told["seen"]}, Idempotency_Key="r1").told == done.told
    assert series.infusions.filter(number__isnull=False).count() == 6
    steps = desk.get(f"repairs/{done.told['id']}/steps/").told["results"]
    assert {(one["what"], one["patient"]) for one in steps} == {
        ("book", str(series.patient_id)), ("move", str(series.patient_id)),
    }  # fmt: skip
    assert desk.post(f"repairs/{done.told['id']}/undo/").told["state"] == "undone"
    assert desk.post(f"series/{series.pk}/gap-decisions/", {"kind": "acknowledged"}).status_code == 403


def test_a_provider_agrees_to_the_gaps_of_the_plan(series: Series, provider: User) -> None:
    doctor = Asker(provider, Role.PROVIDER, series.site)
    path = f"series/{series.pk}/gap-decisions/"
    agreed = doctor.post(path, {"kind": "acknowledged"})
    assert (agreed.status_code, agreed.told["gap_days"], agreed.told["span_days"]) == (201, 4, 17), agreed.told
    assert doctor.post(path, {"kind": "extended", "gap_days": 9, "span_days": 30}).told["errors"].keys() == {"reason"}
    assert doctor.post(path, {"kind": "extended", "gap_days": 99, "span_days": 30}).status_code == 422


def test_somebody_is_away_and_the_day_is_repaired_in_one_step(
    series: Series, nurse: User, other_nurse: User, front_desk: User
) -> None:
    desk = Asker(front_desk, Role.FRONT_DESK, series.site)
    away = {"person": str(nurse.pk), "first_day": "2027-02-02", "last_day": "2027-02-02"}
    noted = desk.post("absences/", {**away, "reason": "Ill"})
    assert (noted.status_code, noted.told["user"], noted.told["day"]) == (201, str(nurse.pk), "2027-02-02"), noted.told
    (asked,) = desk.get("repairs/?state=waiting").told["results"]
    repair_finding.find(repair_id=Repair.objects.get().pk)
    path = f"repairs/{asked['id']}/"
    ready = desk.get(path).told
    assert (ready["state"], ready["cause"]) == ("ready", "person")
    assert desk.post(f"{path}carry-out/", {"seen": "another"}).status_code == 409
    assert desk.post(f"{path}carry-out/", {"seen": ready["seen"]}).told["state"] == "done"
    assert visit(series, "02-02").holds.filter(active=True, staff=other_nurse).exists()
    assert desk.post("repairs/", {"first_day": "2027-02-02", "last_day": "2027-02-03"}).status_code == 409


def test_a_visit_is_billed_as_it_was_suggested(
    site: Site, patient: Patient, provider: User, nurse: User, other_nurse: User, insurance_admin: User
) -> None:
    making.evaluation(patient, provider, diagnosis_code="F33.2")
    series = making.loading(patient, nurse)
    infusion = making.infusion(series, 1, "2027-02-02", by=nurse)
    order, vial = making.order(series, provider), making.vial(site, nurse)
    making.give(infusion, order, vial, nurse=nurse, checker=other_nurse)
    Appointment.objects.filter(pk=infusion.appointment_id).update(
        status="done", arrived_at=build.moment(site, "2027-02-02", "08:50")
    )
    with clock.at(build.moment(site, "2027-02-03")):
        clerk = Asker(insurance_admin, Role.INSURANCE_ADMIN, site)
        told = clerk.get(f"coded-visits/suggest/?appointment={infusion.appointment_id}")
        assert (told.status_code, told.told["diagnosis_codes"]) == (200, ["F33.2"]), told.told
        lines = [
            {"code": one["code"], "units": one["units"], "modifier": one["modifier"], "suggestion": place, "fee": "99"}
            for place, one in enumerate(told.told["suggestions"])
        ]
        body = {"appointment": str(infusion.appointment_id), "diagnosis_codes": ["F33.2"], "lines": lines}
        assert clerk.post("coded-visits/", {**body, "seen": "another"}).status_code == 409
        assert clerk.post("coded-visits/", {**body, "seen": told.told["seen"], "lines": lines[1:]}).status_code == 409
        billed = clerk.post("coded-visits/", {**body, "seen": told.told["seen"]})
        assert (billed.status_code, len(billed.told["lines"])) == (201, len(lines)), billed.told
        path = f"coded-visits/{billed.told['id']}/take-back/"
        assert clerk.post(path, {"reason": "Wrong day"}).told["entered_in_error_reason"] == "Wrong day"


def test_a_summary_is_signed_and_handed_out_and_the_curve_shared(site: Site, patient: Patient, provider: User) -> None:
    doctor = Asker(provider, Role.PROVIDER, site)
    words = {"recipient": "Dr Sam Okoro", "reason": "Major depression.", "plan": "Boosters every 4 weeks."}
    signed = doctor.post("summaries/", {"patient": str(patient.pk), **words})
    assert (signed.status_code, signed.told["signed_by"]) == (201, str(provider.pk)), signed.told
    token = {"Authorization": f"Token {doctor.secret}"}
    paper = doctor.client.get(f"/api/v1/summaries/{signed.told['id']}/file/", headers=token)
    assert paper.content[:4] == b"%PDF"
    path = f"patients/{patient.pk}/curve-links/"
    shared = doctor.post(path)
    assert (shared.status_code, shared.told["secret"].startswith("http")) == (201, True), shared.told
    assert "secret" not in doctor.get(path).told["results"][0]
    assert doctor.post(f"{path}{shared.told['id']}/revoke/").told["revoked_by"] == str(provider.pk)


def test_openings_of_records_are_reviewed_and_records_held(
    site: Site, patient: Patient, nurse: User, clinic_admin: User
) -> None:
    admin, now = Asker(clinic_admin, Role.CLINIC_ADMIN, site), clock.now()
    opened = EmergencyAccess.objects.create(
        patient=patient, site=site, opened_by=nurse, reason="Fainted", opened_at=now, ends_at=now + timedelta(hours=1)
    )
    seen = UnusualAccess.objects.create(
        kind="own_name", site=site, user=nurse, patient=patient, day=date(2027, 2, 2), first_at=now, last_at=now
    )
    own = UnusualAccess.objects.create(
        kind="own_name", site=site, user=clinic_admin, patient=patient, day=date(2027, 2, 2), first_at=now, last_at=now
    )
    verdict = {"verdict": "fine", "words": "She was on duty."}
    for path in (f"emergencies/{opened.pk}/", f"unusual-accesses/{seen.pk}/"):
        judged = admin.post(f"{path}review/", verdict)
        assert (judged.status_code, judged.told["reviewed_by"]) == (200, str(clinic_admin.pk)), judged.told
        assert admin.post(f"{path}review/", verdict).status_code == 409
    assert admin.post(f"unusual-accesses/{own.pk}/review/", verdict).status_code == 409
    assert [one["id"] for one in admin.get("unusual-accesses/?reviewed=false").told["results"]] == [str(own.pk)]
    mark = {"patient": str(patient.pk), "kind": "hold", "reason": "A letter of a court"}
    held = admin.post("record-marks/", mark)
    assert held.status_code == 201, held.told
    assert admin.post("record-marks/", mark).status_code == 409
    ended = admin.post(f"record-marks/{held.told['id']}/end/", {"because": "It was settled"})
    assert (ended.status_code, ended.told["ended_because"]) == (200, "It was settled")
