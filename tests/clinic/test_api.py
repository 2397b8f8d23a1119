"""What every address of the API has in common: tokens, problems, keys, versions, pages, fields and the read log."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from drf_spectacular.drainage import GENERATOR_STATS
from pytest_django.fixtures import Settings
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from clinic import clock
from clinic.api import idempotency, tokens, versions
from clinic.api.schema_page import document
from clinic.api.throttles import ByToken
from clinic.errors import Invalid, NotFound, NotPermitted
from clinic.models import ApiToken, KeptAnswer, Membership, ReadEvent, Room, Site, User
from clinic.policy import Role
from patients.contraindications import CONTRAINDICATIONS
from patients.models import Contact, Patient
from tests import build
from tests.asking import Asker
from visits.models import Appointment

pytestmark = pytest.mark.django_db
DAY = "2027-02-02"


@pytest.fixture(autouse=True)
def morning(request: pytest.FixtureRequest, site: Site) -> Iterator[None]:
    with clock.at(build.moment(site, DAY, "09:00")):
        yield


@pytest.fixture
def desk(front_desk: User, site: Site) -> Asker:
    return Asker(front_desk, Role.FRONT_DESK, site)


@pytest.fixture
def ward(nurse: User, site: Site) -> Asker:
    return Asker(nurse, Role.NURSE, site)


NEW = {"given_name": "Maya", "family_name": "Torres", "birth_date": "1984-03-14"}


def booking(patient: Patient, hour: str = "10:00") -> dict[str, str]:
    at = build.moment(patient.site, "2027-02-04", hour).isoformat()
    return {"patient": str(patient.pk), "kind": "evaluation", "starts_at": at}


@pytest.fixture
def visit(desk: Asker, provider: User, patient: Patient) -> dict[str, Any]:
    made = desk.post("appointments/", booking(patient))
    assert made.status_code == 201, made.told
    told: dict[str, Any] = made.told
    return told


# Tokens


def test_the_secret_is_shown_once_and_only_its_digest_is_kept(client: Client, nurse: User, site: Site) -> None:
    client.force_login(nurse)
    page = client.post(reverse("clinic:tokens"), {"name": "Lab", "role": "nurse", "days": "30"})
    made = ApiToken.objects.get()
    secret = page.context["secret"]
    assert secret in page.content.decode()
    assert secret not in str(list(ApiToken.objects.values()))
    assert secret not in client.get(reverse("clinic:tokens")).content.decode()
    assert (made.user, made.site, made.role, made.made_by) == (nurse, site, "nurse", nurse)
    asked = Client().get("/api/v1/sites/", headers={"Authorization": f"Token {secret}"})
    assert [one["id"] for one in asked.json()["results"]] == [str(site.pk)]


def test_a_token_that_is_revoked_opens_nothing_from_the_next_request_on(ward: Asker, clinic_admin: User) -> None:
    assert ward.get("sites/").status_code == 200
    tokens.revoke(token_id=ward.token.pk, by=clinic_admin)
    refused = ward.get("sites/")
    assert (refused.status_code, refused["WWW-Authenticate"]) == (401, "Token")


def test_a_token_ends_with_its_days_and_with_its_person(ward: Asker, site: Site, nurse: User) -> None:
    with clock.at(build.moment(site, DAY) + timedelta(days=31)):
        assert ward.get("sites/").status_code == 401
    User.objects.filter(pk=nurse.pk).update(is_active=False)
    assert ward.get("sites/").status_code == 401


def test_a_token_has_one_of_its_persons_roles_and_one_of_their_sites(site: Site, other_site: Site) -> None:
    both = build.user(Role.NURSE, Role.CLINIC_ADMIN, at=site)
    Membership.objects.create(user=both, site=other_site, role=Role.CLINIC_ADMIN)
    asker = Asker(User.objects.get(pk=both.pk), Role.NURSE, site)
    assert asker.get("audit/").status_code == 403
    assert [one["id"] for one in asker.get("sites/").told["results"]] == [str(site.pk)]


def test_nobody_makes_a_token_for_somebody_else_or_for_a_role_they_lack(nurse: User, site: Site) -> None:
    with pytest.raises(NotPermitted):
        tokens.issue(user=nurse, role=Role.NURSE, site=site, name="Lab", days=1, by=build.user(*Role, at=site))
    with pytest.raises(Invalid):
        tokens.issue(user=nurse, role=Role.PROVIDER, site=site, name="Lab", days=1, by=nurse)


def test_a_stranger_can_not_revoke(ward: Asker, stranger: User) -> None:
    with pytest.raises(NotFound):
        tokens.revoke(token_id=ward.token.pk, by=stranger)


def test_a_session_opens_no_data_and_a_token_no_page(client: Client, ward: Asker, nurse: User) -> None:
    client.force_login(nurse)
    assert client.get("/api/v1/patients/").status_code == 401
    page = Client().get(reverse("patients:list"), headers={"Authorization": f"Token {ward.secret}"})
    assert page.status_code == 302


def test_where_a_second_factor_is_asked_for_a_token_needs_no_session(ward: Asker, settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    answer = ward.get("sites/")
    assert (answer.status_code, answer.cookies) == (200, {})


def test_a_command_makes_a_token_for_an_address(nurse: User, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_api_token", nurse.email.upper())
    secret = capsys.readouterr().out.strip()
    assert Client().get("/api/v1/sites/", headers={"Authorization": f"Token {secret}"}).status_code == 200
    with pytest.raises(CommandError, match="does not hold that role"):
        call_command("create_api_token", nurse.email, role="provider")


# Problems


def test_a_refusal_says_what_the_page_says_and_what_can_be_done(desk: Asker, visit: dict[str, Any]) -> None:
    desk.post(f"appointments/{visit['id']}/cancel/", {"party": "patient", "reason": "Ill"})
    refused = desk.post(f"appointments/{visit['id']}/confirm/")
    assert refused["Content-Type"] == "application/problem+json"
    assert (refused.status_code, refused.told["status"]) == (409, 409)
    assert refused.told["type"] == "urn:evenkeel:problem:illegal-transition"
    assert (refused.told["wanted"], refused.told["allowed"]) == ("Confirmed", [])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"status": "done"}, "status"),
        ({"version": 9}, "version"),
        ({"site": "0" * 32}, "site"),
        ({"starts_at": "9999-12-31T23:59:59Z"}, "starts_at"),
        ({"kind": "x"}, "kind"),
        ({"overbook_reason": "a\x00b"}, "overbook_reason"),
        ({"minutes": 10**30}, "minutes"),
        ({"room": "01a1feb6-114b-71e1-8c0a-26ec868cf3fe"}, "room"),
    ],
)
def test_what_can_not_be_taken_is_named_by_its_field(
    desk: Asker, patient: Patient, body: dict[str, Any], field: str
) -> None:
    refused = desk.post("appointments/", booking(patient) | body)
    assert (refused.status_code, list(refused.told["errors"])) == (422, [field])
    assert not Appointment.objects.exists()


def test_a_request_may_name_the_site_that_is_its_tokens(desk: Asker, patient: Patient, provider: User) -> None:
    made = desk.post("appointments/", {**booking(patient), "site": str(patient.site_id)})
    assert (made.status_code, made.told["site"]) == (201, str(patient.site_id))


def test_a_strangers_row_in_a_body_is_answered_like_one_that_never_was(desk: Asker, other_site: Site) -> None:
    room, theirs = Room.objects.filter(site=other_site)[0], build.patient(other_site)
    for field, row in (("patient", theirs), ("room", room)):
        body = {**booking(build.patient(desk.token.site)), field: str(row.pk)}
        refused = desk.post("appointments/", body)
        assert refused.told["errors"] == {field: f"There is no such {field} here."}


def test_every_answer_under_the_api_is_json(desk: Asker) -> None:
    assert desk.get("nothing/").told["status"] == 404
    assert desk.ask("DELETE", "sites/").status_code == 405
    assert desk.get("patients/?colour=red").told["errors"] == {"colour": "There is no such field here."}
    assert desk.get("patients/?cursor=cD14").status_code == 404
    broken = Client().post(
        "/api/v1/patients/", "{", content_type="application/json", headers={"Authorization": f"Token {desk.secret}"}
    )
    assert (broken.status_code, broken["Content-Type"]) == (400, "application/problem+json")
    astray = desk.post("patients", NEW)  # a redirect would come back as a GET, and be 200
    assert (astray.status_code, astray.told["detail"]) == (
        404, "Addresses end with a slash. Send it to /api/v1/patients/.",
    )  # fmt: skip


def test_a_likely_double_names_whom_it_may_be(desk: Asker) -> None:
    first = desk.post("patients/", NEW)
    refused = desk.post("patients/", NEW)
    assert (refused.status_code, refused.told["candidates"]) == (409, [first.told["id"]])
    assert desk.post("patients/", {**NEW, "confirmed_new": True}).status_code == 201


def test_a_token_that_asks_too_often_is_told_when_to_come_back(ward: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ByToken, "THROTTLE_RATES", {"token": "2/min"})
    monkeypatch.setattr(ByToken, "timer", lambda self: 1_800_000_030.0)
    assert [ward.get("sites/").status_code for _ in range(2)] == [200, 200]
    refused = ward.get("sites/")
    assert (refused.status_code, refused["Retry-After"]) == (429, "31")
    monkeypatch.setattr(ByToken, "timer", lambda self: 1_800_000_060.5)
    assert ward.get("sites/").status_code == 200


def test_requests_at_the_same_moment_are_all_counted(ward: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each reads and writes the one number in the cache at once; none overwrites what another counted."""
    monkeypatch.setattr(ByToken, "THROTTLE_RATES", {"token": "10/min"})
    monkeypatch.setattr(ByToken, "timer", lambda self: 1_800_000_030.0)
    monkeypatch.setattr(ByToken, "get_cache_key", lambda self, request, view: f"api:{ward.token.pk}")
    together, request, view = Barrier(8), APIRequestFactory().get("/"), APIView()

    def five(_: int) -> int:
        together.wait()
        return sum(ByToken().allow_request(request, view) for _ in range(5))

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(five, range(8))) == 10


def test_without_a_cache_the_api_goes_on(ward: Asker, settings: Settings) -> None:
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    assert ward.get("sites/").status_code == 200


# Keys against doing a thing twice


def test_the_same_key_does_it_once_and_answers_the_same(desk: Asker) -> None:
    first = desk.post("patients/", NEW, Idempotency_Key="a1")
    again = [desk.post("patients/", NEW, Idempotency_Key="a1") for _ in range(3)]
    assert {one.content for one in again} == {first.content}
    assert {(one.status_code, one["Location"], one["ETag"]) for one in (first, *again)} == {
        (201, first["Location"], first["ETag"])
    }
    assert Patient.objects.count() == 1
    assert "Torres" not in KeptAnswer.objects.get().answer


def test_the_same_key_with_another_body_is_refused(desk: Asker) -> None:
    desk.post("patients/", NEW, Idempotency_Key="a1")
    assert desk.post("patients/", {**NEW, "given_name": "Mia"}, Idempotency_Key="a1").status_code == 422
    assert Patient.objects.count() == 1


def test_a_key_belongs_to_its_token(desk: Asker, ward: Asker) -> None:
    desk.post("patients/", NEW, Idempotency_Key="a1")
    other = {"given_name": "Ada", "family_name": "Brook", "birth_date": "1990-01-02"}
    assert ward.post("patients/", other, Idempotency_Key="a1").status_code == 201


def test_a_refusal_uses_no_key_up(desk: Asker) -> None:
    assert desk.post("patients/", {**NEW, "phone": "1"}, Idempotency_Key="a1").status_code == 422
    assert desk.post("patients/", NEW, Idempotency_Key="a1").status_code == 201


def test_old_answers_are_forgotten(desk: Asker) -> None:
    desk.post("patients/", NEW, Idempotency_Key="a1")
    assert idempotency.forget() == 0
    with clock.at(clock.now() + idempotency.KEPT_FOR + timedelta(minutes=1)):
        assert idempotency.forget() == 1


@pytest.mark.django_db(transaction=True)
def test_at_the_same_moment_and_over_a_crash_a_key_has_one_effect(
    desk: Asker, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection is torn as the answer is about to be kept: neither effect nor key is left; then eight at once."""
    path, body = f"patients/{patient.pk}/contacts/", {"kind": "escort", "name": "Leon", "phone": "+13105550123"}
    with monkeypatch.context() as torn:
        torn.setattr(idempotency, "_sealed", lambda kept, response: connection.connection.close())
        with pytest.raises(Exception, match="closed"):
            desk.post(path, body, Idempotency_Key="a1")
    connection.close()
    assert (Contact.objects.count(), KeptAnswer.objects.count()) == (0, 0)
    monkeypatch.setattr("patients.registration.Contact.objects.get_or_create", _always_another)
    gate = Barrier(8)

    def send(_: int) -> bytes:
        try:
            gate.wait()
            answer: bytes = desk.post(path, body, Idempotency_Key="a1").content
            return answer
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(send, range(8)))) == 1
    assert Contact.objects.count() == 1


def _always_another(**values: Any) -> tuple[Contact, bool]:
    """A verb that would do it twice, were it called twice."""
    return Contact.objects.create(**values), True


# Versions


def test_a_change_on_top_of_what_was_not_seen_is_refused(desk: Asker, visit: dict[str, Any]) -> None:
    path, seen = f"appointments/{visit['id']}/", desk.get(f"appointments/{visit['id']}/")["ETag"]
    later = {"starts_at": build.moment(desk.token.site, "2027-02-04", "11:00").isoformat()}
    assert seen == '"1"'
    assert desk.post(f"{path}confirm/", If_Match=seen)["ETag"] == '"2"'
    assert desk.post(f"{path}move/", later, If_Match=seen).status_code == 412
    assert desk.post(f"{path}move/", later, If_Match='"2"').told["starts_at"] == "2027-02-04T19:00:00Z"


def test_a_record_without_a_version_column_has_one_all_the_same(desk: Asker, patient: Patient) -> None:
    seen = desk.get(f"patients/{patient.pk}/")["ETag"]
    changed = desk.ask("PATCH", f"patients/{patient.pk}/", {"pronouns": "she/her"}, **{"If-Match": seen})
    assert changed.told["pronouns"] == "she/her"
    assert desk.ask("PATCH", f"patients/{patient.pk}/", {"city": "Ojai"}, **{"If-Match": seen}).status_code == 412


def test_somebody_who_slips_in_between_look_and_lock_is_noticed(patient: Patient) -> None:
    mark = versions.look(patient, versions.etag(patient))
    versions.look_again(patient, mark, "mine")
    Patient.objects.filter(pk=patient.pk).update(city="Ojai")
    with pytest.raises(versions.Overtaken):
        versions.look_again(patient, mark, "mine")


def test_a_tag_is_never_newer_than_what_was_read_with_it(desk: Asker, patient: Patient) -> None:
    """Somebody writes right after the row was read: with that answer's tag their words can't be written over."""

    def write_after_reading(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        done = execute(sql, params, many, context)
        if sql.startswith("SELECT") and 'FROM "patients_patient"' in sql:
            with connection.cursor() as cursor:
                cursor.execute("UPDATE patients_patient SET city = city || 'x' WHERE id = %s", [patient.pk])
        return done

    with connection.execute_wrapper(write_after_reading):
        seen = desk.get(f"patients/{patient.pk}/")
    patient.refresh_from_db()
    assert seen.told["city"] != patient.city
    refused = desk.ask("PATCH", f"patients/{patient.pk}/", {"city": "Ojai"}, **{"If-Match": seen["ETag"]})
    assert refused.status_code == 412


# What is read


def test_lists_come_in_pages_and_know_what_is_new(desk: Asker, site: Site) -> None:
    made = sorted(str(build.patient(site).pk) for _ in range(5))  # two of one millisecond stand in either order
    read, path = [], "patients/?limit=2"
    while path:
        page = desk.get(path).told
        read += [one["id"] for one in page["results"]]
        path = (page["next"] or "").partition("/api/v1/")[2]
    assert read == made
    long_ago, ahead = "2020-01-01T00:00:00Z", "2100-01-01T00:00:00Z"
    assert len(desk.get(f"patients/?updated_since={long_ago}").told["results"]) == 5
    assert desk.get(f"patients/?updated_since={ahead}").told["results"] == []


def test_patients_are_found_by_what_is_at_hand(desk: Asker, patient: Patient) -> None:
    build.patient(desk.token.site, given_name="Ada", family_name="Brook")
    found = desk.get("patients/?q=tor").told["results"]
    assert [one["id"] for one in found] == [str(patient.pk)]


def test_why_a_visit_was_cancelled_is_for_those_who_read_charts(
    desk: Asker, ward: Asker, visit: dict[str, Any]
) -> None:
    desk.post(f"appointments/{visit['id']}/cancel/", {"party": "patient", "reason": "Too anxious"})
    path = f"appointments/{visit['id']}/"
    assert "reason" not in desk.get(path).told
    assert ward.get(path).told["reason"] == "Too anxious"


def test_addresses_of_colleagues_are_for_who_manages_them(ward: Asker, clinic_admin: User, site: Site) -> None:
    admin = Asker(clinic_admin, Role.CLINIC_ADMIN, site)
    assert "email" not in ward.get("staff/").content.decode()
    assert clinic_admin.email in admin.get("staff/").content.decode()


def test_whose_record_is_read_is_written_down(ward: Asker, nurse: User, patient: Patient) -> None:
    ward.get("patients/")
    ward.get(f"patients/{patient.pk}/contacts/")
    ward.get(f"patients/{patient.pk}/")
    lines = ReadEvent.objects.filter(user=nurse, patient_id=patient.pk).values_list("what", "route")
    assert set(lines) == {("patients", "api:patients"), ("patients", "api:patients-record")}


def test_who_looked_is_told_of_ones_own_patients_whoever_it_was(
    nurse: User, patient: Patient, clinic_admin: User, stranger: User, site: Site, other_site: Site
) -> None:
    theirs = build.patient(other_site)
    for user, whose in ((nurse, patient), (stranger, patient), (nurse, theirs)):
        ReadEvent.objects.create(user=user, patient_id=whose.pk, what="chart", reason=f"{whose.pk} fainted")
    lines = Asker(clinic_admin, Role.CLINIC_ADMIN, site).get("audit/").told["results"]
    assert [(one["user"], one["patient_id"]) for one in lines] == [
        (str(nurse.pk), str(patient.pk)), (str(stranger.pk), str(patient.pk)),
    ]  # fmt: skip


def test_a_write_names_the_token_it_came_by(desk: Asker, front_desk: User, patient: Patient) -> None:
    desk.ask("PATCH", f"patients/{patient.pk}/", {"city": "Ojai"})
    context = Patient.pgh_event_model.objects.filter(pgh_obj=patient).latest("pgh_id").pgh_context  # type: ignore[attr-defined]
    assert (context["user"], context["source"], context["token"]) == (
        str(front_desk.pk), "api", str(desk.token.pk),
    )  # fmt: skip


def test_free_slots_are_answered_for_a_wish(desk: Asker, provider: User, site: Site) -> None:
    found = desk.get("slots/?kind=evaluation&from=2027-02-04&days=1&limit=3").told
    assert [one["starts_at"] for one in found] == [f"2027-02-04T16:{minute}:00Z" for minute in ("00", "15", "30")]
    assert found[0]["people"] == [str(provider.pk)]


def test_the_document_knows_nothing_of_psychotherapy_notes() -> None:
    text = document().decode().lower()
    assert "therapy-sessions" in text
    assert "psychotherapy note" not in text.replace(" ", " ")
    assert "psychotherapynote" not in text


def test_a_client_can_be_made_of_the_document() -> None:
    """Every operation and every form has a name of its own, and every place in an address says what stands there."""
    told = json.loads(document())
    assert {**GENERATOR_STATS._warn_cache, **GENERATOR_STATS._error_cache} == {}  # what writing it complained of
    operations = [one for path in told["paths"].values() for one in path.values()]
    places = [one for each in operations for one in each.get("parameters", []) if one["in"] == "path"]
    assert len(operations) > 450
    assert {(one["name"], one["schema"].get("format")) for one in places} == {("id", "uuid"), ("row", "uuid")}
    assert [one["operationId"] for one in operations if "Raises " in one.get("description", "")] == []
    lines = told["components"]["schemas"]["ChecklistRequest"]["properties"]
    assert (len(lines), lines["no_escort"]["description"]) == (len(CONTRAINDICATIONS), "No reliable escort.")


def test_document_and_page_are_for_everybody(client: Client) -> None:
    assert client.get("/api/v1/schema/").json()["openapi"].startswith("3.")
    page = client.get("/api/v1/docs/")
    assert page.status_code == 200
    assert "unsafe" not in page["Content-Security-Policy"]


def test_an_answer_that_is_kept_is_one_of_ours(ward: Asker) -> None:
    kept = KeptAnswer.objects.create(token=ward.token, key="k", digest="0")
    assert "Maya" not in idempotency._sealed(kept, Response({"name": "Maya"}, status=201))
