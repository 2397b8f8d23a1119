from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given as everywhere
from hypothesis import strategies as st

from clinic.models import ProtocolSettings
from infusions import rules
from infusions.rules import DoseRequest, judge_dose

D = Decimal
LIMITS = ProtocolSettings()
NBSP = "\u00a0"

mg_per_kg = st.decimals("0.05", "1.2", places=2)
weights = st.decimals("30", "300", places=2)
strengths = st.sampled_from(rules.STRENGTHS)
minutes = st.integers(30, 100)


# The check values of protocol 2.2


def test_80_kg_at_half_a_milligram_is_40_mg():
    assert rules.dose_mg(D("0.5"), D("80.0")) == D("40.00")


@pytest.mark.parametrize(("strength", "ml"), [("50", "0.80"), ("100", "0.40"), ("10", "4.00")])
def test_40_mg_drawn_from_each_vial(strength, ml):
    assert rules.draw_ml(D("40"), D(strength)) == D(ml)


@pytest.mark.parametrize(("bag", "over", "rate"), [("50", 40, "75"), ("40", 40, "60"), ("50", 45, "66.7")])
def test_pump_rate(bag, over, rate):
    assert rules.rate_ml_h(D(bag), over) == D(rate)


def test_rate_by_weight_and_by_hour():
    assert rules.mcg_kg_min(D("40"), D("80"), 40) == D("12.5")
    assert rules.mg_per_hour(D("40"), 40) == D("60")


def test_96_kg_at_0_6_is_ordered_exactly_and_drawn_rounded():
    ordered = rules.dose_mg(D("0.6"), D("96.0"))
    drawn = rules.draw_ml(ordered, D("50"))
    assert (ordered, drawn, rules.drawn_mg(drawn, D("50"))) == (D("57.60"), D("1.15"), D("57.50"))


@pytest.mark.parametrize(("dose", "ml"), [("57.74", "1.15"), ("57.75", "1.16"), ("57.25", "1.15"), ("57.24", "1.14")])
def test_a_drawn_volume_is_rounded_half_up(dose, ml):
    assert rules.draw_ml(D(dose), D("50")) == D(ml)


@pytest.mark.parametrize(("kg", "dose", "ml"), [("72", "54", "1.08"), ("64", "48", "0.96"), ("96", "72", "1.44")])
def test_three_quarters_of_a_milligram(kg, dose, ml):
    assert rules.dose_mg(D("0.75"), D(kg)) == D(dose)
    assert rules.draw_ml(D(dose), D("50")) == D(ml)


def test_30_of_40_minutes_is_three_quarters_of_bag_and_dose():
    assert rules.given(D("50"), 40, 30 * 60) == D("37.50")
    assert rules.given(D("40"), 40, 30 * 60) == D("30.00")
    assert rules.waste(D("40"), D("30")) == D("10")
    assert rules.waste(D("50"), D("37.50")) == D("12.50")


def test_a_pump_that_runs_over_gives_no_more_than_the_bag():
    assert rules.given(D("50"), 40, 41 * 60) == D("50")


def test_body_mass_and_ideal_weight():
    assert rules.bmi(D("96.0"), D("170")) == D("33.2")
    assert rules.ideal_weight_kg(D("170"), "male") == D("65.94")
    assert rules.ideal_weight_kg(D("170"), "female") == D("61.44")
    assert rules.dose_mg(D("0.5"), D("65.94")) == D("32.97")


def test_ideal_weight_without_a_recorded_sex_is_refused():
    with pytest.raises(ValueError, match="male and female"):
        rules.ideal_weight_kg(D("170"), "unknown")


def test_a_float_is_no_dose():
    with pytest.raises(TypeError):
        rules.dose_mg(0.5, D("80"))


@pytest.mark.parametrize("weight", [D("0"), D("-80")])
def test_a_weight_of_nothing_is_refused(weight):
    with pytest.raises(ValueError, match="above zero"):
        rules.dose_mg(D("0.5"), weight)


def test_more_given_than_prepared_is_refused():
    with pytest.raises(ValueError, match="more went in"):
        rules.waste(D("40"), D("40.01"))


# Properties


@everywhere(mg_per_kg, weights, strengths)
def test_what_is_drawn_is_within_half_a_hundredth_of_what_is_ordered(per_kg, weight, strength):
    dose = rules.dose_mg(per_kg, weight)
    ml = rules.draw_ml(dose, strength)
    assert abs(ml * strength - dose) <= D("0.005") * strength
    assert ml == ml.quantize(D("0.01"))


@everywhere(mg_per_kg, weights)
def test_ten_times_the_strength_is_a_tenth_of_the_volume(per_kg, weight):
    dose = rules.dose_mg(per_kg, weight)
    assert abs(rules.draw_ml(dose, D(10)) - 10 * rules.draw_ml(dose, D(100))) <= D("0.06")


@everywhere(st.decimals("1", "300", places=2), minutes, st.integers(0, 7200), st.integers(0, 7200))
def test_given_grows_with_time_and_with_its_waste_makes_the_whole(amount, over, early, late):
    first, second = sorted((early, late))
    part, more = rules.given(amount, over, first), rules.given(amount, over, second)
    assert 0 <= part <= more <= amount
    assert part + rules.waste(amount, part) == amount


@everywhere(st.decimals("20", "250", places=1), minutes)
def test_the_rate_empties_the_bag_in_time(bag, over):
    assert abs(rules.rate_ml_h(bag, over) * over - bag * 60) <= D("0.05") * over


@everywhere(weights, mg_per_kg)
def test_no_dose_over_the_hard_ceiling_is_ever_allowed(weight, above):
    wanted = DoseRequest(D("1.2") + above, weight, first_number=3, last_mg_per_kg=D("1.2"))
    assert not judge_dose(wanted, LIMITS).is_allowed


# Ceilings and step, each edge


def judged(per_kg, *, kg="80", number=3, last="0.5", loading=True):
    previous = None if last is None else D(last)
    return judge_dose(DoseRequest(D(per_kg), D(kg), number, previous, loading), LIMITS)


@pytest.mark.parametrize(("per_kg", "last", "allowed"), [("1.2", "1.0", True), ("1.21", "1.0", False)])
def test_hard_ceiling(per_kg, last, allowed):
    assert judged(per_kg, last=last).is_allowed is allowed


@pytest.mark.parametrize(("per_kg", "allowed"), [("0.75", True), ("0.76", False), ("0.8", False), ("0.1", True)])
def test_step_from_half_a_milligram(per_kg, allowed):
    assert judged(per_kg).is_allowed is allowed


def test_1_3_after_0_5_names_ceiling_and_step():
    assert judged("1.3").refusals == (
        f"1.3{NBSP}mg/kg is above the ceiling of 1.2{NBSP}mg/kg: nobody can order it.",
        f"The last dose was 0.5{NBSP}mg/kg; a step may add 0.25{NBSP}mg/kg, so 0.75{NBSP}mg/kg at most.",
    )


@pytest.mark.parametrize(("number", "allowed"), [(1, False), (2, True)])
def test_a_step_up_comes_at_infusion_2_at_the_earliest(number, allowed):
    assert judged("0.6", number=number, last=None).is_allowed is allowed


def test_a_lower_dose_may_start_a_series():
    assert judged("0.4", number=1, last=None).is_allowed


def test_the_first_booster_may_take_a_step():
    assert judged("0.75", number=1, last="0.5", loading=False).is_allowed


@pytest.mark.parametrize(
    ("per_kg", "kg", "last", "reasons"),
    [
        ("1.0", "100", "0.9", 0),
        ("1.01", "80", "0.9", 1),
        ("1.0", "100.01", "0.9", 1),
        ("1.05", "96", "0.9", 2),
        ("0.9", "96", "0.9", 0),
    ],
)
def test_each_soft_ceiling_alone_asks_for_a_second_provider(per_kg, kg, last, reasons):
    verdict = judged(per_kg, kg=kg, last=last)
    assert verdict.is_allowed
    assert len(verdict.second) == reasons


# Weight


@pytest.mark.parametrize(
    ("measured", "limit", "fits"),
    [("2027-02-02", 7, True), ("2027-02-01", 7, False), ("2027-01-10", 30, True), ("2027-01-09", 30, False)],
)
def test_weight_age_in_days(measured, limit, fits):
    reason = rules.weight_age_reason(date.fromisoformat(measured), date(2027, 2, 9), limit)
    assert (reason == "") is fits


def test_a_weight_of_tomorrow_is_refused():
    assert "future" in rules.weight_age_reason(date(2027, 2, 10), date(2027, 2, 9), 7)


@pytest.mark.parametrize(("now", "asks"), [("91.2", False), ("91.19", True), ("100.8", False), ("100.81", True)])
def test_a_change_of_more_than_5_percent_asks_again(now, asks):
    assert rules.weight_changed(D("96"), D(now), D("5")) is asks


def test_the_changed_weight_says_what_it_means():
    assert rules.weight_change_percent(D("96"), D("90")) == D("-6.25")
    assert rules.weight_change_sentence(D("96"), D("90"), D("0.6")) == (
        f"90{NBSP}kg is 6.25 % less than the 96{NBSP}kg of the last order. At 0.6{NBSP}mg/kg the dose is 54{NBSP}mg."
    )
