"""Which treatments count for whom, which tests are asked for, and what of a history speaks for a line. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from patients import hints, trials, workup
from patients.contraindications import BY_KEY
from patients.trials import Profile, Trial

TODAY = date(2027, 1, 19)
CLINIC = Profile("The clinic", trials=2, weeks=6)
FAILED = Trial("Sertraline", 6, "none")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({}, ""),
        ({"outcome": "under_50"}, ""),
        ({"weeks": 5}, "5 of 6 weeks"),
        ({"outcome": "response"}, "it helped"),
        ({"outcome": "remission"}, "it helped"),
        ({"outcome": "intolerant"}, "not tolerated"),
        ({"adherence": "poor"}, "less than half"),
        ({"adherence": "partial"}, ""),
    ],
)
def test_a_trial_counts_or_says_why_not(change: dict[str, object], why: str) -> None:
    judged = trials.judge(replace(FAILED, **change), CLINIC, TODAY)
    assert judged.counts is not bool(why)
    assert why in judged.why


@pytest.mark.parametrize(
    ("stopped", "this_episode", "counts"),
    [
        (date(2022, 2, 1), False, True),
        (date(2021, 12, 1), False, False),
        (None, False, False),
        (None, True, True),
    ],
)
def test_a_payer_that_looks_back_five_years(stopped: date | None, this_episode: bool, counts: bool) -> None:
    payer = Profile("CareFirst", trials=2, weeks=6, classes=2, within_years=5)
    assert trials.judge(replace(FAILED, stopped=stopped, this_episode=this_episode), payer, TODAY).counts is counts


def test_a_payer_counts_classes_and_augmentations_apart() -> None:
    known = [
        Trial("Sertraline", 8, "none"),
        Trial("escitalopram 20 mg", 8, "none"),
        Trial("Venlafaxine XR", 8, "under_25"),
        Trial("Aripiprazole", 8, "none"),
        Trial("CBT", 16, "none"),
    ]
    plain = trials.measure(known, CLINIC, TODAY)
    assert (plain.sentence, plain.met) == ("4 of 2 adequate trials", True)
    payer = Profile("QualChoice", trials=3, weeks=4, classes=2, augmentations=2, psychotherapies=1)
    standing = trials.measure(known, payer, TODAY)
    assert standing.sentence == "3 of 3 adequate trials, 2 of 2 classes, 1 of 2 augmentations, 1 of 1 psychotherapies"
    assert not standing.met


def test_the_class_that_was_written_wins_over_the_name() -> None:
    assert replace(FAILED, treatment_class="Augmentation").kind is trials.Kind.AUGMENTATION
    assert FAILED.known_class == "SSRI"
    assert Trial("Saint John’s wort", 8, "none").known_class == ""


@pytest.mark.parametrize(
    ("age", "sex", "contraception", "lines", "tests"),
    [
        (42, "male", "", {}, {"cmp", "ua", "uds"}),
        (42, "female", "", {}, {"cmp", "ua", "uds", "hcg"}),
        (42, "unknown", "", {}, {"cmp", "ua", "uds", "hcg"}),
        (42, "female", "not_needed", {}, {"cmp", "ua", "uds"}),
        (50, "male", "", {}, {"cmp", "ua", "uds", "ecg"}),
        (49, "male", "", {"cardiac": "unknown"}, {"cmp", "ua", "uds", "ecg"}),
        (49, "male", "", {"hypertension": "yes", "cardiac": "no"}, {"cmp", "ua", "uds", "ecg"}),
        (42, "male", "", {"hyperthyroidism": "yes"}, {"cmp", "ua", "uds", "tsh"}),
    ],
)
def test_what_a_person_needs(age: int, sex: str, contraception: str, lines: dict[str, str], tests: set[str]) -> None:
    wanted = workup.wanted(age=age, sex=sex, contraception=contraception, lines=lines, results=[], on=TODAY)
    assert {row.test for row in wanted} == tests
    assert all(row.is_due for row in wanted)


@pytest.mark.parametrize(
    ("display", "code", "lines"),
    [
        ("Essential hypertension", "", {"hypertension"}),
        ("Myocardial infarction", "", {"cardiac"}),
        ("", "I21.4", {"cardiac"}),
        ("Intracranial hypertension", "", {"stroke_icp"}),
        ("Intracerebral hemorrhage", "", {"intracerebral_bleed"}),
        ("Alcohol dependence", "F10.20", {"substance_remission"}),
        ("Schizophrenia", "F20.9", {"psychosis", "psychosis_history"}),
        ("Obstructive sleep apnea", "G47.33", {"airway_lung"}),
        ("Angle-closure glaucoma", "", {"glaucoma"}),
        ("Major depressive disorder", "F33.2", set()),
        ("Sprain of ankle", "S93.4", set()),
        ("Postmenopausal state", "", set()),
        ("Mediastinal mass", "", set()),
    ],
)
def test_a_condition_speaks_for_its_lines(display: str, code: str, lines: set[str]) -> None:
    assert set(hints.lines_of(hints.CONDITIONS, display, code)) == lines


def test_what_is_over_speaks_only_for_the_past() -> None:
    assert set(hints.lines_of(hints.CONDITIONS, "Psychosis", over=True)) == {"psychosis_history"}
    assert set(hints.lines_of(hints.CONDITIONS, "Normal pregnancy", over=True)) == set()


def test_each_event_and_sign_names_a_line_of_the_checklist() -> None:
    keys = {sign.key for sign in (*hints.CONDITIONS, *hints.MEDICINES, *hints.ALLERGIES)} | set(hints.EVENTS)
    assert keys <= set(BY_KEY)
