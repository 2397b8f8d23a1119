"""Code systems and codes. Only codes of which we are sure; what has none carries a code of our own, and its words."""

from __future__ import annotations

from collections.abc import Mapping

from patients.fhir_names import LOINC as LOINC
from patients.fhir_names import OURS as OURS

SNOMED = "http://snomed.info/sct"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
UCUM = "http://unitsofmeasure.org"
NPI = "http://hl7.org/fhir/sid/us-npi"
TERMS = "http://terminology.hl7.org/CodeSystem"
US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition"

KETAMINE = (RXNORM, "6130", "ketamine")
INTRAVENOUS = (SNOMED, "47625008", "Intravenous route")
INFUSION = (SNOMED, "14152002", "Intravenous infusion")
PSYCHOTHERAPY = (SNOMED, "75516001", "Psychotherapy")

PRESSURE = (LOINC, "85354-9", "Blood pressure panel with all children optional")
SYSTOLIC = (LOINC, "8480-6", "Systolic blood pressure")
DIASTOLIC = (LOINC, "8462-4", "Diastolic blood pressure")
HEART_RATE = (LOINC, "8867-4", "Heart rate")
SPO2 = (LOINC, "59408-5", "Oxygen saturation in Arterial blood by Pulse oximetry")
SPO2_ALSO = (LOINC, "2708-6", "Oxygen saturation in Arterial blood")
BREATHING = (LOINC, "9279-1", "Respiratory rate")
WEIGHT = (LOINC, "29463-7", "Body weight")
HEIGHT = (LOINC, "8302-2", "Body height")

SEDATION = (f"{OURS}/observation", "moaas", "Sedation, MOAA/S 0 to 5")
DISSOCIATION = (f"{OURS}/observation", "cadss6", "Dissociation, CADSS-6")
DISTRESS = (f"{OURS}/observation", "distress", "Distress 0 to 10")

TOTALS: Mapping[str, tuple[str, str, str]] = {
    "phq9": (LOINC, "44261-6", "Patient Health Questionnaire 9 item (PHQ-9) total score [Reported]"),
    "gad7": (LOINC, "70274-6", "Generalized anxiety disorder 7 item (GAD-7) total score [Reported.PHQ]"),
}


def total(instrument: str, title: str) -> tuple[str, str, str]:
    """The code of an instrument's score."""
    return TOTALS.get(instrument, (f"{OURS}/score", instrument, f"{title} score"))
