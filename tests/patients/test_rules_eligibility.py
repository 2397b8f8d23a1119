"""What stands against eligibility, each clause alone: a patient whom nothing rules out, and one thing changed."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from clinic.models import ProtocolSettings
from patients import rules
from patients.rules import Facts, Risk, Severity, Trial

LIMITS = ProtocolSettings()
TODAY = date(2027, 1, 19)
CLEAN = Facts(
    answers={line.key: ("no", "") for line in rules.CONTRAINDICATIONS},
    trials=[Trial("Sertraline", 6, "none"), Trial("Bupropion", 10, "under_50")],
    age=42,
    today=TODAY,
    phq9=21,
    phq9_on=TODAY,
    screened_on=TODAY,
    diagnosis="Major depressive disorder",
    systolic=128,
    diastolic=82,
)


def found(facts: Facts) -> dict[str, Severity]:
    return {finding.key: finding.severity for finding in rules.eligibility(facts, LIMITS)}


def grave(facts: Facts) -> dict[str, Severity]:
    return {key: severity for key, severity in found(facts).items() if severity is not Severity.NOTE}


def answered(key: str, answer: str, note: str = "") -> Facts:
    return replace(CLEAN, answers={**CLEAN.answers, key: (answer, note)})


def test_nothing_stands_against_the_clean_case() -> None:
    assert grave(CLEAN) == {}


@pytest.mark.parametrize("line", [line for line in rules.CONTRAINDICATIONS if line.absolute], ids=lambda line: line.key)
def test_each_absolute_yes_blocks(line: rules.Contraindication) -> None:
    assert grave(answered(line.key, "yes", "with a note")) == {line.key: Severity.BLOCK}


@pytest.mark.parametrize(
    "line", [line for line in rules.CONTRAINDICATIONS if not line.absolute], ids=lambda line: line.key
)
def test_each_relative_yes_asks_for_a_reason(line: rules.Contraindication) -> None:
    assert grave(answered(line.key, "yes")) == {line.key: Severity.EXPLAIN}
    assert grave(answered(line.key, "yes", "cleared by cardiology")) == {}


def test_an_absolute_line_not_known_allows_conditions_only() -> None:
    assert grave(answered("pregnancy", "unknown", "test tomorrow")) == {"pregnancy": Severity.CONDITION}


def test_an_open_line_blocks_and_is_named() -> None:
    rest = {key: value for key, value in CLEAN.answers.items() if key != "glaucoma"}
    assert grave(replace(CLEAN, answers=rest)) == {"glaucoma": Severity.BLOCK}


@pytest.mark.parametrize(("age", "severity"), [(17, Severity.BLOCK), (18, None), (65, None), (66, Severity.EXPLAIN)])
def test_age_at_each_edge(age: int, severity: Severity | None) -> None:
    assert grave(replace(CLEAN, age=age)).get("age") is severity


@pytest.mark.parametrize(("days", "blocked"), [(28, False), (29, True)])
def test_baseline_is_at_most_28_days_old(days: int, blocked: bool) -> None:
    old = replace(CLEAN, phq9_on=TODAY - timedelta(days=days))
    assert (grave(old) == {"phq9": Severity.BLOCK}) is blocked


def test_without_a_baseline_it_blocks() -> None:
    assert grave(replace(CLEAN, phq9=None, phq9_on=None)) == {"phq9": Severity.BLOCK}


@pytest.mark.parametrize(("score", "severity"), [(9, Severity.EXPLAIN), (10, None)])
def test_a_mild_score_needs_a_reason(score: int, severity: Severity | None) -> None:
    assert grave(replace(CLEAN, phq9=score)).get("phq9") is severity


def test_item_nine_without_a_screener_needs_a_reason() -> None:
    assert grave(replace(CLEAN, item9=1, screened_on=None)) == {"cssrs": Severity.EXPLAIN}
    assert grave(replace(CLEAN, item9=0, screened_on=None)) == {}


def test_suicidal_thoughts_never_block() -> None:
    for risk in Risk:
        assert Severity.BLOCK not in found(replace(CLEAN, item9=3, risk=risk)).values()


@pytest.mark.parametrize(
    "second",
    [
        Trial("Bupropion", 5, "none"),
        Trial("Bupropion", 10, "response"),
        Trial("Bupropion", 10, "remission"),
        Trial("Bupropion", 10, "intolerant"),
    ],
)
def test_a_second_trial_that_does_not_count(second: Trial) -> None:
    assert grave(replace(CLEAN, trials=[CLEAN.trials[0], second])) == {"trials": Severity.EXPLAIN}


@pytest.mark.parametrize("outcome", ["none", "under_25", "under_50"])
def test_each_failed_outcome_counts_from_the_sixth_week(outcome: str) -> None:
    assert rules.judge_trial(Trial("x", 6, outcome), 6).counts
    assert not rules.judge_trial(Trial("x", 5, outcome), 6).counts


@pytest.mark.parametrize(
    ("pressure", "severity"),
    [((159, 99), None), ((160, 99), Severity.EXPLAIN), ((159, 100), Severity.EXPLAIN)],
)
def test_blood_pressure_at_each_edge(pressure: tuple[int, int], severity: Severity | None) -> None:
    systolic, diastolic = pressure
    assert grave(replace(CLEAN, systolic=systolic, diastolic=diastolic)).get("pressure") is severity


@pytest.mark.parametrize(("weight", "severity"), [("101.0", None), ("101.2", Severity.EXPLAIN)])
def test_a_body_mass_index_that_contradicts_the_line(weight: str, severity: Severity | None) -> None:
    heavy = replace(CLEAN, height_cm=Decimal(170), weight_kg=Decimal(weight))
    assert grave(heavy).get("bmi_measured") is severity
    owned = replace(heavy, answers={**CLEAN.answers, "bmi": ("yes", "plan with anesthesia")})
    assert grave(owned) == {}


def test_without_a_diagnosis_it_blocks() -> None:
    assert grave(replace(CLEAN, diagnosis=" ")) == {"diagnosis": Severity.BLOCK}


def test_the_gravest_comes_first() -> None:
    severities = [finding.severity for finding in rules.eligibility(replace(CLEAN, age=17, phq9=5), LIMITS)]
    assert severities == sorted(severities, key=list(Severity).index)
