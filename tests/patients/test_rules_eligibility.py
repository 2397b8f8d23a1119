"""What stands against eligibility, each clause alone: a patient whom nothing rules out, and one thing changed."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from clinic.models import ProtocolSettings
from patients import eligibility, workup
from patients.contraindications import CONTRAINDICATIONS, Contraindication
from patients.eligibility import Facts, Severity
from patients.rules import Risk
from patients.trials import Profile, Trial

LIMITS = ProtocolSettings()
TODAY = date(2027, 1, 19)
CLEAN = Facts(
    answers={line.key: ("no", "") for line in CONTRAINDICATIONS},
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
    return {finding.key: finding.severity for finding in eligibility.eligibility(facts, LIMITS)}


def grave(facts: Facts) -> dict[str, Severity]:
    return {key: severity for key, severity in found(facts).items() if severity is not Severity.NOTE}


def answered(key: str, answer: str, note: str = "") -> Facts:
    return replace(CLEAN, answers={**CLEAN.answers, key: (answer, note)})


def test_nothing_stands_against_the_clean_case() -> None:
    assert grave(CLEAN) == {}


@pytest.mark.parametrize(
    ("taken", "key", "word"),
    [("Lorazepam 1 mg", "benzodiazepine", "8\u00a0mg a day"), ("lamoTRIgine 100 mg", "lamotrigine", "Speak about it")],
)
def test_a_medicine_that_changes_the_effect_deserves_a_word(taken: str, key: str, word: str) -> None:
    facts = replace(CLEAN, medicines=["Sertraline 150 mg", taken])
    assert grave(facts) == {}
    told = {finding.key: finding for finding in eligibility.eligibility(facts, LIMITS)}
    assert (key in told, key in found(CLEAN)) == (True, False)
    assert told[key].fact == f"Takes {taken}."
    assert word in told[key].ask


@pytest.mark.parametrize("line", [line for line in CONTRAINDICATIONS if line.absolute], ids=lambda line: line.key)
def test_each_absolute_yes_blocks(line: Contraindication) -> None:
    assert grave(answered(line.key, "yes", "with a note")) == {line.key: Severity.BLOCK}


@pytest.mark.parametrize("line", [line for line in CONTRAINDICATIONS if not line.absolute], ids=lambda line: line.key)
def test_each_relative_yes_asks_for_a_reason_on_the_line(line: Contraindication) -> None:
    assert grave(answered(line.key, "yes")) == {line.key: Severity.LINE}
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
    assert grave(replace(CLEAN, item9=0, screened_on=None)) == {"cssrs": Severity.MISSING}


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


PAYER = Profile("Blue Shield", trials=4, weeks=6, classes=2, phq9=15)


def test_a_payer_that_asks_for_more_is_told_of_and_never_decides() -> None:
    mild = replace(CLEAN, payers=[PAYER], phq9=12)
    assert found(mild)["payer_trials"] is Severity.NOTE
    assert found(mild)["payer_phq9"] is Severity.NOTE
    assert grave(mild) == {}
    assert "payer_phq9" not in found(replace(mild, phq9=15))


def wanted(test: str, finding: str = "", *, days: int = 0) -> workup.Wanted:
    result = workup.Result(test, TODAY - timedelta(days=days), finding) if finding else None
    return workup.Wanted(test, "for everybody", workup.VALID_DAYS.get(test, workup.LABS_VALID_DAYS), result, TODAY)


@pytest.mark.parametrize(
    ("row", "grave_ones"),
    [
        (wanted("cmp"), {"workup": Severity.MISSING}),
        (wanted("cmp", "normal", days=180), {}),
        (wanted("cmp", "normal", days=181), {"workup": Severity.MISSING}),
        (wanted("uds", "negative", days=29), {"workup": Severity.MISSING}),
        (wanted("uds", "positive"), {"uds": Severity.EXPLAIN}),
        (wanted("ecg", "abnormal"), {"ecg": Severity.EXPLAIN}),
        (wanted("hcg", "negative"), {}),
        (wanted("hcg", "positive"), {"hcg": Severity.BLOCK}),
    ],
)
def test_each_result_of_the_work_up(row: workup.Wanted, grave_ones: dict[str, Severity]) -> None:
    assert grave(replace(CLEAN, wanted=[row])) == grave_ones


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
    severities = [finding.severity for finding in eligibility.eligibility(replace(CLEAN, age=17, phq9=5), LIMITS)]
    assert severities == sorted(severities, key=list(Severity).index)
