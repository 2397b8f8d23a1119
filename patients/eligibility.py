"""Who may be treated: what stands against it, what must be explained, what deserves a word (protocol 1.2 to 1.6). Pure.

Every default is in clinic.protocol (Table A); a rule that reads one takes the settings as an argument.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Protocol

from clinic.wording import quantity
from patients import hints, workup
from patients import trials as tried
from patients.contraindications import CONTRAINDICATIONS, Contraindication
from patients.rules import ITEM9_THRESHOLD, Risk, band
from patients.trials import Profile, Trial


class Severity(StrEnum):
    BLOCK = "block"  # the patient can't be found eligible
    CONDITION = "condition"  # eligible only with conditions, until this is known
    LINE = "line"  # eligible, once the line itself says why
    MISSING = "missing"  # eligible with a written reason, or with a condition that fetches it
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
    benzo_flag_mg: Decimal
    benzo_hold_hours: int


BASELINE_DAYS = 28  # the questionnaire belongs to this evaluation when it is not older (S-QCspr: within 4 weeks)


@dataclass(frozen=True)
class Facts:
    """What the judgement rests on. `answers` maps a checklist key to (yes | no | unknown, note)."""

    answers: Mapping[str, tuple[str, str]]
    trials: Sequence[Trial]
    age: int
    today: date
    medicines: Sequence[str] = ()
    """What is taken now, each with its dose."""
    payers: Sequence[Profile] = ()
    wanted: Sequence[workup.Wanted] = ()
    not_written: Sequence[str] = ()
    """What else the form asks for and nobody has written: ASA class, airway and the like."""
    phq9: int | None = None
    phq9_on: date | None = None
    item9: int = 0
    screened_on: date | None = None  # the last C-SSRS screener or ASQ
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
        *_trials(facts, limits),
        *_workup(facts),
        *_medicines(facts.medicines, limits),
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
    ask = "Write on this very line why treatment is still right, or who cleared it."
    return Finding(Severity.LINE, line.key, f"{line.label}: {said}.", ask)


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
            fact = "Item 9 of the PHQ-9 is positive and no suicide screen followed."
            yield Finding(Severity.EXPLAIN, "cssrs", fact, "Record it, or write how risk was judged.")
        else:
            fact = "No suicide screen yet. Item 9 alone misses many people at risk."
            yield Finding(Severity.MISSING, "cssrs", fact, "Record it.")
    if facts.risk is Risk.HIGH:
        fact = "A high safety alert is open: acute intent needs a higher level of care first."
        yield Finding(Severity.EXPLAIN, "alert", fact, "Write what was arranged.")
    elif facts.risk is not None:
        fact = f"A safety alert is open, graded {facts.risk}. It does not rule the treatment out."
        yield Finding(Severity.NOTE, "alert", fact)


def clinic_profile(limits: Limits) -> Profile:
    """What the clinic itself asks (Table A: trd_min_trials / min_weeks)."""
    return Profile("The clinic", limits.trd_min_trials, limits.trd_min_weeks)


def _trials(facts: Facts, limits: Limits) -> Iterable[Finding]:
    """The clinic's own measure must be met or explained; a payer's decides who pays, not who may be treated."""
    own = tried.measure(facts.trials, clinic_profile(limits), facts.today)
    if own.met:
        count = own.parts[0].have
        yield Finding(Severity.NOTE, "trials", f"{count} adequate failed {'trial' if count == 1 else 'trials'}.")
    else:
        fact = (
            f"{own.parts[0].have} of {limits.trd_min_trials} adequate failed trials "
            f"({limits.trd_min_weeks} weeks or more at an adequate dose)."
        )
        yield Finding(Severity.EXPLAIN, "trials", fact, "Write why treatment is right all the same.")
    for payer in facts.payers:
        standing = tried.measure(facts.trials, payer, facts.today)
        if not standing.met:
            fact = f"{payer.name} asks for more: {standing.sentence}, {payer.weeks} weeks or more each."
            yield Finding(Severity.NOTE, "payer_trials", fact)
        if payer.phq9 and facts.phq9 is not None and facts.phq9 < payer.phq9:
            fact = f"{payer.name} asks for a PHQ-9 of {payer.phq9} or more; it is {facts.phq9}."
            yield Finding(Severity.NOTE, "payer_phq9", fact)


def _workup(facts: Facts) -> Iterable[Finding]:
    """What of the work-up is due, and what a result says (protocol 1.6)."""
    due = [row for row in facts.wanted if row.is_due]
    if due:
        names = ", ".join(row.name for row in due)
        yield Finding(Severity.MISSING, "workup", f"Not done, or too old: {names}.", "Record the results.")
    if facts.not_written:
        yield Finding(Severity.NOTE, "not_written", f"Not written: {', '.join(facts.not_written)}.")
    for row in facts.wanted:
        if row.result and not row.is_due and not row.result.is_good:
            yield _result(row, row.result, facts.answers)


def _result(row: workup.Wanted, result: workup.Result, answers: Mapping[str, tuple[str, str]]) -> Finding:
    if row.test == "hcg":
        fact = "The last pregnancy test is positive."
        asks = answers.get("pregnancy", ("", ""))[0] != "yes"
        return Finding(Severity.BLOCK, "hcg", fact, "Answer the line on pregnancy with yes." if asks else "")
    fact = f"{row.name[:1].upper()}{row.name[1:]}: {result.detail or result.finding}."
    return Finding(Severity.EXPLAIN, row.test, fact, "Write what it means for the treatment.")


def _medicines(medicines: Sequence[str], limits: Limits) -> Iterable[Finding]:
    """What is taken and changes the effect of ketamine (protocol 1.5): a word, never an obstacle."""
    asks = {
        "benzodiazepine": f"More than {quantity(limits.benzo_flag_mg, 'mg')} a day, as diazepam, lessens the effect. "
        f"None in the {limits.benzo_hold_hours} hours before an infusion.",
        "lamotrigine": "It lessens side effects; what it does to the benefit is not known. Speak about it.",
    }
    for key, ask in asks.items():
        if taken := [each for each in medicines if key in hints.lines_of(hints.EFFECTS, each)]:
            yield Finding(Severity.NOTE, key, f"Takes {', '.join(taken)}.", ask)


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
