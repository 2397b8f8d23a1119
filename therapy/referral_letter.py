"""The facts of a referral letter: each part that was chosen, from the record alone, and nothing that was not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from infusions import told
from patients.models import MeasureResponse, Patient
from therapy.models import IntegrationPlan, Referral

Rows = list[tuple[str, str]]
Part = Referral.Part


@dataclass(frozen=True)
class Section:
    heading: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Letter:
    patient: Patient
    sections: tuple[Section, ...]


def read(patient: Patient, parts: Sequence[str]) -> Letter:
    """The chosen parts as they stand now, in the order of the list."""
    chosen = [part for part in Part if part.value in parts]
    return Letter(patient, tuple(Section(part.label, tuple(_READ[part](patient))) for part in chosen))


def _diagnosis(patient: Patient) -> Rows:
    return told.diagnosis(patient.evaluations.filter(signed_at__isnull=False).order_by("-signed_at").first())


def _course(patient: Patient) -> Rows:
    rows = told.courses(patient, list(patient.series.select_related("site").order_by("opened_at")))
    return rows or [("Infusions", "none given")]


def _scores(patient: Patient) -> Rows:
    """The first and the latest of each questionnaire that has a sum."""
    rows = MeasureResponse.objects.filter(
        patient=patient, score__isnull=False, entered_in_error_at__isnull=True
    ).order_by("observed_at", "id")
    by_name: dict[str, list[MeasureResponse]] = {}
    for row in rows:
        by_name.setdefault(str(row.get_instrument_display()), []).append(row)
    return [(name, _span(patient, many)) for name, many in by_name.items()] or [("Scores", "none recorded")]


def _span(patient: Patient, many: Sequence[MeasureResponse]) -> str:
    def at(row: MeasureResponse) -> str:
        return f"{row.score} on {told.day(patient.site.local(row.observed_at).date())}"

    return at(many[-1]) if len(many) == 1 else f"first {at(many[0])}, latest {at(many[-1])}"


def _medicines(patient: Patient) -> Rows:
    rows = patient.medications.filter(stopped__isnull=True, entered_in_error_at__isnull=True).order_by("display")
    return [(row.display, row.dose or "dose not recorded") for row in rows] or [("Medicines", "none recorded")]


def _allergies(patient: Patient) -> Rows:
    rows = patient.allergies.filter(entered_in_error_at__isnull=True).order_by("display")
    return [(row.display, row.reaction or "reaction not recorded") for row in rows] or [("Allergies", "none recorded")]


def _plan(patient: Patient) -> Rows:
    """The plan that the patient was given last."""
    plan = IntegrationPlan.objects.filter(patient=patient, signed_at__isnull=False).order_by("-signed_at").first()
    if plan is None:
        return [("Integration plan", "none given")]
    steps = [_step(step.action, step.with_whom) for step in plan.steps.all()]
    rows = [
        ("What became clear", plan.insights),
        ("Steps", "; ".join(steps)),
        ("Warning signs", "; ".join(plan.signs)),
        ("Who helps", "; ".join(plan.helpers)),
        ("Wishes about boosters", plan.booster_preference),
    ]
    return [(name, words) for name, words in rows if words]


def _step(action: str, with_whom: str) -> str:
    return f"{action} (with {with_whom})" if with_whom else action


_READ: dict[Part, Callable[[Patient], Rows]] = {
    Part.DIAGNOSIS: _diagnosis,
    Part.SCORES: _scores,
    Part.COURSE: _course,
    Part.MEDICINES: _medicines,
    Part.ALLERGIES: _allergies,
    Part.PLAN: _plan,
}
