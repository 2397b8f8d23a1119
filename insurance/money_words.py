"""Whether a patient is eligible on a day, and what is left to pay: a word and a sentence for the front desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from insurance import benefits
from insurance.benefits import Benefits
from insurance.estimate_words import money
from insurance.models import Verification
from insurance.standing import Leg, judge, papers
from patients.models import Patient

State = Verification.State
NBSP = "\u00a0"


@dataclass(frozen=True)
class Answer:
    """`label` says yes or no, `sentence` why, in money words; `meaning` is the shape of its chip."""

    eligible: bool
    label: str
    sentence: str
    meaning: str


def answer(patient: Patient, on: date, leg: str = Leg.MEDICAL) -> Answer:
    """Whether somebody pays for a visit on this day, and what is left to the patient. Five queries."""
    paper = papers([patient.pk], leg)[patient.pk]
    standing = judge(paper, on, patient)
    if not standing.settled:
        label = "Not eligible" if standing.meaning == "stop" else "Not known yet"
        sentence = f"{standing.sentence} {_as_it_stands(paper.coverages, standing.meaning)}"
        return Answer(False, label, sentence, standing.meaning)
    if any(row.holds_on(on) and row.agreed_at for row in paper.self_pay):
        return Answer(True, "Self-pay", f"The patient pays the visit. {standing.sentence}", standing.meaning)
    said = _holding(paper.checks, on)
    words = " ".join(share(benefits.of(said))) if said else ""
    return Answer(True, "Eligible", f"{standing.sentence} {words}".strip(), standing.meaning)


def _as_it_stands(plans: Sequence[object], meaning: str) -> str:
    if not plans:
        return "Ask for the insurance card."
    if meaning == "stop":
        return "As it stands the patient would pay the whole visit."
    return "Until the payer has answered, the whole visit may be the patient’s to pay."


def _holding(checks: Sequence[Verification], on: date) -> Verification | None:
    active = (check for check in checks if check.state == State.ACTIVE)
    return next((check for check in active if check.valid_until is None or check.valid_until >= on), None)


def share(said: Benefits) -> list[str]:
    """What the patient pays of a visit, a sentence for each thing the payer said."""
    found = []
    if said.in_network is not None:
        found.append("In network." if said.in_network else "Out of network.")
    if said.copay is not None:
        found.append(f"{money(said.copay)} copay a visit.")
    found += _deductible(said)
    limit = said.out_of_pocket
    if limit.left is not None and limit.whole is not None:
        found.append(
            "The out-of-pocket limit is reached: the plan pays the rest of the year."
            if limit.left == 0
            else f"At most {money(limit.left)} more this plan year."
        )
    if said.authorization_required:
        found.append("The payer has to approve it beforehand.")
    return found


def _deductible(said: Benefits) -> list[str]:
    left, coinsurance = said.deductible.left, said.coinsurance
    portion = f"{coinsurance.normalize():f}{NBSP}%" if coinsurance is not None else ""
    if left:
        then = f", then {portion}" if portion else ""
        return [f"{money(left)} of the {money(said.deductible.whole or left)} deductible first{then}."]
    if portion:
        return [f"{portion} of what the plan allows."]
    return []
