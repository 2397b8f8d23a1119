"""The numbers of the protocol that concern a patient: scores, bands, triage, trials, eligibility. Pure; no ORM.

Every default is in clinic.protocol (Table A); a rule that reads one takes the settings as an argument.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Protocol

from patients.contraindications import BY_KEY as BY_KEY
from patients.contraindications import CONTRAINDICATIONS as CONTRAINDICATIONS
from patients.contraindications import Contraindication as Contraindication
from patients.scoring import BANDS as BANDS
from patients.scoring import ITEM9_THRESHOLD as ITEM9_THRESHOLD
from patients.scoring import LENGTH as LENGTH
from patients.scoring import Band as Band
from patients.scoring import Risk as Risk
from patients.scoring import as_stored as as_stored
from patients.scoring import band as band
from patients.scoring import item9_positive as item9_positive
from patients.scoring import item_errors as item_errors
from patients.scoring import score as score
from patients.scoring import triage as triage

# --- Response (protocol 3.4; S-TP24, S-PHQ). Exact integers: no percentage is ever rounded. ---


class Response(StrEnum):
    NONE = "none"
    IMPROVEMENT = "improvement"
    PARTIAL = "partial"
    RESPONSE = "response"


REMISSION_BELOW = 5
WORSENING_POINTS = 5


def improved_by(baseline: int, current: int, percent: int) -> bool:
    """Whether the score fell by at least `percent` of the baseline. No fall is possible from a baseline of 0."""
    return baseline > 0 and (baseline - current) * 100 >= percent * baseline


def response(baseline: int, current: int) -> Response:
    """≥ 20 % improvement, ≥ 30 % partial response, ≥ 50 % response (`current * 2 <= baseline`)."""
    if baseline > 0 and current * 2 <= baseline:
        return Response.RESPONSE
    if improved_by(baseline, current, 30):
        return Response.PARTIAL
    return Response.IMPROVEMENT if improved_by(baseline, current, 20) else Response.NONE


def remission(current: int) -> bool:
    """PHQ-9 below 5."""
    return current < REMISSION_BELOW


def worsening(reference: int, current: int) -> bool:
    """A rise of 5 points or more over `reference` (the baseline, or the best score so far)."""
    return current - reference >= WORSENING_POINTS


# --- Earlier treatments (protocol 1.2; S-TRDdef, S-OxCrit) ---

# Non-response is less than 50 % better; a drug that was not tolerated was never an adequate trial.
FAILED_OUTCOMES = frozenset({"none", "under_25", "under_50"})


@dataclass(frozen=True)
class Trial:
    treatment: str
    weeks: int
    outcome: str
    this_episode: bool = True


@dataclass(frozen=True)
class TrialJudgement:
    trial: Trial
    counts: bool
    why: str


def judge_trial(trial: Trial, min_weeks: int) -> TrialJudgement:
    """Whether a trial counts as adequate and failed, and why not."""
    if trial.outcome not in FAILED_OUTCOMES:
        why = "not tolerated, so not an adequate trial" if trial.outcome == "intolerant" else "it helped"
        return TrialJudgement(trial, False, why)
    if trial.weeks < min_weeks:
        return TrialJudgement(trial, False, f"{trial.weeks} of {min_weeks} weeks at an adequate dose")
    return TrialJudgement(trial, True, f"{trial.weeks} weeks at an adequate dose, failed")


# --- Eligibility (protocol 1.2 to 1.6) ---


class Severity(StrEnum):
    BLOCK = "block"  # the patient can't be found eligible
    CONDITION = "condition"  # eligible only with conditions, until this is known
    EXPLAIN = "explain"  # eligible, with a written reason
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """`fact` is what was found; `ask` what has to be done about it, "" for nothing."""

    severity: Severity
    key: str
    fact: str
    ask: str = ""

    @property
    def sentence(self) -> str:
        return f"{self.fact} {self.ask}".strip()


class Limits(Protocol):
    """The settings of Table A that eligibility reads."""

    age_min: int
    clearance_over_age: int
    trd_min_trials: int
    trd_min_weeks: int
    phq9_gate: int
    bp_pre_hard_systolic: int
    bp_pre_hard_diastolic: int


BASELINE_DAYS = 28  # the questionnaire belongs to this evaluation when it is not older (S-QCspr: within 4 weeks)


@dataclass(frozen=True)
class Facts:
    """What the judgement rests on. `answers` maps a checklist key to (yes | no | unknown, note)."""

    answers: Mapping[str, tuple[str, str]]
    trials: Sequence[Trial]
    age: int
    today: date
    phq9: int | None = None
    phq9_on: date | None = None
    item9: int = 0
    screened_on: date | None = None  # the last C-SSRS screener
    risk: Risk | None = None  # of the gravest open safety alert
    diagnosis: str = ""
    systolic: int | None = None
    diastolic: int | None = None
    height_cm: Decimal | None = None
    weight_kg: Decimal | None = None


def eligibility(facts: Facts, limits: Limits) -> list[Finding]:
    """Everything that stands against, must be explained or deserves a word; gravest first.

    Suicidal thoughts never reject by themselves: they are triaged (protocol 1.4).
    """
    found = [
        *_checklist(facts.answers),
        *_age(facts.age, limits),
        *_severity(facts, limits),
        *_safety(facts),
        *_trials(facts.trials, limits),
        *_body(facts, limits),
    ]
    if not facts.diagnosis.strip():
        found.append(Finding(Severity.BLOCK, "diagnosis", "Write the diagnosis."))
    order = list(Severity)
    return sorted(found, key=lambda finding: order.index(finding.severity))


def unanswered(answers: Mapping[str, tuple[str, str]]) -> list[Contraindication]:
    return [line for line in CONTRAINDICATIONS if line.key not in answers]


def _checklist(answers: Mapping[str, tuple[str, str]]) -> Iterable[Finding]:
    for line in CONTRAINDICATIONS:
        answer, note = answers.get(line.key, ("", ""))
        judge = _absolute if line.absolute else _relative
        if not answer:
            yield Finding(Severity.BLOCK, line.key, f"Not answered yet: {line.label}.")
        elif answer != "no":
            yield judge(line, answer, note.strip())


def _absolute(line: Contraindication, answer: str, _note: str) -> Finding:
    if answer == "yes":
        ask = "This rules the treatment out; only “deferred” or “ineligible” can be signed."
        return Finding(Severity.BLOCK, line.key, f"{line.label}: yes.", ask)
    ask = "Find out, or sign “eligible with conditions” and make it one."
    return Finding(Severity.CONDITION, line.key, f"{line.label}: not known.", ask)


def _relative(line: Contraindication, answer: str, note: str) -> Finding:
    if note:
        return Finding(Severity.NOTE, line.key, f"{line.label}: {note}")
    said = "yes" if answer == "yes" else "not known"
    ask = "Write why treatment is still right, beside the line or in the rationale."
    return Finding(Severity.EXPLAIN, line.key, f"{line.label}: {said}.", ask)


def _age(age: int, limits: Limits) -> Iterable[Finding]:
    if age < limits.age_min:
        fact = f"The patient is {age} years old; treatment starts at {limits.age_min}."
        yield Finding(Severity.BLOCK, "age", fact)
    elif age > limits.clearance_over_age:
        fact = f"The patient is {age} years old: over {limits.clearance_over_age} a medical clearance is needed."
        yield Finding(Severity.EXPLAIN, "age", fact, "Write who gave it.")


def _severity(facts: Facts, limits: Limits) -> Iterable[Finding]:
    if facts.phq9 is None or facts.phq9_on is None:
        ask = "Record one: it is the baseline of the treatment."
        yield Finding(Severity.BLOCK, "phq9", "There is no PHQ-9 yet.", ask)
        return
    days = (facts.today - facts.phq9_on).days
    if days > BASELINE_DAYS:
        fact = f"The baseline PHQ-9 is {days} days old; it may be {BASELINE_DAYS}."
        yield Finding(Severity.BLOCK, "phq9", fact, "Record a new one.")
    elif facts.phq9 < limits.phq9_gate:
        fact = f"PHQ-9 is {facts.phq9}, below {limits.phq9_gate}."
        yield Finding(Severity.EXPLAIN, "phq9", fact, "Write why treatment is right now.")
    else:
        yield Finding(Severity.NOTE, "phq9", f"PHQ-9 is {facts.phq9}: {band('phq9', facts.phq9)}.")


def _safety(facts: Facts) -> Iterable[Finding]:
    days = (facts.today - facts.screened_on).days if facts.screened_on else None
    if days is None or days > BASELINE_DAYS:
        if facts.item9 >= ITEM9_THRESHOLD:
            fact = "Item 9 of the PHQ-9 is positive and no C-SSRS screener followed."
            yield Finding(Severity.EXPLAIN, "cssrs", fact, "Record it, or write how risk was judged.")
        else:
            fact = "No C-SSRS screener yet. Item 9 alone misses many people at risk."
            yield Finding(Severity.NOTE, "cssrs", fact)
    if facts.risk is Risk.HIGH:
        fact = "A high safety alert is open: acute intent needs a higher level of care first."
        yield Finding(Severity.EXPLAIN, "alert", fact, "Write what was arranged.")
    elif facts.risk is not None:
        fact = f"A safety alert is open, graded {facts.risk}. It does not rule the treatment out."
        yield Finding(Severity.NOTE, "alert", fact)


def _trials(trials: Sequence[Trial], limits: Limits) -> Iterable[Finding]:
    count = sum(judge_trial(trial, limits.trd_min_weeks).counts for trial in trials)
    if count < limits.trd_min_trials:
        fact = (
            f"{count} of {limits.trd_min_trials} adequate failed trials "
            f"({limits.trd_min_weeks} weeks or more at an adequate dose)."
        )
        yield Finding(Severity.EXPLAIN, "trials", fact, "Write why treatment is right all the same.")
    else:
        noun = "trial" if count == 1 else "trials"
        yield Finding(Severity.NOTE, "trials", f"{count} adequate failed {noun}.")


BMI_LINE = 35  # the lower bound of the protocol's 35 to 40


def _body(facts: Facts, limits: Limits) -> Iterable[Finding]:
    if facts.systolic is None or facts.diastolic is None:
        yield Finding(Severity.NOTE, "pressure", "No blood pressure written down.")
    elif facts.systolic >= limits.bp_pre_hard_systolic or facts.diastolic >= limits.bp_pre_hard_diastolic:
        fact = (
            f"Blood pressure {facts.systolic}/{facts.diastolic}\u00a0mmHg: at "
            f"{limits.bp_pre_hard_systolic}/{limits.bp_pre_hard_diastolic} or above an infusion would be held."
        )
        yield Finding(Severity.EXPLAIN, "pressure", fact, "Write the plan for it.")
    index = body_mass_index(facts.height_cm, facts.weight_kg)
    if index is not None and index >= BMI_LINE and facts.answers.get("bmi", ("", ""))[0] == "no":
        fact = f"Height and weight give a body mass index of {index}; the line is answered no."
        yield Finding(Severity.EXPLAIN, "bmi_measured", fact, "Change the answer, or write why.")


def body_mass_index(height_cm: Decimal | None, weight_kg: Decimal | None) -> Decimal | None:
    """Kilograms over meters squared, to one place."""
    if height_cm is None or weight_kg is None or height_cm <= 0:
        return None
    return (weight_kg * 10000 / (height_cm * height_cm)).quantize(Decimal("0.1"), ROUND_HALF_UP)
