"""Scores of the questionnaires: what must be answered, what it adds up to, what that means (protocol 4). Pure; no ORM.

Sources: S-PHQ (PHQ-9, GAD-7), S-CSSRS and S-CSSRStri, S-ASQ, S-PCL5, S-MADRS, S-QIDS, S-YBOCS, S-WHO5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from patients.instruments import FACTS, NOT_ASKED, SCORES_ONLY
from patients.instruments.catalog import Band as Band

LENGTH: Mapping[str, int] = {key: facts.length for key, facts in FACTS.items()}
BANDS: Mapping[str, tuple[tuple[int, Band], ...]] = {key: facts.bands for key, facts in FACTS.items() if facts.bands}


# What is asked


def asked(instrument: str, items: Sequence[int | None]) -> set[int]:
    """The places of the questions that these answers call for (C-SSRS: 3 to 5 after a yes to 2; ASQ: 5 after any yes).

    An answer that is still open keeps the questions that hang on it open.
    """
    every = set(range(LENGTH[instrument]))
    if instrument == "cssrs" and items[1] == 0:
        return every - {2, 3, 4}
    if instrument == "asq" and all(answer == 0 for answer in items[:4]):
        return every - {4}
    return every


NOT_TO_ASK = {
    "cssrs": "Question 2 is answered no, so questions 3 to 5 are not asked. Look at both answers again.",
    "asq": "Questions 1 to 4 are answered no, so question 5 is not asked. Look at the answers again.",
}


def item_errors(instrument: str, items: Sequence[int | None]) -> dict[str, str]:
    """What is wrong with the answers, by field name; empty when they can be scored.

    All items are required: nothing is estimated from the others (protocol 4, notes).
    """
    if instrument not in LENGTH:
        return {"instrument": "Choose a questionnaire from the list."}
    if len(items) != LENGTH[instrument]:
        return {"items": f"This questionnaire has {LENGTH[instrument]} questions; {len(items)} were answered."}
    wanted = asked(instrument, items)
    errors = {
        f"item_{index + 1}": sentence
        for index in sorted(wanted)
        if (sentence := _item_error(instrument, index, items[index]))
    }
    for index in sorted(set(range(len(items))) - wanted):
        if items[index] not in (None, 0, NOT_ASKED):
            errors[f"item_{index + 1}"] = NOT_TO_ASK[instrument]
    return errors


def _item_error(instrument: str, index: int, value: int | None) -> str:
    if value is None:
        return f"Question {index + 1} is not answered. Every question needs an answer."
    top = 2 if instrument == "cssrs" and index == 5 else FACTS[instrument].top
    if isinstance(value, bool) or not 0 <= value <= top:
        return f"The answer to question {index + 1} must be one of the choices, 0 to {top}."
    return ""


def as_stored(instrument: str, items: Sequence[int | None]) -> list[int]:
    """Valid answers in the form they are kept: what is not to be asked is marked so, not written as “no”."""
    wanted = asked(instrument, items)
    return [NOT_ASKED if value is None or index not in wanted else int(value) for index, value in enumerate(items)]


# What it adds up to


def score(instrument: str, items: Sequence[int]) -> int | None:
    """The published score of whole answers; a screener has none."""
    if FACTS[instrument].highest is None:
        return None
    if instrument == "qids":
        return qids_total(items)
    if instrument == "who5":
        return who5_percent(sum(items))
    return sum(items)


def qids_total(items: Sequence[int]) -> int:
    """Nine domains: max(1-4) + 5 + max(6-9) + 10 + 11 + 12 + 13 + 14 + max(15, 16) (S-QIDS)."""
    singles = sum(items[place - 1] for place in (5, 10, 11, 12, 13, 14))
    return max(items[:4]) + max(items[5:9]) + max(items[14:16]) + singles


def who5_percent(raw: int) -> int:
    """The raw sum, 0 to 25, times four (S-WHO5)."""
    return raw * 4


PCL5_CLUSTERS: Mapping[str, tuple[int, int]] = {"B": (0, 5), "C": (5, 7), "D": (7, 14), "E": (14, 20)}


def pcl5_clusters(items: Sequence[int]) -> dict[str, int]:
    """Intrusion B 1-5, avoidance C 6-7, cognition and mood D 8-14, arousal E 15-20 (S-PCL5)."""
    return {name: sum(items[first:last]) for name, (first, last) in PCL5_CLUSTERS.items()}


def total_error(instrument: str, total: int) -> str:
    """What is wrong with a score that was typed; empty when it can be kept. WHO-5 is typed raw, 0 to 25."""
    if instrument not in SCORES_ONLY:
        return "This questionnaire is filled in question by question; its score is worked out."
    top = 25 if instrument == "who5" else FACTS[instrument].highest or 0
    if isinstance(total, bool) or not 0 <= total <= top:
        raw = "The raw score" if instrument == "who5" else "The score"
        return f"{raw} of {FACTS[instrument].title} lies between 0 and {top}."
    return ""


def typed_score(instrument: str, total: int) -> int:
    return who5_percent(total) if instrument == "who5" else total


def band(instrument: str, total: int) -> Band:
    """The published band of a score. Raises KeyError for an instrument without bands."""
    return next(name for low, name in BANDS[instrument] if total >= low)


# What speaks of suicide (protocol 4.2)


class Risk(StrEnum):
    HIGH = "high"
    MODERATE = "moderate"
    LOW = "low"


def triage(items: Sequence[int]) -> Risk | None:
    """C-SSRS screener triage (protocol 4.2, S-CSSRStri); None when every answer is no.

    Intent (4), plan (5) or behavior in the past 3 months is high; a method (3) or older behavior moderate; a wish (1)
    or thoughts (2) alone low.
    """
    wish, thoughts, method, intent, plan = (answer == 1 for answer in items[:5])
    behavior = items[5]
    if intent or plan or behavior == 2:
        return Risk.HIGH
    if method or behavior == 1:
        return Risk.MODERATE
    return Risk.LOW if wish or thoughts else None


class Asq(StrEnum):
    NEGATIVE = "negative"
    POSITIVE = "positive"
    IMMINENT = "imminent"


def asq_result(items: Sequence[int]) -> Asq:
    """Any yes to 1-4 is positive; a yes to 5, thoughts right now, is imminent (S-ASQ)."""
    if items[4] == 1:
        return Asq.IMMINENT
    return Asq.POSITIVE if 1 in items[:4] else Asq.NEGATIVE


ITEM9_THRESHOLD = 1  # not a setting (Table A: item9_threshold, Cfg N)


def item9_positive(items: Sequence[int]) -> bool:
    return items[8] >= ITEM9_THRESHOLD


def speaks_of_suicide(instrument: str, items: Sequence[int | None]) -> bool:
    """Whether answers given so far, whole or not, ask for help at once: the crisis page waits for no last question."""
    if instrument == "phq9":
        return (items[8] or 0) >= ITEM9_THRESHOLD
    if instrument in {"cssrs", "asq"}:
        return any(answer in (1, 2) for answer in items)
    return False
