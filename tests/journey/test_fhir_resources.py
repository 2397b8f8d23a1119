"""Every resource of a whole record is FHIR, and says of Maya what the record says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class

from clinic import clock
from journey.fhir import answers, pages
from tests.journey.fhir_fixtures import made, provider, world
from tests.journey.fhir_world import WORDS, World
from therapy.models import TherapySession

__all__ = ["made", "provider", "world"]
Json = dict[str, Any]


def record(world: World) -> list[Json]:
    return pages.whole_record(world.maya.pk).resources


def of(resources: list[Json], kind: str) -> list[Json]:
    return [one for one in resources if one["resourceType"] == kind]


def coded(resources: list[Json], code: str) -> list[Json]:
    """Observations of this code, the oldest first."""
    every = reversed(of(resources, "Observation"))
    return [one for one in every if code in {each["code"] for each in one["code"].get("coding", ())}]


def test_every_resource_is_valid_and_every_reference_leads_somewhere(world: World) -> None:
    resources = record(world)
    for one in resources:
        get_fhir_model_class(one["resourceType"]).model_validate(one)
    whole = answers.bundle("https://clinic.example/fhir/R4", "collection", resources, clock.now())
    get_fhir_model_class("Bundle").model_validate(whole)
    here = {f"{one['resourceType']}/{one['id']}" for one in resources}
    assert len(here) == len(resources)
    assert {f"{kind}/{key}" for kind, key in pages._references(resources)} <= here
    assert {one["resourceType"] for one in resources} == {
        "Patient", "Coverage", "Condition", "MedicationRequest", "AllergyIntolerance", "Appointment", "Encounter",
        "Procedure", "MedicationAdministration", "Observation", "QuestionnaireResponse", "CarePlan", "Practitioner",
        "Organization", "Location",
    }  # fmt: skip


def test_the_statement_of_what_is_served_is_valid() -> None:
    get_fhir_model_class("CapabilityStatement").model_validate(answers.capability("https://a.example", clock.now()))


def test_the_first_infusion_stands_as_it_was_given(world: World) -> None:
    resources = record(world)
    given = of(resources, "MedicationAdministration")[-1]
    assert given["dosage"]["dose"] == {"value": 40, "unit": "mg", "system": "http://unitsofmeasure.org", "code": "mg"}
    assert given["effectivePeriod"] == {"start": "2027-02-02T17:12:00Z", "end": "2027-02-02T17:52:00Z"}
    assert given["medicationCodeableConcept"]["coding"][0]["code"] == "6130"
    (procedure,) = [one for one in of(resources, "Procedure") if one["id"] == given["id"]]
    assert (procedure["status"], procedure["code"]["text"]) == ("completed", "Ketamine infusion 1")
    (order,) = [one for one in of(resources, "MedicationRequest") if one["intent"] == "order"]
    assert given["request"] == {"reference": f"MedicationRequest/{order['id']}"}
    assert order["dosageInstruction"][0]["text"] == "40 mg over 40 min in 50 mL (0.5 mg/kg, 80 kg)"


def test_weights_pressures_and_the_totals_of_the_phq9_follow_the_days(world: World) -> None:
    resources = record(world)
    weights = [(one["effectiveDateTime"][:10], one["valueQuantity"]["value"]) for one in coded(resources, "29463-7")]
    assert sorted(weights) == [("2026-03-01", 78.5), ("2027-01-19", 80), ("2027-02-02", 80), ("2027-02-05", 80)]
    totals = [(one["effectiveDateTime"], one["valueQuantity"]["value"]) for one in coded(resources, "44261-6")]
    assert totals == [("2027-01-19T19:00:00Z", 21), ("2027-02-02T17:00:00Z", 21), ("2027-02-05T17:00:00Z", 18)]
    of_the_day = [one for one in coded(resources, "85354-9") if one["effectiveDateTime"].startswith("2027-02-02")]
    pressures = [tuple(part["valueQuantity"]["value"] for part in one["component"]) for one in of_the_day]
    assert pressures[:4] == [(128, 82), (130, 84), (142, 90), (150, 94)]


def test_the_answers_of_the_phq9_stand_item_by_item(world: World) -> None:
    answered = [one for one in of(record(world), "QuestionnaireResponse") if "44249-1" in one["questionnaire"]]
    items = answered[0]["item"]
    assert [item["linkId"] for item in items][:2] == ["/44250-9", "/44255-8"]
    values = [item["answer"][0]["valueCoding"]["extension"][0]["valueDecimal"] for item in items]
    assert (values, sum(values)) == ([3, 3, 3, 3, 3, 3, 0, 0, 0], 18)
    assert items[8]["answer"][0]["valueCoding"]["code"] == "LA6568-5"


def test_nothing_that_was_said_in_a_session_is_in_any_resource(world: World) -> None:
    told = json.dumps(record(world))
    session = TherapySession.objects.get(patient=world.maya, state="held")
    assert WORDS not in told
    (held,) = [one for one in of(record(world), "Procedure") if one["id"] == str(session.pk)]
    assert set(held) == {
        "resourceType", "id", "meta", "status", "code", "subject", "performedPeriod", "performer",
    }  # fmt: skip


def test_what_was_entered_in_error_is_given_to_nobody(world: World) -> None:
    gone = world.maya.conditions.get(display="Sprained ankle")
    type(gone).objects.filter(pk=gone.pk).update(
        entered_in_error_at=clock.now(), entered_in_error_by=world.clinic.provider, entered_in_error_reason="Not hers"
    )
    assert "Sprained" not in json.dumps(record(world))


@pytest.mark.parametrize("kind", ["Patient", "Coverage", "Condition", "Observation", "CarePlan"])
def test_a_profile_is_claimed_where_its_musts_are_met(world: World, kind: str) -> None:
    musts = {
        "us-core-patient": {"identifier", "name", "gender"},
        "us-core-coverage": {"identifier", "status", "beneficiary", "relationship", "payor"},
        "us-core-condition-problems-health-concerns": {"category", "code", "subject", "clinicalStatus"},
        "us-core-blood-pressure": {"status", "category", "code", "subject", "component"},
        "us-core-careplan": {"text", "status", "intent", "category", "subject"},
    }
    for one in of(record(world), kind):
        for profile in one["meta"].get("profile", ()):
            assert musts.get(profile.rpartition("/")[2], {"status", "category", "code", "subject"}) <= set(one)
