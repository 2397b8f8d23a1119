"""Searching and reading over /fhir/R4/, as another system does it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from clinic.api.routes import FHIR
from clinic.models import ReadEvent
from clinic.policy import GRANTS, Door, Role
from infusions.models import VitalSigns
from journey.fhir import tokens
from journey.fhir.catalog import KINDS
from journey.fhir.tokens import BadParameter
from tests.journey.fhir_fixtures import System, made, provider, world
from tests.journey.fhir_world import World

__all__ = ["made", "provider", "world"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("name=torr", 1),
        ("name=maya", 1),
        ("family=Tor", 1),
        ("family=Maya", 0),
        ("given=may", 1),
        ("birthdate=1984-03-14", 1),
        ("birthdate=1984", 1),
        ("birthdate=lt1984-03-14", 0),
        ("birthdate=ge1984-01-01&birthdate=le1984-12-31", 1),
        ("gender=female", 1),
        ("gender=male,unknown", 0),
        ("gender=male,female", 1),
        ("identifier=EK-00000", 0),
        ("_lastUpdated=gt2100-01-01", 0),
        ("_lastUpdated=lt2100-01-01", 1),
        ("_id=not-an-id", 0),
    ],
)
def test_a_patient_is_found_by_what_is_asked(provider: System, query: str, found: int) -> None:
    assert len(provider.found(f"Patient?{query}")) == found


def test_a_patient_is_found_by_our_number_with_and_without_its_system(world: World, provider: System) -> None:
    (maya,) = provider.found(f"Patient?identifier={world.maya.mrn}")
    ours = maya["identifier"][0]
    assert ours["value"] == world.maya.mrn
    assert provider.found(f"Patient?identifier={ours['system']}|{ours['value']}") == [maya]
    assert provider.found(f"Patient?identifier=urn:other|{ours['value']}") == []


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("Observation?code=http://loinc.org|44261-6", 3),
        ("Observation?code=44261-6,70274-6", 4),
        ("Observation?code=29463-7", 4),
        ("Observation?code=29463-7&date=ge2027-02-01", 2),
        ("Observation?code=29463-7&date=2027-02-02", 1),
        ("Observation?code=29463-7&date=ne2027-02-02", 3),
        ("Observation?code=29463-7&date=lt2027", 1),
        ("Observation?code=29463-7&category=survey", 0),
        ("Observation?category=laboratory", 4),
        ("Observation?code=urn:no|29463-7", 0),
        ("Condition?clinical-status=active", 1),
        ("Condition?code=F33.2", 1),
        ("Condition?code=http://hl7.org/fhir/sid/icd-10-cm|F33.2&date=2025", 1),
        ("MedicationRequest?status=active", 3),
        ("MedicationRequest?intent=plan", 3),
        ("MedicationRequest?intent=order&status=active", 1),
        ("MedicationRequest?code=http://www.nlm.nih.gov/research/umls/rxnorm|36437", 1),
        ("AllergyIntolerance?clinical-status=active", 1),
        ("Appointment?status=fulfilled", 2),
        ("Appointment?status=booked&date=gt2027-02-05", 6),
        ("Encounter?status=finished", 2),
        ("Procedure?status=completed&date=2027-02-02", 1),
        ("Procedure?code=75516001", 1),
        ("MedicationAdministration?status=completed", 2),
        ("QuestionnaireResponse?questionnaire=http://loinc.org/q/44249-1", 3),
        ("CarePlan?status=active", 1),
        ("Coverage?status=active", 1),
    ],
)
def test_the_record_is_found_by_what_is_asked(world: World, provider: System, search: str, found: int) -> None:
    body = provider.ask(f"{search}&patient={world.maya.pk}&_count=100")
    assert (body["total"], len(body.get("entry", []))) == (found, found)


def test_pages_are_linked_to_each_other_and_bounded(world: World, provider: System) -> None:
    asked = f"Observation?patient=Patient/{world.maya.pk}&_count=50"
    seen: list[str] = []
    path: str | None = asked
    while path:
        body = provider.ask(path)
        seen += [entry["resource"]["id"] for entry in body["entry"]]
        links = {link["relation"]: link["url"] for link in body["link"]}
        path = links["next"].partition("/fhir/R4/")[2] if "next" in links else None
    assert len(seen) == len(set(seen)) == body["total"] > 100
    assert provider.ask(asked)["entry"][0]["resource"]["effectiveDateTime"].startswith("2027-02-05")
    assert len(provider.ask(f"Observation?patient={world.maya.pk}&_count=5000")["entry"]) == 100
    assert "entry" not in provider.ask(f"Observation?patient={world.maya.pk}&_count=0")


def test_a_search_in_a_body_answers_the_same_and_asks_for_the_same_right(world: World, provider: System) -> None:
    def search(kind: str, by: System, **asked: str) -> Any:
        form = "application/x-www-form-urlencoded"
        return by.client.post(f"/fhir/R4/{kind}/_search", urlencode(asked), form, headers=by.headers)

    reads = ReadEvent.objects.filter(patient_id=world.maya.pk, what="FHIR Patient")
    before = reads.count()
    told = search("Patient", provider, name="torr", birthdate="1984-03-14")
    assert reads.count() == before + 1
    assert json.loads(told.content) == provider.ask("Patient?name=torr&birthdate=1984-03-14")
    desk = System(world.clinic.desk, Role.FRONT_DESK)
    assert search("Condition", desk, patient=str(world.maya.pk)).status_code == 403
    desk.headers = {}
    assert search("Patient", desk, name="torr").status_code == 401
    as_json = provider.client.post("/fhir/R4/Patient/_search", {}, "application/json", headers=provider.headers)
    assert as_json.status_code == 415


def test_a_page_is_sorted_by_its_day_either_way(world: World, provider: System) -> None:
    path = f"Appointment?patient={world.maya.pk}&_count=100"
    oldest, newest = ([each["start"] for each in provider.found(f"{path}&_sort={by}")] for by in ("date", "-date"))
    assert oldest == sorted(oldest) == newest[::-1] != newest


@pytest.mark.parametrize(
    ("search", "named"),
    [
        ("Patient?colour=red", "colour"),
        ("Patient?birthdate=yesterday", "birthdate"),
        ("Patient?_count=many", "_count"),
        ("Patient?_page=0", "_page"),
        ("Observation?code=44261-6", "patient"),
        ("Observation?patient=Group/1", "patient"),
        ("Condition?patient=x&date=2027-13-01", "date"),
        ("Condition?patient=x&code=|", "code"),
        ("Appointment?_sort=status", "_sort"),
        ("Location?_sort=date", "_sort"),
    ],
)
def test_a_wrong_parameter_is_named(provider: System, search: str, named: str) -> None:
    body = provider.ask(search, status=400)
    assert (body["resourceType"], body["issue"][0]["expression"]) == ("OperationOutcome", [named])


def test_each_resource_is_read_at_the_address_under_which_it_was_found(world: World, provider: System) -> None:
    for entry in provider.ask(f"Patient/{world.maya.pk}/$everything")["entry"][::7]:
        assert provider.ask(entry["fullUrl"].partition("/fhir/R4/")[2]) == entry["resource"]


def test_more_rows_cost_no_more_queries(world: World, provider: System) -> None:
    def cost(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            provider.ask(path)
        return len(queries)

    patient = world.maya.pk
    for kind in ("Observation", "Appointment", "Procedure", "MedicationRequest"):
        few, many = (cost(f"{kind}?patient={patient}&_count={count}") for count in (1, 90))
        assert many <= few + (14 if kind == "Observation" else 2)  # a query for each table that the page shows
    whole = cost(f"Patient/{patient}/$everything")
    rows = [
        VitalSigns(infusion=world.infusions[0], observed_at=world.infusions[0].started_at, systolic=120, diastolic=70)
        for _ in range(50)
    ]
    VitalSigns.objects.bulk_create(rows)
    assert cost(f"Patient/{patient}/$everything") == whole < 60


def test_every_read_is_written_for_the_patient_it_showed(world: World, provider: System) -> None:
    before = ReadEvent.objects.filter(patient_id=world.maya.pk).count()
    provider.ask(f"Observation?patient={world.maya.pk}&code=44261-6")
    provider.ask(f"Patient/{world.maya.pk}")
    provider.ask("Patient?name=nobody")
    rows = ReadEvent.objects.filter(patient_id=world.maya.pk).order_by("pk")[before:]
    assert [(row.what, row.user_id) for row in rows] == [
        ("FHIR Observation", world.clinic.provider.pk), ("FHIR Patient", world.clinic.provider.pk),
    ]  # fmt: skip


def test_xml_is_refused_with_a_sentence(provider: System) -> None:
    assert provider.ask("Patient?_format=xml", status=406)["issue"][0]["code"] == "not-supported"


# Who may read what


def test_front_desk_gets_the_schedule_and_nothing_clinical(world: World) -> None:
    desk = System(world.clinic.desk, Role.FRONT_DESK)
    whole = {entry["resource"]["resourceType"] for entry in desk.ask(f"Patient/{world.maya.pk}/$everything")["entry"]}
    assert whole == {"Patient", "Coverage", "Appointment", "Practitioner", "Organization", "Location"}
    assert desk.ask(f"Condition?patient={world.maya.pk}", status=403)["issue"][0]["code"] == "forbidden"


def test_a_stranger_finds_nobody(world: World) -> None:
    stranger = System(world.stranger, Role.PROVIDER)
    for path in (f"Patient/{world.maya.pk}", f"Patient/{world.maya.pk}/$everything",
                 f"Procedure/{world.infusions[0].pk}"):  # fmt: skip
        assert stranger.ask(path, status=404)["resourceType"] == "OperationOutcome"
    for path in ("Patient?name=torres", f"Observation?patient={world.maya.pk}", f"Patient?_id={world.maya.pk}"):
        assert stranger.ask(path)["total"] == 0


def test_without_a_token_the_answer_is_an_outcome(world: World, client: Any) -> None:
    answer = client.get("/fhir/R4/Patient")
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/fhir+json")
    assert client.get("/fhir/R4/metadata").status_code == 200
    assert client.get("/fhir/R4/Nothing").status_code == 404


# Dates


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2027", "2027-01-01T00:00:00+00:00", "2028-01-01T00:00:00+00:00"),
        ("2027-12", "2027-12-01T00:00:00+00:00", "2028-01-01T00:00:00+00:00"),
        ("2028-02-29", "2028-02-29T00:00:00+00:00", "2028-03-01T00:00:00+00:00"),
        ("ge2027-02-02T09:12-08:00", "2027-02-02T09:12:00-08:00", "2027-02-02T09:13:00-08:00"),
        ("eb2027-02-02T09:12:30Z", "2027-02-02T09:12:30+00:00", "2027-02-02T09:12:31+00:00"),
    ],
)
def test_a_date_covers_as_much_as_it_says(written: str, first: str, last: str) -> None:
    read = tokens.when("date", written)
    assert (read.first.isoformat(), read.last.isoformat()) == (first, last)


@pytest.mark.parametrize("written", ["", "2027-02-30", "20270202", "9999", "ge", "2027-02-02T25:00", "x" * 500])
def test_what_is_no_date_is_refused(written: str) -> None:
    with pytest.raises(BadParameter):
        tokens.when("date", written)


# The door

DESK, NURSE, THERAPIST, PROVIDER, INSURANCE, ADMIN = Role
ALL, CLINICAL = set(Role), {NURSE, THERAPIST, PROVIDER}
PUBLIC = "everybody"

EXPECTED: dict[str, set[Role] | str] = {
    "GET metadata": PUBLIC,
    "GET everything": ALL,
    "GET Patient": ALL,
    "GET Coverage": {DESK, INSURANCE, PROVIDER, ADMIN},
    "GET Condition": CLINICAL,
    "GET MedicationRequest": CLINICAL,
    "GET AllergyIntolerance": CLINICAL,
    "GET Appointment": ALL,
    "GET Encounter": CLINICAL,
    "GET Procedure": CLINICAL,
    "GET MedicationAdministration": CLINICAL,
    "GET Observation": CLINICAL,
    "POST Observation": PUBLIC,  # a device; its token is asked for by the view
    "GET QuestionnaireResponse": CLINICAL,
    "GET CarePlan": CLINICAL,
    "GET Practitioner": ALL,
    "GET Organization": ALL,
    "GET Location": ALL,
}


EXPECTED |= {
    f"POST {name}/_search": EXPECTED[f"GET {name}"] for name in KINDS
}  # asked in a body, by whom it may be asked in an address


def test_every_address_stands_in_the_policy_and_in_the_table() -> None:
    (fhir,) = [one for one in get_resolver().url_patterns if getattr(one, "namespace", "") == "fhir"]
    asked = {f"{'POST' if str(one.name).endswith('_search') else 'GET'} {one.name}" for one in fhir.url_patterns}
    assert asked | {"POST Observation"} == set(FHIR) == set(EXPECTED)


def test_the_table_says_what_the_policy_grants() -> None:
    assert {name: PUBLIC if rule is Door.PUBLIC else set(GRANTS[rule]) for name, rule in FHIR.items()} == EXPECTED


@pytest.mark.parametrize("name", KINDS)
def test_the_catalog_asks_the_right_that_the_door_asks(name: str) -> None:
    assert FHIR[f"GET {name}"] is KINDS[name].action


@pytest.mark.parametrize("role", [DESK, NURSE, THERAPIST, PROVIDER, INSURANCE])
def test_a_role_gets_past_the_door_exactly_where_the_table_says(world: World, role: Role) -> None:
    clinic = world.clinic
    people = {DESK: clinic.desk, NURSE: clinic.nurse, THERAPIST: clinic.therapist, PROVIDER: clinic.provider,
              INSURANCE: clinic.insurance}  # fmt: skip
    system = System(people[role], role)
    for name in KINDS:
        may = role in EXPECTED[f"GET {name}"]
        query = f"?patient={world.maya.pk}" if "patient" in KINDS[name].params else ""
        system.ask(f"{name}{query}", status=200 if may else 403)
        system.ask(f"{name}/{world.maya.pk}x", status=404 if may else 403)
