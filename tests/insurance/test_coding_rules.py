"""What happened, as codes: every edge of minutes, each fact alone (protocol 6.2, S-CPT1 to S-CPT3)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insurance.coding_rules import (
    USUAL,
    Drug,
    Infused,
    Planned,
    Rule,
    Scored,
    Seen,
    Talked,
    What,
    problems,
    suggest,
)  # fmt: skip


def lines(*facts, rules=USUAL):
    return [(line.code, line.units) for line in suggest(facts, rules)]


def plain(line):
    return line.sentence.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("minutes", "codes"),
    [
        (None, [("96374", 1)]),
        (0, []),
        (1, [("96374", 1)]),
        (15, [("96374", 1)]),
        (16, [("96365", 1)]),
        (40, [("96365", 1)]),  # J0: 09:12 to 09:52
        (90, [("96365", 1)]),
        (91, [("96365", 1), ("96366", 1)]),
        (150, [("96365", 1), ("96366", 1)]),
        (151, [("96365", 1), ("96366", 2)]),
    ],
)
def test_infusion_minutes_at_each_edge(minutes, codes):
    assert lines(Infused(minutes)) == codes


@pytest.mark.parametrize(
    ("minutes", "warned"), [(14, 0), (15, 1), (16, 1), (17, 0), (89, 0), (90, 1), (91, 1), (92, 0)]
)
def test_a_minute_that_decides_is_said(minutes, warned):
    assert bool(suggest([Infused(minutes)])[0].warning) == bool(warned)


def test_a_missing_stop_says_where_to_add_it():
    (line,) = suggest([Infused(None)])
    assert "Add the stop time" in line.warning


def test_the_sentence_names_times_and_pauses():
    (line,) = suggest([Infused(30, "10:00–10:35", paused=5)])
    assert plain(line) == "30 min (10:00–10:35), 5 min of pause not counted: the first hour (16 to 90 min)."


def test_a_drug_without_ndc_is_warned_of():
    drug = Drug(Decimal(40), Decimal("0.80"), Decimal(10), "")
    (line,) = suggest([drug])
    assert (line.code, line.units, line.drug_mg, line.wasted_mg) == ("J3490", 1, Decimal(40), Decimal(10))
    assert "no NDC" in line.warning
    assert "40 mg given, 0.8 mL of the vial. 10 mg wasted" in plain(line)


def test_nothing_given_bills_no_drug():
    assert lines(Drug(Decimal(0), Decimal(0))) == []


@pytest.mark.parametrize(
    ("minutes", "new", "code"),
    [(14, True, None), (15, True, "99202"), (30, True, "99203"), (45, True, "99204"), (60, True, "99205"),
     (9, False, None), (10, False, "99212"), (20, False, "99213"), (30, False, "99214"), (90, False, "99215")],
)  # fmt: skip
def test_a_visit_by_minutes(minutes, new, code):
    assert lines(Seen(minutes, new, True)) == ([(code, 1)] if code else [])


def test_a_visit_beside_an_infusion_has_its_modifier():
    (line,) = suggest([Seen(20, False, True, beside_infusion=True)])
    assert line.modifier == "25"


def test_booked_minutes_are_said_to_be_booked():
    (line,) = suggest([Seen(60, True, False)])
    assert "as booked" in line.sentence
    assert "Ask the provider" in line.warning


@pytest.mark.parametrize(
    ("minutes", "code"),
    [(0, None), (15, None), (16, "90832"), (37, "90832"), (38, "90834"), (52, "90834"), (53, "90837"), (180, "90837")],
)
def test_therapy_minutes_support_a_code(minutes, code):
    assert lines(Talked(minutes, True)) == ([(code, 1)] if code else [])


def test_an_unsigned_note_is_warned_of_and_one_without_minutes_takes_the_shortest():
    assert "not signed" in suggest([Talked(53, False)])[0].warning
    assert lines(Talked(None, True)) == [("90832", 1)]


def test_questionnaires_count_and_a_safety_plan_is_one():
    assert lines(Scored(("PHQ-9", "GAD-7")), Planned()) == [("96127", 2), ("G0560", 1)]
    assert lines(Scored(())) == []


def test_the_clinics_own_table_stands_before_the_usual_one():
    own = [Rule(What.INFUSION, "96413", "Own", 10, 60)]
    assert lines(Infused(12), rules=own) == [("96413", 1)]
    assert lines(Infused(5), Scored(("PHQ-9",)), rules=own) == []


def test_the_usual_table_has_no_problem():
    assert problems(USUAL) == []


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Rule(What.TALK, "90000", "x", 30, 40), "share 38 min"),
        (Rule(What.DRUG, "J9999", "x"), "one line at most"),
        (Rule(What.KNOWN, "90000", "x", 9, 5), "before the first"),
    ],
)
def test_a_table_that_contradicts_itself_is_found(rule, words):
    assert any(words in sentence for sentence in problems((*USUAL, rule)))


def test_a_further_hour_needs_its_step():
    assert problems([Rule(What.FURTHER, "96366", "x", 91)]) == ["96366: write how many minutes a further unit has."]


@given(st.integers(0, 1440))
def test_more_minutes_never_bill_less(minutes):
    def hours(at):
        return sum(units for code, units in lines(Infused(at)) if code != "96374")

    assert hours(minutes + 1) >= hours(minutes)
    assert len({code for code, _ in lines(Infused(minutes))}) == len(lines(Infused(minutes)))
