"""A whole record: every resource is FHIR and says what the record says; as a file; and taken back by another clinic."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from fhir.resources.R4B import get_fhir_model_class

from clinic import clock
from clinic.errors import Invalid, NotFound, NotPermitted
from clinic.models import ReadEvent, Site
from infusions.models import Infusion
from journey.fhir import answers, exports, pages
from journey.models import RecordExport, RecordExportFile
from patients.imports import fhir_ours, jobs, past
from patients.imports.rows import Outcome, PersonRow, Where
from patients.models import ExternalIdentifier, ImportJob, Patient
from tests import build
from tests.journey.fhir_fixtures import made, world
from tests.journey.fhir_world import WORDS, World
from tests.journey.paper_text import words as words_of
from therapy.models import TherapySession
from visits.models import Appointment

__all__ = ["made", "world"]
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


# As a file


def asked(world: World, form: str = "fhir") -> RecordExport:
    export = exports.ask(
        patient_id=world.maya.pk, format=form, reason="She moves to Oregon", by=world.clinic.provider,
        on_commit=lambda key: None,
    )  # fmt: skip
    exports.make(export_id=export.pk)
    export.refresh_from_db()
    return export


def test_the_file_holds_the_record_and_is_its_askers_for_an_hour(world: World) -> None:
    export = asked(world)
    assert (export.state, export.handled) == ("done", export.total)
    key = export.file.key
    _, content = exports.fetch(export_id=export.pk, key=key, by=world.clinic.provider)
    whole = json.loads(content)
    assert (whole["resourceType"], whole["type"]) == ("Bundle", "collection")
    assert len(whole["entry"]) > 150
    assert WORDS.encode() not in content
    for who, given in ((world.clinic.nurse, key), (world.clinic.provider, "another-key")):
        with pytest.raises(NotFound):
            exports.fetch(export_id=export.pk, key=given, by=who)
    with clock.at(clock.now() + timedelta(hours=1, seconds=1)):
        with pytest.raises(NotFound):
            exports.fetch(export_id=export.pk, key=key, by=world.clinic.provider)
        exports.make_waiting()
    assert not RecordExportFile.objects.exists()
    assert RecordExport.objects.get().fetched_at


def test_a_role_gets_what_it_may_read_and_others_get_nothing(world: World) -> None:
    with pytest.raises(NotPermitted):
        exports.ask(patient_id=world.maya.pk, format="fhir", reason="x", by=world.clinic.desk, on_commit=print)
    with pytest.raises(Invalid):
        exports.ask(patient_id=world.maya.pk, format="doc", reason=" ", by=world.clinic.nurse, on_commit=print)
    export = exports.ask(
        patient_id=world.maya.pk, format="fhir", reason="Emergency", by=world.clinic.nurse, on_commit=lambda key: None
    )
    assert exports.make_waiting() == 1
    _, content = exports.fetch(export_id=export.pk, key=export.file.key, by=world.clinic.nurse)
    kinds = {entry["resource"]["resourceType"] for entry in json.loads(content)["entry"]}
    assert "Observation" in kinds
    assert "Coverage" not in kinds


def test_the_paper_says_what_the_record_says(world: World) -> None:
    export = asked(world, "pdf")
    paper = words_of(bytes(export.file.content))
    for words in (
        "Maya Torres",
        "Luis Torres, Husband",
        "Sertraline",
        "40 mg",
        "2 Feb 2027, 09:12",
        "Tidewater",
        "PHQ-9",
    ):
        assert words in paper.replace("\u00a0", " "), words
    assert WORDS not in paper


def test_the_page_makes_a_small_one_at_once_and_writes_who_fetched_it(world: World, client: Client) -> None:
    client.force_login(world.clinic.provider)
    address = reverse("journey:export", args=[world.maya.pk])
    exports_before = ReadEvent.objects.filter(what="record export, fhir").count()
    export = asked(world)
    page = client.get(address).content.decode()
    assert "She moves to Oregon" in page
    file = client.get(reverse("journey:export-file", args=[export.pk, export.file.key]))
    assert file["Content-Disposition"] == 'attachment; filename="record-2027-02-05.json"'
    read = ReadEvent.objects.filter(what="record export, fhir")
    assert (read.count(), read.latest("pk").reason) == (exports_before + 1, "She moves to Oregon")
    client.force_login(world.clinic.nurse)
    assert client.get(reverse("journey:export-file", args=[export.pk, export.file.key])).status_code == 404


def test_the_command_writes_a_file_for_its_owner_alone(world: World, tmp_path: Path) -> None:
    path, told = tmp_path / "maya.json", StringIO()
    call_command("export_patient", world.maya.mrn, format="fhir", to=path, stdout=told)
    assert path.stat().st_mode & 0o777 == 0o600
    kinds = {entry["resource"]["resourceType"] for entry in json.loads(path.read_text())["entry"]}
    assert {"Coverage", "Observation"} <= kinds
    assert RecordExport.objects.get().asked_by is None
    for mrn in (world.maya.mrn, "EK-0"):
        with pytest.raises(CommandError):
            call_command("export_patient", mrn, format="fhir", to=path)


# Taken back

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
