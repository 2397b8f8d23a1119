"""The sources of Observation: one for each column that is an observation by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Q

from infusions.models import ArrivalCheck, VitalSigns
from journey.fhir import codes
from journey.fhir.codes import LOINC
from journey.fhir.parts import Code
from journey.fhir.resources import observations as of
from journey.fhir.resources.observations import LAB, SURVEY, VITAL, Sign
from journey.fhir.sources import ALL, NOTHING, Source, column, fixed
from journey.fhir.tokens import tokens
from patients.instruments import FACTS
from patients.models import Evaluation, LabResult, MeasureResponse, PastObservation
from patients.workup import LOINC as OF_TEST

LIVE = Q(entered_in_error_at__isnull=True)
FINAL = fixed(("http://hl7.org/fhir/observation-status", "final"))
CATEGORIES = f"{codes.TERMS}/{of.CATEGORY}"


def _searched(category: str, *found: Code) -> dict[str, Any]:
    return {
        "code": fixed(*((system, code) for system, code, _ in found)),
        "category": fixed((CATEGORIES, category)),
        "status": FINAL,
    }


def _signs(
    model: Any, signs: tuple[Sign, ...], *, patient: str, rows: Q, related: tuple[str, ...], pressure: bool = True
) -> Iterator[Source]:
    def whose(row: Any) -> object:
        for step in patient.split("__")[:-1]:
            row = getattr(row, step)
        return row.patient_id

    same: dict[str, Any] = {"when": "observed_at", "patient": patient, "related": related, "changed": "entered_at"}
    if pressure:
        yield Source(
            model, of.pressure(whose), rows=rows & Q(systolic__isnull=False), suffix=".pressure",
            search=_searched(VITAL, codes.PRESSURE, codes.SYSTOLIC, codes.DIASTOLIC), **same,
        )  # fmt: skip
    for sign in signs:
        also = (codes.SPO2_ALSO,) if sign.code == codes.SPO2 else ()
        yield Source(
            model, of.of_column(sign, whose), rows=rows & Q(**{f"{sign.column}__isnull": False}),
            suffix=f".{sign.column.replace('_', '-')}", search=_searched(sign.category, sign.code, *also), **same,
        )  # fmt: skip


def _score_code(name: str, text: str) -> Q:
    asked = tokens(name, text)
    found = [key for key, facts in FACTS.items() if any(one.fits(*codes.total(key, facts.title)[:2]) for one in asked)]
    return Q(instrument__in=found)


def _lab_code(name: str, text: str) -> Q:
    asked = tokens(name, text)
    return Q(loinc__in=[code for code in OF_TEST.values() if any(one.fits(LOINC, code) for one in asked)])


def _past_code(name: str, text: str) -> Q:
    found = NOTHING
    for one in tokens(name, text):
        found |= Q(code=one.code) & (ALL if one.system is None else Q(system=one.system))
    return found


SIGNED = Q(signed_at__isnull=False)
AT_THE_CHAIR: dict[str, Any] = {"patient": "infusion__series__patient", "related": ("infusion__series", "entered_by")}

SOURCES: tuple[Source, ...] = (
    *_signs(VitalSigns, of.VITALS, rows=LIVE, **AT_THE_CHAIR),
    *_signs(ArrivalCheck, (of.WEIGHT,), rows=ALL, pressure=False, **AT_THE_CHAIR),
    *_signs(
        Evaluation, (of.WEIGHT, of.HEIGHT, *of.VITALS[:2]), patient="patient", rows=SIGNED, related=("entered_by",)
    ),
    Source(
        MeasureResponse, of.score, "observed_at", rows=LIVE & Q(score__isnull=False), suffix=".score",
        changed="entered_at",
        search={"code": _score_code, "category": fixed((CATEGORIES, SURVEY)), "status": FINAL},
    ),
    Source(
        LabResult, of.lab, "observed_at", rows=LIVE, suffix=".lab", changed="entered_at",
        search={"code": _lab_code, "category": fixed((CATEGORIES, LAB)), "status": FINAL},
    ),
    Source(
        PastObservation, of.past, "observed_at", rows=LIVE, suffix=".past", changed="imported_at",
        search={
            "code": _past_code,
            "category": column("category", {each: (each,) for each in (VITAL, SURVEY, LAB, "exam", "procedure")}),
            "status": FINAL,
        },
    ),
)  # fmt: skip
