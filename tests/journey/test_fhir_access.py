"""Who may read which type over FHIR: the table by hand, the policy, the catalog and the answers agree."""

from __future__ import annotations

import pytest
from django.urls import get_resolver

from clinic.api.routes import FHIR
from clinic.policy import GRANTS, Door, Role
from journey.fhir.catalog import KINDS
from tests.journey.fhir_fixtures import System, made, world
from tests.journey.fhir_world import World

__all__ = ["made", "world"]

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


def test_every_address_stands_in_the_policy_and_in_the_table() -> None:
    (fhir,) = [one for one in get_resolver().url_patterns if getattr(one, "namespace", "") == "fhir"]
    asked = {f"GET {pattern.name}" for pattern in fhir.url_patterns}
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
