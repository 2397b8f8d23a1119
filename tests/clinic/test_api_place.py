"""The place and its people, written by another system: the verbs of the clinic admin's pages, and what follows them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from clinic import clock, settings_versions
from clinic.models import Closure, OnCallTurn, OpeningHours, ProtocolSettings, Shift, ShiftException, Site, User
from clinic.policy import Role
from patients.models import Patient
from tests import build
from tests.asking import Asker

pytestmark = pytest.mark.django_db
DAY = "2027-02-02"
PROOF = {"proof_password": build.PASSWORD}


@pytest.fixture(autouse=True)
def morning(site: Site) -> Iterator[None]:
    with clock.at(build.moment(site, DAY, "09:00")):
        yield


@pytest.fixture
def office(clinic_admin: User, site: Site) -> Asker:
    return Asker(clinic_admin, Role.CLINIC_ADMIN, site)


def test_hours_are_made_changed_in_part_and_removed(office: Asker, site: Site) -> None:
    OpeningHours.objects.filter(site=site).delete()
    made = office.post("hours/", {"weekday": 6, "opens": "08:00", "closes": "12:00"})
    assert (made.status_code, made.told["site"]) == (201, str(site.pk))
    changed = office.ask("PATCH", f"hours/{made.told['id']}/", {"closes": "13:00"}, **{"If-Match": made["ETag"]})
    assert (changed.status_code, changed.told["opens"], changed.told["closes"]) == (200, "08:00:00", "13:00:00")
    stale = office.ask("PATCH", f"hours/{made.told['id']}/", {"closes": "14:00"}, **{"If-Match": made["ETag"]})
    assert stale.status_code == 412
    refused = office.ask("PATCH", f"hours/{made.told['id']}/", {"closes": "07:00"})
    assert (refused.status_code, list(refused.told["errors"])) == (422, ["closes"])
    address = f"hours/{made.told['id']}/remove/"
    gone = [office.ask("POST", address, **{"Idempotency-Key": "away"}) for _ in range(2)]
    assert [one.status_code for one in gone] == [204, 204]
    assert gone[1]["Idempotent-Replay"] == "true"
    assert not OpeningHours.objects.filter(site=site).exists()
    assert office.post(address).status_code == 404


def test_a_day_that_is_closed_takes_the_places_of_its_visits_as_on_the_page(
    office: Asker, site: Site, patient: Patient, provider: User
) -> None:
    desk = Asker(build.user(Role.FRONT_DESK, at=site), Role.FRONT_DESK, site)
    at = build.moment(site, "2027-02-04", "10:00").isoformat()
    visit = desk.post("appointments/", {"patient": str(patient.pk), "kind": "evaluation", "starts_at": at}).told
    day = {"first_day": "2027-02-04", "last_day": "2027-02-04", "reason": "Water damage"}
    made = office.post("closures/", day)
    assert made.status_code == 201
    assert Closure.objects.get().reason == "Water damage"
    tasks = [one for one in desk.get("tasks/").told["results"] if "lost" in one["title"]]
    assert tasks, visit
    assert office.post(f"closures/{made.told['id']}/remove/").status_code == 204


def test_a_person_is_added_with_roles_here_and_works_and_answers_at_night(office: Asker, site: Site) -> None:
    new = {"email": "Ana@example.com", "full_name": "Ana Ruiz", "roles": ["nurse"], **PROOF}
    made = office.post("staff/", new)
    assert (made.status_code, made.told["roles"], made.told["email"]) == (201, ["nurse"], "ana@example.com")
    who = made.told["id"]
    assert office.post(f"staff/{who}/roles/", {"roles": ["nurse", "provider"], **PROOF}).status_code == 204
    assert office.get(f"staff/{who}/").told["roles"] == ["nurse", "provider"]
    assert office.ask("PATCH", f"staff/{who}/", {"licence": "RN 77", **PROOF}).told["full_name"] == "Ana Ruiz"
    shift = {"user": who, "weekday": 2, "starts": "08:00", "ends": "16:00", "valid_from": DAY}
    assert office.post("shifts/", shift).status_code == 201
    assert Shift.objects.get(user=who).weekday == 2
    away = office.post("shift-exceptions/", {"user": who, "day": "2027-02-03", "reason": "Dentist"})
    assert (away.status_code, ShiftException.objects.get(user=who).starts) == (201, None)
    night = {"first_day": DAY, "starts": "18:00", "last_day": "2027-02-03", "ends": "08:00"}
    turn = office.post("on-call/", {"user": who, "tier": "first", **night})
    assert turn.told["starts_at"] == "2027-02-03T02:00:00Z"
    assert office.post(f"on-call/{turn.told['id']}/end/").status_code == 204
    assert not OnCallTurn.objects.exists()


def test_a_token_alone_manages_nobody_and_wrong_passwords_are_counted(office: Asker) -> None:
    """What the page asks a fresh proof for needs one here, and the refusal does not take the count back."""
    new = {"email": "ana@example.com", "full_name": "Ana Ruiz", "roles": ["provider"]}
    refused = office.post("staff/", new)
    assert (refused.status_code, refused.told["type"]) == (403, "urn:evenkeel:problem:proof-needed")
    assert "give somebody an account" in refused.told["detail"]
    assert refused.told["errors"] == {"proof_password": "Send the password of the token’s person with it."}
    wrong = office.post("staff/", {**new, "proof_password": "guess"})
    assert wrong.told["errors"] == {"proof_password": "That is not your password."}
    tries = [office.post("staff/", {**new, "proof_password": f"guess {n}"}).status_code for n in range(5)]
    assert tries == [403] * 4 + [429]
    assert not User.objects.filter(email="ana@example.com").exists()


def test_the_last_admin_stays_and_nobody_gives_roles_elsewhere(office: Asker, clinic_admin: User) -> None:
    kept = office.post(f"staff/{clinic_admin.pk}/roles/", {"roles": [], **PROOF})
    assert (kept.status_code, "last clinic admin" in kept.told["detail"]) == (409, True)
    stranger = build.user(Role.NURSE, at=build.site("elm-road"))
    assert office.post(f"staff/{stranger.pk}/roles/", {"roles": ["nurse"]}).status_code == 404


def test_a_version_of_the_protocol_is_made_by_the_admin_and_signed_by_a_provider(
    office: Asker, site: Site, provider: User
) -> None:
    first = office.post("protocol/", {"note": "As Table A proposes"})
    assert (first.status_code, first.told["version"], first.told["age_min"]) == (201, 1, 18)
    late = office.post("protocol/", {"note": "Older", "age_min": 21, "based_on": 0})
    assert late.status_code == 422
    assert office.post("protocol/", {"note": "Too young", "age_min": 12}).told["errors"].keys() == {"age_min"}
    medical = Asker(provider, Role.PROVIDER, site)
    assert medical.post("protocol/", {"note": "Mine"}).status_code == 403
    signed = medical.post(f"protocol/{first.told['id']}/sign/")
    assert (signed.status_code, signed.told["signed_by"]) == (200, str(provider.pk))
    assert settings_versions.current(site) == ProtocolSettings.objects.get(signed_by=provider)
