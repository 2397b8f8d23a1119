"""What other systems write of therapy: groups, sessions in their place, plans and what comes back, referrals."""

from __future__ import annotations

from uuid import uuid4

import pytest

from clinic import settings_versions
from clinic.models import Site, User
from clinic.policy import Role
from infusions.models import Series
from patients.models import PatientLink
from tests import build
from tests.asking import Asker
from tests.infusions import making
from therapy import journals
from therapy.models import CollateralConsent, IntegrationPlan, SessionNote, TherapySession
from visits.models import Appointment


@pytest.fixture
def talks(therapist: User, site: Site) -> Asker:
    return Asker(therapist, Role.THERAPIST, site)


@pytest.fixture
def desk(front_desk: User, site: Site) -> Asker:
    return Asker(front_desk, Role.FRONT_DESK, site)


def test_the_desk_books_a_session_in_its_place_and_is_asked_why_outside_it(
    desk: Asker, site: Site, series: Series, therapist: User
) -> None:
    making.infusion(series, 1, "2027-02-02")
    body = {"patient": str(series.patient_id), "kind": "preparation", "therapist": str(therapist.pk)}
    at = build.moment(site, "2027-02-01", "10:00").isoformat()
    booked = desk.post("therapy-sessions/", {**body, "starts_at": at}, Idempotency_Key="p1")
    assert (booked.status_code, booked.told["kind"]) == (201, "preparation"), booked.told
    assert "goals" not in booked.content.decode()
    assert booked["Location"].endswith(f"appointments/{booked.told['id']}/")
    assert desk.post("therapy-sessions/", {**body, "starts_at": at}, Idempotency_Key="p1").told == booked.told
    again = desk.post("therapy-sessions/", {**body, "starts_at": build.moment(site, "2027-02-01", "14:00").isoformat()})
    assert (again.status_code, "lacks no such session" in again.told["detail"]) == (409, True)
    late = {**body, "kind": "integration", "starts_at": build.moment(site, "2027-02-02", "16:00").isoformat()}
    asked = desk.post("therapy-sessions/", late)
    assert asked.status_code == 409, asked.told
    assert TherapySession.objects.get().appointment_id == Appointment.objects.get(kind="preparation").pk


def test_a_group_is_planned_joined_moved_and_called_off(
    desk: Asker, site: Site, series: Series, therapist: User, other_site: Site
) -> None:
    settings_versions.ProtocolSettings.objects.create(site=site, version=1, group_sessions=True, group_largest=3)
    at = build.moment(site, "2027-02-08", "13:00").isoformat()
    made = desk.post("groups/", {"topic": "Coming home", "starts_at": at, "minutes": 90, "capacity": 2})
    assert made.status_code == 201, made.told
    path = f"groups/{made.told['id']}/"
    joined = desk.post(f"{path}members/", {"patient": str(series.patient_id)})
    assert (joined.status_code, set(joined.told)) == (201, {"id", "patient", "appointment", "state"}), joined.told
    theirs = desk.post(f"{path}members/", {"patient": str(build.patient(other_site).pk)})
    assert theirs.told["errors"] == {"patient": "There is no such patient here."}
    later = build.moment(site, "2027-02-09", "13:00").isoformat()
    seen = desk.get(path)["ETag"]
    assert desk.post(f"{path}move/", {"starts_at": later}, If_Match=seen).status_code == 200
    assert desk.post(f"{path}move/", {"starts_at": at}, If_Match=seen).status_code == 412
    assert desk.post(f"{path}cancel/", {"reason": "Flooded"}).told["cancelled_reason"] == "Flooded"
    assert Appointment.objects.get(kind="group").status == "cancelled"


def test_a_plan_is_written_given_and_answered(talks: Asker, series: Series, therapist: User) -> None:
    begun = talks.post(
        "integration-plans/",
        {
            "series": str(series.pk), "insights": "I can put things down.", "warning_signs": "Bed until noon",
            "steps": [{"action": "Walk to the lake", "due_on": "2027-02-05"}],
        },
    )  # fmt: skip
    assert begun.status_code == 201, begun.told
    path, (step,) = f"integration-plans/{begun.told['id']}/", begun.told["steps"]
    kept = talks.ask("PATCH", path, {"supports": "Luis"}, **{"If-Match": begun["ETag"]})
    assert (kept.status_code, kept.told["insights"], kept.told["supports"]) == (200, "I can put things down.", "Luis")
    assert kept.told["steps"][0]["key"] == step["key"]
    assert talks.ask("PATCH", path, {"supports": "x"}, **{"If-Match": begun["ETag"]}).status_code == 412
    given = talks.post(f"{path}give/", {"version": kept.told["version"]})
    assert (given.status_code, given.told["signed_by"]) == (200, str(therapist.pk)), given.told
    assert talks.ask("PATCH", path, {"supports": "x"}).status_code == 409
    address = talks.post(f"{path}link/").told["secret"]
    assert address.startswith("http")
    link = PatientLink.objects.get(purpose="plan", revoked_at=None)
    journals.write(link=link, text="Slept well.", form_key=uuid4())
    (new,) = talks.get("journal-entries/?unread=true").told["results"]
    assert new["text"] == "Slept well."
    assert talks.post(f"journal-entries/{new['id']}/seen/").told["read_by"] == str(therapist.pk)
    assert talks.get("journal-entries/?unread=true").told["results"] == []
    talks.post(f"{path}end-link/")
    assert not PatientLink.objects.filter(purpose="plan", revoked_at=None).exists()
    assert IntegrationPlan.objects.count() == 1


def test_somebody_close_may_write_until_the_patient_takes_it_back(talks: Asker, series: Series) -> None:
    agreed = talks.post(
        "collateral-consents/", {"series": str(series.pk), "name": "Luis", "relation": "husband", "how": "spoken"}
    )
    assert agreed.status_code == 201, agreed.told
    path = f"collateral-consents/{agreed.told['id']}/"
    assert "/" in talks.post(f"{path}link/").told["secret"]
    assert talks.post(f"{path}end/").told["revoked_at"]
    assert talks.post(f"{path}link/").status_code == 422
    assert CollateralConsent.objects.filter(revoked_at=None).count() == 0


def test_a_referral_is_signed_once_sent_and_answered(talks: Asker, series: Series) -> None:
    body = {
        "patient": str(series.patient_id), "kind": "tms", "recipient": "Dr. Lee", "reason": "No response",
        "form_key": str(uuid4()), "parts": ["scores"],
    }  # fmt: skip
    signed = talks.post("referrals/", body)
    assert (signed.status_code, signed.told["state"]) == (201, "signed"), signed.told
    assert talks.post("referrals/", body).told["id"] == signed.told["id"]
    path = f"referrals/{signed.told['id']}/"
    paper = talks.client.get(f"/api/v1/{path}file/", headers={"Authorization": f"Token {talks.secret}"})
    assert (paper["Content-Type"], paper.content[:4]) == ("application/pdf", b"%PDF")
    assert talks.post(f"{path}answered/", {"answer": "She is welcome."}).status_code == 409
    assert talks.post(f"{path}sent/", {"how": "fax"}).told["sent_how"] == "fax"
    assert talks.post(f"{path}answered/", {"answer": "She is welcome."}).told["state"] == "answered"


def test_a_supervisor_sends_a_note_back_then_signs_it(
    talks: Asker, draft: object, session: TherapySession, site: Site, other_therapist: User, clinic_admin: User
) -> None:
    admin, lead = Asker(clinic_admin, Role.CLINIC_ADMIN, site), Asker(other_therapist, Role.THERAPIST, site)
    who = {"therapist": str(session.therapist_id), "supervisor": str(other_therapist.pk)}
    set_to = admin.post("supervisions/", who)
    assert set_to.status_code == 201, set_to.told
    path = f"therapy-sessions/{session.pk}/"
    assert [one["kind"] for one in talks.get(f"{path}drafts/").told["results"]] == ["progress"]
    assert lead.get(f"{path}drafts/").told["results"] == []
    assert talks.post(f"{path}sign/", {"kind": "progress"}).status_code == 200
    note = f"{path}notes/{SessionNote.objects.get().pk}/"
    assert talks.post(f"{note}cosign/").status_code == 403
    back = lead.post(f"{note}send-back/", {"remark": "What of the sister?"})
    assert [one["remark"] for one in back.told["supervisions"]] == ["What of the sister?"]
    added = talks.post(f"{note}addendum/", {"text": "She called her."})
    assert [one["text"] for one in added.told["addenda"]] == ["She called her."]
    assert [one["outcome"] for one in lead.post(f"{note}cosign/").told["supervisions"]] == ["sent_back", "cosigned"]
    assert admin.post(f"supervisions/{set_to.told['id']}/end/").status_code == 204
    assert admin.get("supervisions/").told["results"] == []
