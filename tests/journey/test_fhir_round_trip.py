"""What we export and take back says the same; what was done elsewhere comes in as history alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clinic.models import Site
from infusions.models import Infusion
from journey.fhir import exports, pages
from patients.imports import fhir_ours, jobs, past
from patients.imports.rows import Outcome, PersonRow, Where
from patients.models import ExternalIdentifier, ImportJob, Patient
from tests import build
from tests.journey.fhir_fixtures import made, world
from tests.journey.fhir_world import World
from visits.models import Appointment

__all__ = ["made", "world"]
Json = dict[str, Any]

COVERED: dict[str, tuple[str, ...]] = {
    "Patient": ("name", "gender", "birthDate", "telecom", "address", "contact", "communication", "extension"),
    "Condition": ("code", "onsetDateTime", "abatementDateTime", "clinicalStatus", "category"),
    "AllergyIntolerance": ("code", "reaction", "recordedDate", "clinicalStatus"),
    "MedicationRequest": ("medicationCodeableConcept", "dosageInstruction", "status", "authoredOn"),
    "Coverage": ("class", "subscriberId", "relationship", "period", "order", "extension"),
    "QuestionnaireResponse": ("questionnaire", "authored", "item", "extension", "language"),
}


def covered(patient: Patient) -> dict[str, list[str]]:
    """Of each type what the import covers, in an order of its own."""
    found: dict[str, list[str]] = {kind: [] for kind in (*COVERED, "Observation")}
    for one in pages.whole_record(patient.pk).resources:
        kind = one["resourceType"]
        if kind in COVERED and one.get("intent") != "order":
            found[kind].append(str({name: one.get(name) for name in COVERED[kind]}))
        if kind == "Coverage":
            found[kind][-1] += one["payor"][0]["display"]
        if kind == "Observation" and "derivedFrom" not in one:
            found[kind].append(observed(one))
    return {kind: sorted(rows) for kind, rows in found.items()}


def observed(one: Json) -> str:
    code = next(iter(one["code"].get("coding", ())), {}).get("code", one["code"].get("text"))
    parts = [(part["code"]["coding"][0]["code"], part["valueQuantity"]["value"]) for part in one.get("component", ())]
    found = one.get("valueCodeableConcept", {})
    said = [each for each in (found.get("coding", [{}])[0].get("display"), found.get("text")) if each]
    value = one.get("valueQuantity", {}).get("value", one.get("valueString") or ", ".join(said))
    return f"{one['effectiveDateTime']} {code} {value} {parts}"


def taken_to(site: Site, patient: Patient, path: Path) -> tuple[Patient, ImportJob]:
    file = path / f"{site.code}.json"
    file.write_bytes(exports.written(patient, "fhir", pages.whole_record(patient.pk)))
    job = jobs.run_path(site=site, format="fhir", path=file)
    assert job.state == "done", job.refusal
    failed = job.rows.filter(outcome__in=[Outcome.FAILED, Outcome.SKIPPED]).exclude(what="MedicationRequest")
    assert [(row.what, row.why) for row in failed] == []
    return Patient.objects.get(site=site, family_name="Torres"), job


def test_the_record_goes_to_another_clinic_and_on_to_a_third(world: World, tmp_path: Path) -> None:
    cedar = Site.objects.get(name="Cedar Hill")
    there, _ = taken_to(cedar, world.maya, tmp_path)
    before, after = covered(world.maya), covered(there)
    done = [row for row in after["Observation"] if " 14152002 " in row or " 6130 " in row or " 75516001 " in row]
    assert len(done) == 5  # two infusions, what went in by each of them, one session
    after["Observation"] = [row for row in after["Observation"] if row not in done]
    assert after == before

    # What was done elsewhere is told, and is no visit, no infusion and no order here.
    assert not Appointment.objects.filter(patient=there).exists()
    assert not Infusion.objects.filter(series__patient=there).exists()
    assert any("6130 40 " in row for row in done)

    # The same file again changes nothing; and from there on nothing is lost or added.
    again = jobs.run_path(site=cedar, format="fhir", path=tmp_path / f"{cedar.code}.json")
    assert set(again.rows.values_list("outcome", flat=True)) <= {Outcome.UNCHANGED, Outcome.SKIPPED}
    ExternalIdentifier.objects.all().delete()  # the third is another house, which knows none of these numbers
    third, _ = taken_to(build.site("Lakeside", "America/Chicago"), there, tmp_path)
    assert covered(third) == covered(there)


def test_the_number_of_the_first_clinic_is_kept_beside_ours(world: World, tmp_path: Path) -> None:
    there, _ = taken_to(Site.objects.get(name="Cedar Hill"), world.maya, tmp_path)
    assert there.mrn != world.maya.mrn
    assert ExternalIdentifier.objects.get(patient=there).value == world.maya.mrn


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        ({"questionnaire": "http://loinc.org/q/1-8"}, "none of ours"),
        ({"authored": "2027-02-02"}, "when it was"),
        ({"item": []}, "lies between"),
    ],
)
def test_a_questionnaire_that_cant_be_taken_says_why(broken: Json, why: str) -> None:
    person = PersonRow(Where("a.json", 1), [], {})
    whole: Json = {
        "questionnaire": "http://loinc.org/q/44249-1",
        "authored": "2027-02-02T17:00:00Z",
        "extension": [{"url": "https://evenkeel.example/fhir/timepoint", "valueCode": "baseline"}],
    }

    def take() -> None:
        fhir_ours._measure(Where("a.json", 2), whole | broken, person)
        past._measure(Patient(), person.sections["measures"][0])

    with pytest.raises(ValueError, match=why):
        take()
