"""Eligibility: begun, written, looked at, signed once; then locked, and only a new one may supersede it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from clinic import clock, settings_versions
from clinic.errors import IllegalTransition, Invalid, NotReady, Refused
from clinic.models import User
from clinic.policy import Action, require
from clinic.wording import quantity
from patients import eligibility, evaluation_conditions, measure_plan
from patients.contraindications import BY_KEY
from patients.evaluation_facts import answers_of as answers_of
from patients.evaluation_facts import findings as findings
from patients.evaluation_facts import stopping
from patients.models import Evaluation, EvaluationAnswer, Patient
from patients.rows import patient_for, row_for
from patients.validity import FAVORABLE as FAVORABLE
from patients.validity import in_force as in_force
from patients.validity import in_force_for as in_force_for
from patients.validity import last_day as last_day
from patients.validity import signed_day as signed_day
from patients.validity import would_hold_until as would_hold_until

State, Source = Evaluation.State, EvaluationAnswer.Source

after_sign: list[Callable[[Evaluation], None]] = []
"""Rooms further right are told of each signature, in its transaction."""

TRANSITIONS: Mapping[str, frozenset[str]] = {
    State.DRAFT: frozenset({State.IN_REVIEW}),
    State.IN_REVIEW: frozenset({State.DRAFT, *Evaluation.SIGNED}),
    State.ELIGIBLE: frozenset(),
    State.CONDITIONAL: frozenset(),
    State.DEFERRED: frozenset(),
    State.INELIGIBLE: frozenset(),
}

FIELDS = (
    "diagnosis",
    "diagnosis_code",
    "history",
    "goals",
    "plan",
    "planned_count",
    "height_cm",
    "weight_kg",
    "systolic",
    "diastolic",
    "systolic_again",
    "diastolic_again",
    "heart_rate",
    "spo2",
    "asa_class",
    "mallampati",
    "airway",
    "contraception",
    "pdmp_on",
    "pdmp_found",
    "planned_mg_per_kg",
    "planned_minutes",
    "planned_therapy",
    "rationale",
    "revisit_on",
)
_ICD10 = re.compile(r"[A-TV-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})?")


class Said(NamedTuple):
    """An answer to a line of the checklist: yes, no or unknown; a note; who told it."""

    answer: str
    note: str = ""
    source: str = Source.INTERVIEW


class StaleVersion(Refused):
    """Someone else saved in the meantime; nothing was overwritten. `evaluation` is what stands now."""

    title = "Changed in the meantime"

    def __init__(self, evaluation: Evaluation) -> None:
        self.evaluation = evaluation
        super().__init__(
            "This evaluation was changed in another window after you opened it. "
            "Nothing you typed is lost: compare both, then save again."
        )


@transaction.atomic
def begin(*, patient_id: UUID, observed_at: datetime, by: User) -> Evaluation:
    """Open a draft and ask for its questionnaires, or answer the open one. Raises NotFound, NotPermitted, Refused."""
    patient = patient_for(patient_id, by)
    require(by, Action.EVALUATE, at=patient.site)
    if patient.deceased_on is not None:
        raise Refused(f"{patient.name} died on {patient.deceased_on:%-d %b %Y}; there is nothing to evaluate.")
    if draft := open_draft(patient):
        return draft
    measure_plan.want_baseline(patient)
    return Evaluation.objects.create(
        patient=patient,
        observed_at=observed_at,
        entered_at=clock.now(),
        entered_by=by,
        planned_count=settings_versions.current(patient.site).series_count,
    )


@transaction.atomic
def save_draft(
    *,
    evaluation_id: UUID,
    by: User,
    version: int,
    answers: Mapping[str, Sequence[str]],
    conditions: Sequence[evaluation_conditions.Wanted] | None = None,
    **fields: Any,
) -> Evaluation:
    """Keep what was typed so far. Only the named fields and lines change; conditions are replaced as a whole.

    Raises NotFound, NotPermitted, IllegalTransition, StaleVersion, Invalid.
    """
    evaluation = _unsigned(evaluation_id, by, version)
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise Invalid(f"An evaluation has no field called {', '.join(sorted(unknown))}.")
    for name, value in fields.items():
        setattr(evaluation, name, value)
    _check_fields(evaluation)
    _keep_answers(evaluation, {key: Said(*said) for key, said in answers.items()}, by)
    if conditions is not None:
        evaluation_conditions.keep(evaluation, conditions)
    return _save(evaluation)


@transaction.atomic
def submit(*, evaluation_id: UUID, by: User, version: int | None = None) -> Evaluation:
    """Lay the draft before the provider who signs. Raises NotFound, NotPermitted, IllegalTransition, StaleVersion."""
    evaluation = _unsigned(evaluation_id, by, version)
    _move(evaluation, State.IN_REVIEW)
    return _save(evaluation)


@transaction.atomic
def reopen(*, evaluation_id: UUID, by: User, version: int | None = None) -> Evaluation:
    """Back from review to draft. Raises NotFound, NotPermitted, IllegalTransition, StaleVersion."""
    evaluation = _unsigned(evaluation_id, by, version)
    _move(evaluation, State.DRAFT)
    return _save(evaluation)


@transaction.atomic
def sign(
    *,
    evaluation_id: UUID,
    outcome: str,
    by: User,
    version: int | None = None,
    rationale: str = "",
    revisit_on: date | None = None,
) -> Evaluation:
    """Sign the judgement; from here on the database refuses any change.

    Raises NotFound, NotPermitted, IllegalTransition, StaleVersion, Invalid, NotReady carrying every unmet line.
    """
    if outcome not in Evaluation.SIGNED:
        raise Invalid({"outcome": "Choose what you sign."})
    evaluation = _unsigned(evaluation_id, by, version)
    evaluation.rationale = rationale.strip() or evaluation.rationale
    evaluation.revisit_on = revisit_on or evaluation.revisit_on
    site = evaluation.patient.site
    _check_words(evaluation, outcome, site.today())
    if unmet := _unmet(evaluation, outcome):
        raise NotReady(unmet)
    if evaluation.state == State.DRAFT:  # who signs one’s own draft has reviewed it
        _move(evaluation, State.IN_REVIEW)
        evaluation.save(update_fields=["state"])
    _move(evaluation, outcome)
    evaluation.signed_at, evaluation.signed_by = clock.now(), by
    evaluation.supersedes = latest_signed(evaluation.patient)
    if outcome in FAVORABLE:
        evaluation.valid_until = would_hold_until(evaluation)
    _save(evaluation)
    for tell in after_sign:
        tell(evaluation)
    return evaluation


def open_draft(patient: Patient) -> Evaluation | None:
    return Evaluation.objects.filter(patient=patient, signed_at__isnull=True).first()


def latest_signed(patient: Patient) -> Evaluation | None:
    """The signed evaluation that nothing superseded yet."""
    return (
        Evaluation.objects.filter(patient=patient, signed_at__isnull=False, superseded_by__isnull=True)
        .order_by("-signed_at")
        .first()
    )


def _unsigned(evaluation_id: UUID, by: User, version: int | None) -> Evaluation:
    evaluation = row_for(Evaluation, evaluation_id, by)
    require(by, Action.EVALUATE, at=evaluation.patient.site)
    if evaluation.signed_at is not None:
        raise IllegalTransition(
            "This evaluation",
            current=f"{evaluation.get_state_display()}, signed",
            wanted="Changed",
            allowed=["superseded by a new evaluation"],
        )
    if version is not None and version != evaluation.version:
        raise StaleVersion(evaluation)
    return evaluation


def _move(evaluation: Evaluation, to: str) -> None:
    allowed = TRANSITIONS[evaluation.state]
    if to not in allowed:
        raise IllegalTransition(
            "This evaluation",
            current=evaluation.get_state_display(),
            wanted=State(to).label,
            allowed=[state.label for state in State if state in allowed],
        )
    evaluation.state = to


def _save(evaluation: Evaluation) -> Evaluation:
    evaluation.version += 1
    try:
        with transaction.atomic():
            evaluation.save()
    except IntegrityError as error:
        raise Refused(
            "The database did not take this: another evaluation was signed at the same moment. Reload the page."
        ) from error
    return evaluation


def _check_fields(evaluation: Evaluation) -> None:
    evaluation.diagnosis_code = (evaluation.diagnosis_code or "").strip().upper()
    errors: dict[str, str] = {}
    if evaluation.diagnosis_code and not _ICD10.fullmatch(evaluation.diagnosis_code):
        errors["diagnosis_code"] = "This is not an ICD-10-CM code. It looks like F33.2."
    errors |= _range_errors(evaluation)
    if (evaluation.systolic is None) != (evaluation.diastolic is None):
        errors["systolic"] = "Write both values of the blood pressure, like 128 and 82."
    if (evaluation.systolic_again is None) != (evaluation.diastolic_again is None):
        errors["systolic_again"] = "Write both values of the second blood pressure."
    ceiling = settings_versions.current(evaluation.patient.site).dose_hard_ceiling_mg_per_kg
    if evaluation.planned_mg_per_kg is not None and evaluation.planned_mg_per_kg > ceiling:
        errors["planned_mg_per_kg"] = f"Above {quantity(ceiling, 'mg/kg')} no dose can be ordered."
    if evaluation.pdmp_on and evaluation.pdmp_on > evaluation.patient.site.today():
        errors["pdmp_on"] = "This day has not come yet."
    try:
        evaluation.clean_fields(exclude=["supersedes", *errors])
    except ValidationError as error:
        errors |= {name: " ".join(texts) for name, texts in error.message_dict.items() if name in FIELDS}
    if errors:
        raise Invalid(errors)


RANGES: Mapping[str, tuple[Decimal | int, Decimal | int, str]] = {
    "planned_count": (6, 8, "infusions"),
    "height_cm": (100, 250, "cm"),
    "weight_kg": (30, 300, "kg"),
    "systolic": (50, 260, "mmHg"),
    "diastolic": (30, 160, "mmHg"),
    "systolic_again": (50, 260, "mmHg"),
    "diastolic_again": (30, 160, "mmHg"),
    "heart_rate": (20, 250, "beats/min"),
    "spo2": (50, 100, "%"),
    "planned_mg_per_kg": (Decimal("0.1"), Decimal(2), "mg/kg"),
    "planned_minutes": (10, 120, "min"),
}


def _range_errors(evaluation: Evaluation) -> dict[str, str]:
    errors = {}
    for name, (low, high, unit) in RANGES.items():
        value = getattr(evaluation, name)
        if value is not None and not low <= value <= high:
            errors[name] = f"{value} can’t be right. It must be between {low} and {high} {unit}."
    return errors


def _keep_answers(evaluation: Evaluation, answers: Mapping[str, Said], by: User) -> None:
    unknown = set(answers) - set(BY_KEY)
    if unknown:
        raise Invalid(f"The checklist has no line called {', '.join(sorted(unknown))}.")
    rows = {row.key: row for row in evaluation.answers.all()}
    for key, said in answers.items():
        if said.answer not in EvaluationAnswer.Answer.values:
            raise Invalid({key: "Answer yes, no or not known."})
        if said.source not in Source.values:
            raise Invalid({key: "Choose who told it."})
        row = rows.get(key) or EvaluationAnswer(evaluation=evaluation, key=key)
        new = said._replace(note=said.note.strip()[:300])
        if (row.answer, row.note, row.source) != new:
            row.answer, row.note, row.source = new
            row.absolute, row.answered_at, row.answered_by = BY_KEY[key].absolute, clock.now(), by
            row.save()


def _check_words(evaluation: Evaluation, outcome: str, today: date) -> None:
    errors = {}
    if outcome == State.CONDITIONAL and (wrong := evaluation_conditions.wrong_with(evaluation, today)):
        errors["conditions"] = wrong
    if outcome == State.DEFERRED and evaluation.revisit_on is None:
        errors["revisit_on"] = "Write when to look at it again."
    if outcome == State.DEFERRED and evaluation.revisit_on and evaluation.revisit_on <= today:
        errors["revisit_on"] = "The day to look at it again must lie ahead."
    if outcome in {State.DEFERRED, State.INELIGIBLE} and not evaluation.rationale.strip():
        errors["rationale"] = "Write the reason: the patient will ask for it."
    if errors:
        raise Invalid(errors)


def _unmet(evaluation: Evaluation, outcome: str) -> list[str]:
    """Every sentence that keeps this outcome from being signed. A refusal needs only a whole checklist."""
    if outcome not in FAVORABLE:
        return [f"Not answered yet: {line.label}." for line in eligibility.unanswered(answers_of(evaluation))]
    stops = stopping(outcome, explained=bool(evaluation.rationale.strip()))
    return [finding.sentence for finding in findings(evaluation) if finding.severity in stops]
