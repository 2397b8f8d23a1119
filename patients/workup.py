"""What the work-up of an evaluation asks for, and what its results say (protocol 1.6). Pure; no ORM."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

LABS_VALID_DAYS = 180  # Table A: labs
OF_THIS_EVALUATION_DAYS = 28  # a sign of today must be as fresh as the baseline (S-QCspr: within 4 weeks)
ECG_AGE = 50  # the lower bound of the protocol's 50 to 60

NAMES: Mapping[str, str] = {
    "cmp": "metabolic panel with liver values",
    "tsh": "TSH",
    "ua": "urinalysis",
    "uds": "urine drug screen",
    "hcg": "pregnancy test",
    "ecg": "ECG",
}
LOINC: Mapping[str, str] = {
    "cmp": "24323-8",
    "tsh": "3016-3",
    "ua": "24356-8",
    "hcg": "2106-3",
    "ecg": "11524-6",
}
"""Public codes of LOINC; a urine drug screen has one for each make of panel, so it carries none."""
VALID_DAYS: Mapping[str, int] = {"uds": OF_THIS_EVALUATION_DAYS, "hcg": OF_THIS_EVALUATION_DAYS}
CARDIAC_LINES = ("hypertension", "cardiac", "bp_hazard")
NOT_NEEDED = "not_needed"


@dataclass(frozen=True)
class Result:
    test: str
    on: date
    finding: str
    detail: str = ""

    @property
    def is_good(self) -> bool:
        return self.finding in {"normal", "negative"}


@dataclass(frozen=True)
class Wanted:
    """A test that is asked for, why, and the newest result of it."""

    test: str
    why: str
    valid_days: int
    result: Result | None
    on: date

    @property
    def name(self) -> str:
        return NAMES[self.test]

    @property
    def days_old(self) -> int | None:
        return (self.on - self.result.on).days if self.result else None

    @property
    def is_due(self) -> bool:
        return self.days_old is None or self.days_old > self.valid_days


def may_be_pregnant(sex: str, contraception: str = "") -> bool:
    """Whether a pregnancy test applies: unless the record says male, or the provider says it is not needed."""
    return sex != "male" and contraception != NOT_NEEDED


def asked(*, age: int, sex: str, contraception: str, lines: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each test that this person needs, with the reason; `lines` maps checklist keys to answers."""
    yield "cmp", "for everybody"
    yield "ua", "baseline of the bladder"
    yield "uds", "for everybody"
    if lines.get("hyperthyroidism", "no") != "no":
        yield "tsh", "the thyroid line is not answered no"
    if age >= ECG_AGE:
        yield "ecg", f"{ECG_AGE} years or older"
    elif any(lines.get(key, "no") != "no" for key in CARDIAC_LINES):
        yield "ecg", "a heart or pressure line is not answered no"
    if may_be_pregnant(sex, contraception):
        yield "hcg", "pregnancy is possible"


def wanted(
    *, age: int, sex: str, contraception: str, lines: Mapping[str, str], results: Sequence[Result], on: date
) -> list[Wanted]:
    """What the person needs on a day, each with its newest result up to that day."""
    newest: dict[str, Result] = {}
    for result in sorted(results, key=lambda row: row.on):
        if result.on <= on:
            newest[result.test] = result
    return [
        Wanted(test, why, VALID_DAYS.get(test, LABS_VALID_DAYS), newest.get(test), on)
        for test, why in asked(age=age, sex=sex, contraception=contraception, lines=lines)
    ]
