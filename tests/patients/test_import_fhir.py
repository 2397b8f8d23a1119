"""FHIR bundles: the shared ones, and what other senders may write."""

from datetime import date
from typing import Any

import pytest
from django.core.management import call_command

from clinic.models import Site
from insurance.models import Coverage, SelfPay
from patients.models import Allergy, Condition, ExternalIdentifier, Medication, Patient
from tests.patients.importing import FHIR, SYNTHEA, bundle, ends, fhir, person

P1 = {"reference": "Patient/p1"}


def test_the_shared_bundles_are_taken_and_a_second_run_changes_nothing(site: Site, capsys: Any) -> None:
    call_command("import_patients", str(FHIR), "--format", "fhir")
    assert "Together: 47 created, 0 updated, 0 unchanged, 0 skipped, 0 failed." in capsys.readouterr().out
    assert (Patient.objects.count(), Condition.objects.count(), Medication.objects.count()) == (3, 31, 10)
    assert {plan.payer.name for plan in Coverage.objects.all()} == {"Cigna Health", "Humana"}
    call_command("import_patients", str(FHIR), "--format", "fhir")
    assert "Together: 0 created, 0 updated, 47 unchanged, 0 skipped, 0 failed." in capsys.readouterr().out


def test_numbers_that_a_thief_would_like_are_not_kept(site: Site) -> None:
    call_command("import_patients", str(FHIR), "--format", "fhir")
    assert set(ExternalIdentifier.objects.values_list("system", flat=True)) == {
        "https://github.com/synthetichealth/synthea",
        "http://hospital.smarthealthit.org",
    }


def test_a_person_of_the_csv_is_known_again_in_the_bundle(site: Site, capsys: Any) -> None:
    call_command("import_patients", str(SYNTHEA), "--format", "synthea-csv")
    call_command("import_patients", str(FHIR / "synthea-bundle-3.json"), "--format", "fhir")
    assert "Together: 0 created, 1 updated, 19 unchanged, 0 skipped, 0 failed." in capsys.readouterr().out
    assert Patient.objects.count() == 88


def test_what_a_bundle_can_say(site: Site) -> None:
    taken = fhir(
        bundle(
            person(
                name=[
                    {"use": "nickname", "given": ["May"]},
                    {"use": "official", "family": "O’Neill-Núñez", "given": ["Maya", "Luz"]},
                ],
                telecom=[
                    {"system": "phone", "use": "old", "value": "555 000 0000"},
                    {"system": "phone", "value": "(555) 013-7740"},
                    {"system": "email", "value": "Maya@Example.com"},
                ],
                address=[{"line": ["1 Pine St", "Unit 2"], "city": "Salem", "state": "OR", "postalCode": "97301"}],
                communication=[{"language": {"coding": [{"code": "es-MX"}]}}],
            ),
            {
                "resourceType": "AllergyIntolerance",
                "patient": P1,
                "code": {"text": "Peanut"},
                "reaction": [{"severity": "mild", "manifestation": [{"text": "Hives"}]}, {"severity": "severe"}],
            },
            {
                "resourceType": "Coverage",
                "beneficiary": P1,
                "payor": [{"reference": "#org"}],
                "contained": [{"resourceType": "Organization", "id": "org", "name": "Orchard Health"}],
                "subscriberId": "M 1",
                "class": [{"type": {"coding": [{"code": "group"}]}, "value": "G 7"}],
                "period": {"start": "2026-01-01", "end": "2027-02-09"},
            },
            {
                "resourceType": "MedicationStatement",
                "subject": P1,
                "status": "active",
                "medicationCodeableConcept": {"text": "Sertraline 50 mg"},
                "dosage": [{"text": "one in the morning"}],
                "effectivePeriod": {"start": "2026-11"},
            },
        ),
        site,
    )
    assert ends(taken) == {"created": 4}
    patient = Patient.objects.get()
    assert (patient.legal_name, patient.preferred_name) == ("Maya Luz O’Neill-Núñez", "May")
    assert (patient.phone, patient.email, patient.language) == ("+15550137740", "maya@example.com", "es")
    assert (patient.address, patient.postal_code) == ("1 Pine St, Unit 2", "97301")
    assert [(one.display, one.reaction, one.severity) for one in Allergy.objects.all()] == [
        ("Peanut", "Hives", "severe")
    ]
    plan = Coverage.objects.get()
    assert (plan.payer.name, plan.member_id, plan.group_number) == ("Orchard Health", "M 1", "G 7")
    assert (plan.starts_on, plan.ends_on) == (date(2026, 1, 1), date(2027, 2, 9))
    medicine = Medication.objects.get()
    assert (medicine.dose, medicine.started) == ("one in the morning", date(2026, 11, 1))


def test_a_death_without_a_day_is_marked(site: Site) -> None:
    taken = fhir(bundle(person(deceasedBoolean=True)), site)
    assert Patient.objects.get().deceased_on == site.today()
    assert "the day of the import stands for it" in taken[0].why


def test_no_insurance_is_a_mark_and_no_plan(site: Site) -> None:
    fhir(
        bundle(
            person(),
            {
                "resourceType": "Coverage",
                "beneficiary": P1,
                "payor": [{"display": "NO_INSURANCE"}],
                "period": {"start": "2026-01-01"},
            },
        ),
        site,
    )
    assert not Coverage.objects.exists()
    assert SelfPay.objects.get().agreed_at is None


@pytest.mark.parametrize(
    ("resource", "why"),
    [
        ({"verificationStatus": {"coding": [{"code": "entered-in-error"}]}}, "entered in error"),
        ({"subject": {"reference": "Patient/somebody"}}, "not in this bundle"),
        ({"onsetDateTime": "yesterday"}, "is not a date"),
        ({"code": {}}, "no words and no code"),
    ],
)
def test_a_bad_entry_is_told_and_harms_no_other(site: Site, resource: dict[str, Any], why: str) -> None:
    good = {"resourceType": "Condition", "subject": P1, "code": {"text": "Depression"}}
    taken = fhir(bundle(person(), {**good, **resource}, good), site)
    assert [one.display for one in Condition.objects.all()] == ["Depression"]
    assert [row.where.line for row in taken if why in row.why] == [2]


@pytest.mark.parametrize("field", ["name", "birthDate"])
def test_a_person_without_what_a_record_needs_is_not_taken(site: Site, field: str) -> None:
    taken = fhir(bundle(person(**{field: None}), person(id="p2")), site)
    assert [row.outcome for row in taken] == ["failed", "created"]


def test_values_of_the_wrong_kind_are_no_reason_to_fall(site: Site) -> None:
    odd: list[Any] = [None, 7, "text", [], {}, [7], {"coding": 7}, {"coding": [7]}]
    fields = ("name", "telecom", "address", "communication", "identifier", "gender")
    for value in odd:
        fhir(bundle(person(**dict.fromkeys(fields, value))), site)
        fhir(bundle(person(), {"resourceType": "Condition", "subject": value, "code": value}), site)
