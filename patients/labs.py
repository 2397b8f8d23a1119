"""Laboratory, urine, pregnancy test and ECG: recorded with their day; which of them are due."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from clinic import clock, retracting
from clinic.errors import Invalid
from clinic.models import User
from clinic.policy import Action, require
from patients import reopenings, workup
from patients.models import LabResult, Patient
from patients.rows import patient_for, row_for

Test, Finding = LabResult.Test, LabResult.Finding
SIGNS = frozenset({Finding.NEGATIVE, Finding.POSITIVE})
LATEST_READ = 60

after_change: list[Callable[[LabResult, User], None]] = []
"""Rooms further right are told in the same transaction of a new result, and of one that was an error."""


@transaction.atomic
def record(
    *, patient_id: UUID, test: str, finding: str, observed_at: datetime, source: str, by: User, detail: str = ""
) -> LabResult:
    """Write one result; a positive pregnancy test opens the evaluation again.

    Raises NotFound, NotPermitted, Invalid.
    """
    patient = patient_for(patient_id, by)
    require(by, Action.RECORD_HISTORY, at=patient.site)
    words = " ".join(detail.split())
    if problems := _problems(test, finding, observed_at, source, words):
        raise Invalid(problems)
    result = LabResult.objects.create(
        patient=patient,
        test=test,
        loinc=workup.LOINC.get(test, ""),
        finding=finding,
        detail=words,
        source=source,
        observed_at=observed_at,
        entered_at=clock.now(),
        entered_by=by,
    )
    if test == Test.HCG and finding == Finding.POSITIVE:
        reopenings.open_for(
            patient=patient,
            kind=reopenings.Kind.PREGNANCY,
            words=str(result),
            source=reopenings.Source.TEST,
            subject_id=result.pk,
            by=by,
        )
    _tell(result, by)
    return result


def _tell(result: LabResult, by: User) -> None:
    for tell in after_change:
        tell(result, by)


def _problems(test: str, finding: str, observed_at: datetime, source: str, words: str) -> dict[str, str]:
    found = {
        "test": "" if test in Test.values else "Choose what was tested.",
        "finding": _finding_problem(test, finding),
        "detail": _detail_problem(finding, words),
        "source": "" if source in LabResult.Source.values else "Choose who told it.",
        "day": "This day has not come yet." if observed_at > clock.now() + timedelta(minutes=5) else "",
    }
    return {name: sentence for name, sentence in found.items() if sentence}


def _finding_problem(test: str, finding: str) -> str:
    if finding not in Finding.values:
        return "Choose what was found."
    if (test in LabResult.WITH_SIGN) != (finding in SIGNS):
        return "This test is negative or positive." if test in LabResult.WITH_SIGN else "This is normal or not normal."
    return ""


def _detail_problem(finding: str, words: str) -> str:
    if finding == Finding.ABNORMAL and not words:
        return "Write what was not normal."
    return f"This is {len(words)} characters long; 200 fit. Shorten it." if len(words) > 200 else ""


@transaction.atomic
def mark_in_error(*, result_id: UUID, reason: str, by: User) -> LabResult:
    """Say that a result was never true; it stays to be seen. Raises NotFound, NotPermitted, Invalid, Refused."""
    result = row_for(LabResult, result_id, by)
    require(by, Action.RECORD_HISTORY, at=result.patient.site)
    retracting.mark(result, reason=reason, by=by)
    _tell(result, by)
    return result


def kept(patient: Patient) -> QuerySet[LabResult]:
    """Results that stand, newest first."""
    return LabResult.objects.filter(patient=patient, entered_in_error_at__isnull=True).select_related("entered_by")


def wanted(
    patient: Patient, on: date, *, contraception: str = "", lines: Mapping[str, str] | None = None
) -> list[workup.Wanted]:
    """What the patient needs, each with its newest result; `lines` are the answers of a checklist."""
    results = [
        workup.Result(row.test, patient.site.local(row.observed_at).date(), row.finding, row.detail)
        for row in kept(patient)[:LATEST_READ]
    ]
    return workup.wanted(
        age=patient.age_on(on),
        sex=patient.sex,
        contraception=contraception,
        lines=lines or {},
        results=results,
        on=on,
    )


def due(patient: Patient, on: date) -> list[workup.Wanted]:
    """Blood and urine that are missing or older than 180 days (Table A: labs): asked again during boosters."""
    return [row for row in wanted(patient, on) if row.test in {"cmp", "ua"} and row.is_due]
