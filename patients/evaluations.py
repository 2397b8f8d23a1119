"""Eligibility: begun, written, looked at, signed once; then locked, and only a new one may supersede it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from clinic import clock, settings_versions
from clinic.errors import IllegalTransition, Invalid, NotReady, Refused
from clinic.models import User
from clinic.policy import Action, require
from patients import alerts, measures, rules
from patients.models import Evaluation, EvaluationAnswer, Patient
from patients.rows import patient_for, row_for
from patients.rules import Facts, Finding, Risk, Severity

State = Evaluation.State

TRANSITIONS: Mapping[str, frozenset[str]] = {
    State.DRAFT: frozenset({State.IN_REVIEW, *Evaluation.SIGNED}),
    State.IN_REVIEW: frozenset({State.DRAFT, *Evaluation.SIGNED}),
    State.ELIGIBLE: frozenset(),
    State.CONDITIONAL: frozenset(),
    State.DEFERRED: frozenset(),
    State.INELIGIBLE: frozenset(),
}
FAVORABLE = frozenset({State.ELIGIBLE, State.CONDITIONAL})

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
    "rationale",
    "conditions_to_meet",
    "revisit_on",
)
_ICD10 = re.compile(r"[A-TV-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})?")


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
    """Open a draft, or answer the open one. Raises NotFound, NotPermitted, Refused."""
    patient = patient_for(patient_id, by)
    require(by, Action.EVALUATE, at=patient.site)
    if patient.deceased_on is not None:
        raise Refused(f"{patient.name} died on {patient.deceased_on:%-d %b %Y}; there is nothing to evaluate.")
    draft = open_draft(patient)
    return draft or Evaluation.objects.create(
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
    answers: Mapping[str, tuple[str, str]],
    **fields: Any,
) -> Evaluation:
    """Keep what was typed so far. Only the named fields and lines change.

    Raises NotFound, NotPermitted, IllegalTransition, StaleVersion, Invalid.
    """
    evaluation = _unsigned(evaluation_id, by, version)
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise Invalid(f"An evaluation has no field called {', '.join(sorted(unknown))}.")
    for name, value in fields.items():
        setattr(evaluation, name, value)
    _check_fields(evaluation)
    _keep_answers(evaluation, answers)
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
    conditions_to_meet: str = "",
    revisit_on: date | None = None,
) -> Evaluation:
    """Sign the judgement; from here on the database refuses any change.

    Raises NotFound, NotPermitted, IllegalTransition, StaleVersion, Invalid, NotReady carrying every unmet line.
    """
    if outcome not in Evaluation.SIGNED:
        raise Invalid({"outcome": "Choose what you sign."})
    evaluation = _unsigned(evaluation_id, by, version)
    evaluation.rationale = rationale.strip() or evaluation.rationale
    evaluation.conditions_to_meet = conditions_to_meet.strip() or evaluation.conditions_to_meet
    evaluation.revisit_on = revisit_on or evaluation.revisit_on
    site = evaluation.patient.site
    _check_words(evaluation, outcome, site.today())
    if unmet := _unmet(evaluation, outcome):
        raise NotReady(unmet)
    _move(evaluation, outcome)
    evaluation.signed_at, evaluation.signed_by = clock.now(), by
    evaluation.supersedes = latest_signed(evaluation.patient)
    if outcome in FAVORABLE:
        evaluation.valid_until = would_hold_until(evaluation)
    return _save(evaluation)


def findings(evaluation: Evaluation) -> list[Finding]:
    """What stands against eligibility, what must be explained, what deserves a word, as of now."""
    patient = evaluation.patient
    settings = settings_versions.current(patient.site)
    return rules.eligibility(_facts(evaluation), settings)


def trial_judgements(patient: Patient) -> list[rules.TrialJudgement]:
    """Each earlier treatment with whether it counts, and why not."""
    weeks = settings_versions.current(patient.site).trd_min_weeks
    return [rules.judge_trial(trial, weeks) for trial in _trials(patient)]


def answers_of(evaluation: Evaluation) -> dict[str, tuple[str, str]]:
    return {row.key: (row.answer, row.note) for row in evaluation.answers.all()}


def open_draft(patient: Patient) -> Evaluation | None:
    return Evaluation.objects.filter(patient=patient, signed_at__isnull=True).first()


def latest_signed(patient: Patient) -> Evaluation | None:
    """The signed evaluation that nothing superseded yet."""
    return (
        Evaluation.objects.filter(patient=patient, signed_at__isnull=False, superseded_by__isnull=True)
        .order_by("-signed_at")
        .first()
    )


def in_force(patient: Patient, on: date, booster: bool = False) -> Evaluation | None:
    """The evaluation on which the patient may be treated on a day.

    Before the first infusion it holds 90 days; once a series has begun, and for boosters, less than 180 (protocol 1.6;
    J12: signed 2027-01-19, expired on 2027-07-18). Both are settings.
    """
    return in_force_for([(patient, on, booster)]).get((patient.pk, on))


def in_force_for(wanted: Sequence[tuple[Patient, date, bool]]) -> dict[tuple[UUID, date], Evaluation]:
    """`in_force` for many patients, days and booster or not; a pair without a valid evaluation is absent.

    The number of queries grows with the sites, not with the patients.
    """
    signed = {
        evaluation.patient_id: evaluation
        for evaluation in Evaluation.objects.filter(
            patient__in={patient.pk for patient, _, _ in wanted}, signed_at__isnull=False, superseded_by__isnull=True
        ).order_by("signed_at")
    }
    sites = {patient.site_id: patient.site for patient, _, booster in wanted if booster}
    longer = {pk: settings_versions.current(site).reevaluation_after_days for pk, site in sites.items()}
    found = {}
    for patient, on, booster in wanted:
        evaluation = signed.get(patient.pk)
        if evaluation is None or evaluation.state not in FAVORABLE:
            continue
        evaluation.patient = patient
        if signed_day(evaluation) <= on <= _last_day(evaluation, longer.get(patient.site_id) if booster else None):
            found[patient.pk, on] = evaluation
    return found


def would_hold_until(evaluation: Evaluation) -> date:
    """The last day for the first infusion if the evaluation were signed today."""
    site = evaluation.patient.site
    return site.today() + timedelta(days=settings_versions.current(site).evaluation_valid_days)


def signed_day(evaluation: Evaluation) -> date:
    assert evaluation.signed_at is not None
    return evaluation.patient.site.local(evaluation.signed_at).date()


def last_day(evaluation: Evaluation, *, booster: bool = False) -> date:
    """The last day on which a favorable evaluation may be used."""
    settings = settings_versions.current(evaluation.patient.site) if booster else None
    return _last_day(evaluation, settings.reevaluation_after_days if settings else None)


def _last_day(evaluation: Evaluation, longer: int | None) -> date:
    assert evaluation.valid_until is not None
    if longer is None:
        return evaluation.valid_until
    return max(evaluation.valid_until, signed_day(evaluation) + timedelta(days=longer - 1))


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
    try:
        evaluation.clean_fields(exclude=["supersedes", *errors])
    except ValidationError as error:
        errors |= {name: " ".join(texts) for name, texts in error.message_dict.items() if name in FIELDS}
    if errors:
        raise Invalid(errors)


RANGES: Mapping[str, tuple[int, int, str]] = {
    "planned_count": (6, 8, "infusions"),
    "height_cm": (100, 250, "cm"),
    "weight_kg": (30, 300, "kg"),
    "systolic": (50, 260, "mmHg"),
    "diastolic": (30, 160, "mmHg"),
}


def _range_errors(evaluation: Evaluation) -> dict[str, str]:
    errors = {}
    for name, (low, high, unit) in RANGES.items():
        value = getattr(evaluation, name)
        if value is not None and not low <= value <= high:
            errors[name] = f"{value} can’t be right. It must be between {low} and {high} {unit}."
    return errors


def _keep_answers(evaluation: Evaluation, answers: Mapping[str, tuple[str, str]]) -> None:
    unknown = set(answers) - set(rules.BY_KEY)
    if unknown:
        raise Invalid(f"The checklist has no line called {', '.join(sorted(unknown))}.")
    rows = {row.key: row for row in evaluation.answers.all()}
    for key, (answer, note) in answers.items():
        if answer not in EvaluationAnswer.Answer.values:
            raise Invalid({key: "Answer yes, no or not known."})
        row = rows.get(key) or EvaluationAnswer(evaluation=evaluation, key=key)
        if (row.answer, row.note) != (answer, note.strip()[:300]):
            row.answer, row.note = answer, note.strip()[:300]
            row.save()


def _check_words(evaluation: Evaluation, outcome: str, today: date) -> None:
    errors = {}
    if outcome == State.CONDITIONAL and not evaluation.conditions_to_meet.strip():
        errors["conditions_to_meet"] = "Write what has to be met, by whom and until when."
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
        return [f"Not answered yet: {line.label}." for line in rules.unanswered(answers_of(evaluation))]
    stops = {Severity.BLOCK}
    if outcome == State.ELIGIBLE:
        stops.add(Severity.CONDITION)
    if not evaluation.rationale.strip():
        stops.add(Severity.EXPLAIN)
    return [finding.sentence for finding in findings(evaluation) if finding.severity in stops]


def _trials(patient: Patient) -> list[rules.Trial]:
    rows = patient.trials.filter(entered_in_error_at__isnull=True)
    return [rules.Trial(row.treatment, row.weeks_at_adequate_dose, row.outcome, row.this_episode) for row in rows]


def _facts(evaluation: Evaluation) -> Facts:
    patient = evaluation.patient
    site = patient.site
    baseline = measures.baseline(patient)
    screen = measures.latest(patient, measures.Instrument.CSSRS)
    alert = alerts.gravest(patient)
    return Facts(
        answers=answers_of(evaluation),
        trials=_trials(patient),
        age=patient.age_on(site.today()),
        today=site.today(),
        phq9=baseline.score if baseline else None,
        phq9_on=site.local(baseline.observed_at).date() if baseline else None,
        item9=baseline.items[8] if baseline else 0,
        screened_on=site.local(screen.observed_at).date() if screen else None,
        risk=Risk(alert.grade) if alert and alert.grade in set(Risk) else None,
        diagnosis=evaluation.diagnosis,
        systolic=evaluation.systolic,
        diastolic=evaluation.diastolic,
        height_cm=evaluation.height_cm,
        weight_kg=evaluation.weight_kg,
    )
