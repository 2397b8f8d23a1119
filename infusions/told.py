"""A course of treatment as letters to other clinicians tell it: the diagnosis, each series, its dates and doses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from clinic.wording import number, quantity
from infusions.models import Infusion, Series
from patients.models import Evaluation, Patient

MOST_SERIES = 4


def diagnosis(evaluation: Evaluation | None) -> list[tuple[str, str]]:
    if evaluation is None:
        return [("Evaluation", "none signed yet")]
    code = f" ({evaluation.diagnosis_code})" if evaluation.diagnosis_code else ""
    return [("Diagnosis", f"{evaluation.diagnosis}{code}")]


def courses(patient: Patient, many: Sequence[Series]) -> list[tuple[str, str]]:
    """Each series with its dates and doses, the newest last; the oldest of very many are only counted."""
    rows = (
        Infusion.objects.filter(series__patient=patient, state__in=Infusion.GIVEN, started_at__isnull=False)
        .order_by("started_at")
        .values_list("series_id", "started_at", "given_mg")
    )
    given: dict[UUID, list[tuple[datetime, Decimal | None]]] = defaultdict(list)
    for series_id, at, mg in rows:
        assert at
        given[series_id].append((at, mg))
    told = [_course(series, given[series.pk]) for series in many if given[series.pk]]
    earlier = len(told) - MOST_SERIES
    return [("Earlier", f"{earlier} more series"), *told[-MOST_SERIES:]] if earlier > 0 else told


def _course(series: Series, given: Sequence[tuple[datetime, Decimal | None]]) -> tuple[str, str]:
    first, last = (series.site.local(at).date() for at in (given[0][0], given[-1][0]))
    doses = sorted(mg for _, mg in given if mg is not None)
    if series.kind == Series.Kind.LOADING:
        what = f"{len(given)} of {series.planned_count} infusions"
    else:
        what = f"{len(given)} booster{'' if len(given) == 1 else 's'}"
    dose = ""
    if doses:
        lowest, highest = number(doses[0]), quantity(doses[-1], "mg")
        each = " each" if len(doses) > 1 else ""
        dose = f", {highest}{each}" if doses[0] == doses[-1] else f", {lowest} to {highest}"
    return str(series.get_kind_display()), f"{what}, {_span(first, last)}{dose}"


def _span(first: date, last: date) -> str:
    return day(first) if first == last else f"{day(first)} to {day(last)}"


def day(on: date) -> str:
    return f"{on.day} {on:%b %Y}"
