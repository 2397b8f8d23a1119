"""Vital signs, weights, scores, results, and what other clinics observed: one value, or one pressure, each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from infusions.models import ArrivalCheck, VitalSigns
from journey.fhir import codes
from journey.fhir.codes import DIASTOLIC, LOINC, OURS, SYSTOLIC
from journey.fhir.parts import Code, Json, clean, concept, instant, made, number, person, quantity, ref, term
from patients.instruments import FACTS
from patients.models import Evaluation, LabResult, MeasureResponse, PastObservation
from patients.workup import NAMES

CATEGORY = "observation-category"
VITAL, SURVEY, LAB = "vital-signs", "survey", "laboratory"


@dataclass(frozen=True)
class Sign:
    """One column that is an observation by itself."""

    column: str
    code: Code
    unit: str
    ucum: str
    category: str = VITAL
    profile: str = ""


PRESSURE_PROFILE = "us-core-blood-pressure"
VITALS = (
    Sign("heart_rate", codes.HEART_RATE, "beats/minute", "/min", profile="us-core-heart-rate"),
    Sign("spo2", codes.SPO2, "%", "%", profile="us-core-pulse-oximetry"),
    Sign("respiratory_rate", codes.BREATHING, "breaths/minute", "/min", profile="us-core-respiratory-rate"),
    Sign("moaas", codes.SEDATION, "score", "{score}", category="exam"),
    Sign("cadss6", codes.DISSOCIATION, "score", "{score}", category=SURVEY),
    Sign("distress", codes.DISTRESS, "score", "{score}", category=SURVEY),
)
WEIGHT = Sign("weight_kg", codes.WEIGHT, "kg", "kg", profile="us-core-body-weight")
HEIGHT = Sign("height_cm", codes.HEIGHT, "cm", "cm", profile="us-core-body-height")


def _base(
    key: object, code: Json, category: str, patient: object, at: datetime, *, profile: str, changed: datetime | None
) -> Json:
    return made(
        "Observation", key, profile=profile, changed=changed, status="final", category=[term(CATEGORY, category)],
        code=code, subject=ref("Patient", patient), effectiveDateTime=instant(at),
    )  # fmt: skip


def of_column(sign: Sign, patient: Callable[[Any], object]) -> Callable[[Any], Json]:
    """A mapper of one column of any row that was entered."""

    def mapper(row: VitalSigns | ArrivalCheck | Evaluation) -> Json:
        value: Decimal | int = getattr(row, sign.column)
        kind = (codes.SPO2_ALSO,) if sign.code == codes.SPO2 else ()
        base = _base(
            f"{row.pk}.{sign.column.replace('_', '-')}", concept(sign.code, *kind), sign.category, patient(row),
            row.observed_at, profile=sign.profile, changed=row.entered_at,
        )  # fmt: skip
        return clean({**base, "valueQuantity": quantity(value, sign.unit, sign.ucum), **_by(row)})

    return mapper


def pressure(patient: Callable[[Any], object]) -> Callable[[Any], Json]:
    def mapper(row: VitalSigns | Evaluation) -> Json:
        base = _base(
            f"{row.pk}.pressure", concept(codes.PRESSURE), VITAL, patient(row), row.observed_at,
            profile=PRESSURE_PROFILE, changed=row.entered_at,
        )  # fmt: skip
        parts = [
            {"code": concept(code), "valueQuantity": quantity(value, "mmHg", "mm[Hg]")}
            for code, value in ((SYSTOLIC, row.systolic), (DIASTOLIC, row.diastolic))
        ]
        return clean({**base, "component": parts, **_by(row)})

    return mapper


def _by(row: Any) -> Json:
    who = person(row.entered_by)
    return {"performer": [who]} if who else {}


def score(row: MeasureResponse) -> Json:
    """The sum of a questionnaire; its answers are the QuestionnaireResponse of the same id."""
    title = FACTS[row.instrument].title
    base = _base(
        f"{row.pk}.score", concept(codes.total(row.instrument, title), text=title), SURVEY, row.patient_id,
        row.observed_at, profile="us-core-observation-screening-assessment", changed=row.entered_at,
    )  # fmt: skip
    derived = [ref("QuestionnaireResponse", row.pk)]
    return clean({**base, "valueQuantity": quantity(row.score, "score", "{score}"), "derivedFrom": derived})


def lab(row: LabResult) -> Json:
    name = str(row.get_test_display())
    base = _base(
        f"{row.pk}.lab", concept((LOINC if row.loinc else "", row.loinc, NAMES[row.test]), text=name), LAB,
        row.patient_id, row.observed_at, profile="", changed=row.entered_at,
    )  # fmt: skip
    found = concept((f"{OURS}/finding", row.finding, str(row.get_finding_display())), text=row.detail)
    return clean({**base, "valueCodeableConcept": found})


def past(row: PastObservation) -> Json:
    """What another clinic observed, passed on as it came, under the id it has here."""
    base = _base(
        f"{row.pk}.past", concept((row.system, row.code, row.display), text=row.display), row.category or "exam",
        row.patient_id, row.observed_at, profile="", changed=row.imported_at,
    )  # fmt: skip
    parts = [
        clean(
            {
                "code": concept((part["system"], part["code"], part["display"])),
                "valueQuantity": {"value": number(Decimal(part["value"])), "unit": part["unit"]},
            }
        )
        for part in row.parts
    ]
    value = {"value": number(row.value), **clean({"unit": row.unit})} if row.value is not None else None
    text = None if value or parts else row.words
    return clean(
        {
            **base,
            "identifier": [{"system": f"{OURS}/past", "value": row.key}],
            "valueQuantity": value,
            "valueString": text,
            "component": parts,
        }
    )
