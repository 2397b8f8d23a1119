"""The dose and its limits as pure arithmetic: exact decimals in, exact decimals out, each rule with its source.

Sources are keys of the protocol's list (section 2.1, 2.2, Table A); "P" is a proposal of this product. Nothing here
reads a database or a clock. A float is refused: a dose must not carry a binary fraction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from clinic.wording import number, quantity
from infusions.limits import Crossing as Crossing
from infusions.limits import crossings as crossings

if TYPE_CHECKING:
    from clinic.protocol import ProtocolValues

HUNDREDTH = Decimal("0.01")
TENTH = Decimal("0.1")
STRENGTHS = (Decimal(10), Decimal(50), Decimal(100))
"""mg/mL of the vials on the market (S-Inject, S-LabelPf)."""
OBESE_BMI = Decimal(30)
CM_PER_INCH = Decimal("2.54")


def rounded(value: Decimal, step: Decimal = HUNDREDTH) -> Decimal:
    """To the next multiple of a power of ten, halves up, as people round on paper."""
    return value.quantize(step, rounding=ROUND_HALF_UP)


def _positive(**values: Decimal | int) -> None:
    for name, value in values.items():
        if not isinstance(value, Decimal | int) or isinstance(value, bool):
            raise TypeError(f"{name} must be exact, not {type(value).__name__}")
        if value <= 0:
            raise ValueError(f"{name} must be above zero")


# The pump's arithmetic (protocol 2.2)


def dose_mg(mg_per_kg: Decimal, weight_kg: Decimal) -> Decimal:
    """What is ordered: 0.5 mg/kg for 80 kg is 40 mg."""
    _positive(mg_per_kg=mg_per_kg, weight_kg=weight_kg)
    return rounded(mg_per_kg * weight_kg)


def draw_ml(dose: Decimal, strength_mg_per_ml: Decimal) -> Decimal:
    """What is drawn into the syringe, to 0.01 mL: 57.6 mg of 50 mg/mL is 1.15 mL."""
    _positive(dose=dose, strength_mg_per_ml=strength_mg_per_ml)
    return rounded(dose / strength_mg_per_ml)


def drawn_mg(ml: Decimal, strength_mg_per_ml: Decimal) -> Decimal:
    """What the drawn volume holds, the dose that is stored as drawn: 1.15 mL of 50 mg/mL is 57.5 mg."""
    _positive(ml=ml, strength_mg_per_ml=strength_mg_per_ml)
    return rounded(ml * strength_mg_per_ml)


def rate_ml_h(bag_ml: Decimal, minutes: int) -> Decimal:
    """Pump rate, to the 0.1 mL/h that a pump takes: 50 mL in 40 min is 75 mL/h."""
    _positive(bag_ml=bag_ml, minutes=minutes)
    return rounded(bag_ml * 60 / minutes, TENTH)


def mg_per_hour(dose: Decimal, minutes: int) -> Decimal:
    _positive(dose=dose, minutes=minutes)
    return rounded(dose * 60 / minutes)


def mcg_kg_min(dose: Decimal, weight_kg: Decimal, minutes: int) -> Decimal:
    """Micrograms per kilogram and minute: 40 mg, 80 kg, 40 min is 12.5."""
    _positive(dose=dose, weight_kg=weight_kg, minutes=minutes)
    return rounded(dose * 1000 / weight_kg / minutes)


def given(amount: Decimal, minutes: int, infused_seconds: int) -> Decimal:
    """How much of `amount` (mg or mL of the bag) went in: 30 of 40 min of 50 mL is 37.5 mL. Never more than all."""
    _positive(amount=amount, minutes=minutes)
    if infused_seconds < 0:
        raise ValueError("infused_seconds must not be negative")
    return min(amount, rounded(amount * infused_seconds / (minutes * 60)))


def waste(prepared: Decimal, went_in: Decimal) -> Decimal:
    """What is left of what was prepared, mg or mL."""
    if not 0 <= went_in <= prepared:
        raise ValueError("more went in than was prepared")
    return prepared - went_in


# Weight


def bmi(weight_kg: Decimal, height_cm: Decimal) -> Decimal:
    """Body mass index to 0.1: 96 kg and 170 cm is 33.2."""
    _positive(weight_kg=weight_kg, height_cm=height_cm)
    return rounded(weight_kg / (height_cm / 100) ** 2, TENTH)


def ideal_weight_kg(height_cm: Decimal, sex: str) -> Decimal:
    """Devine: 50 (men) or 45.5 (women) and 2.3 kg for each inch over 60; the line goes on below. 170 cm M is 65.94."""
    _positive(height_cm=height_cm)
    base = {"male": Decimal(50), "female": Decimal("45.5")}.get(sex)
    if base is None:
        raise ValueError("the formula knows only male and female")
    return rounded(base + Decimal("2.3") * (height_cm / CM_PER_INCH - 60))


@dataclass(frozen=True)
class BasisChoice:
    """From a BMI of 30 on: what the dose is by either weight (Table A, weight_basis; J7)."""

    bmi: Decimal
    actual_mg: Decimal
    ideal_kg: Decimal | None
    """None where the formula knows no sex."""
    ideal_mg: Decimal | None

    @property
    def sentence(self) -> str:
        """Both doses to 0.1 mg: "BMI is 33.2. By actual weight 48 mg; by ideal weight, 65.94 kg, 33 mg." """
        by_actual = f"BMI is {number(self.bmi)}. By actual weight {quantity(rounded(self.actual_mg, TENTH), 'mg')}"
        if self.ideal_kg is None or self.ideal_mg is None:
            return f"{by_actual}; ideal weight needs the sex recorded as male or female."
        ideal = quantity(rounded(self.ideal_mg, TENTH), "mg")
        return f"{by_actual}; by ideal weight, {quantity(self.ideal_kg, 'kg')}, {ideal}."


def basis_choice(mg_per_kg: Decimal, actual_kg: Decimal, height_cm: Decimal, sex: str) -> BasisChoice | None:
    """The choice between actual and ideal weight; None below a BMI of 30, where the actual weight counts."""
    index = bmi(actual_kg, height_cm)
    if index < OBESE_BMI:
        return None
    try:
        ideal = ideal_weight_kg(height_cm, sex)
    except ValueError:
        return BasisChoice(index, dose_mg(mg_per_kg, actual_kg), None, None)
    return BasisChoice(index, dose_mg(mg_per_kg, actual_kg), ideal, dose_mg(mg_per_kg, ideal))


def weight_change_percent(before: Decimal, now: Decimal) -> Decimal:
    """Signed change to 0.01 %: 96 to 90 kg is -6.25."""
    _positive(before=before, now=now)
    return rounded((now - before) * 100 / before)


def weight_changed(before: Decimal, now: Decimal, percent: Decimal) -> bool:
    """Whether the weight moved by more than `percent` since the dose was worked out; unrounded."""
    _positive(before=before, now=now)
    return abs(now - before) * 100 > percent * before


def weight_age_reason(measured_on: date, on: date, max_days: int) -> str:
    """The sentence for a weight that is too old, or not yet measured; "" when it will do. Counted in days."""
    age = (on - measured_on).days
    if age < 0:
        return "The weight is dated in the future. Write the day it was measured."
    if age > max_days:
        return f"The weight is {age} days old; it may be {max_days} days old at most. Weigh again."
    return ""


# Before the dose (protocol 2.3, Table A)

CHILD_BEARING = range(12, 56)
"""Years of age in which a pregnancy test is asked for (P)."""


def pregnancy_possible(sex: str, age: int) -> bool:
    """Whether “does not apply” is not enough: recorded as female, and of an age (P)."""
    return sex == "female" and age in CHILD_BEARING


@dataclass(frozen=True)
class Substance:
    """Something that must not have been taken for so many hours before the dose."""

    key: str
    name: str
    setting: str
    """Which setting holds its hours."""

    def hours(self, limits: ProtocolValues) -> int:
        return int(getattr(limits, self.setting))

    def free_from(self, taken: datetime, limits: ProtocolValues) -> datetime:
        """When its hold time is over: alcohol at 21:30 is held against a dose until 21:30 of the next day."""
        return taken + timedelta(hours=self.hours(limits))


SUBSTANCES = (
    Substance("alcohol", "Alcohol", "substance_free_hours"),
    Substance("cannabis", "Cannabis", "substance_free_hours"),
    Substance("benzodiazepine", "Benzodiazepine", "benzo_hold_hours"),
    Substance("opioid", "Opioid", "opioid_hold_hours"),
)
"""Table A: alcohol_cannabis_abstain before (S-Ketwell, S-Nerv), benzo_hold_before (P, S-OxTx), opioid_hold_before."""


def held_substances(limits: ProtocolValues) -> str:
    """The hold times of Table A in one line: what must not have been taken, and for how long."""
    return (
        f"Alcohol or cannabis in the last {limits.substance_free_hours} h, a benzodiazepine in "
        f"{limits.benzo_hold_hours} h, or an opioid in {limits.opioid_hold_hours} h"
    )


# After the dose (protocol 2.6, Table A)

CAREFUL = timedelta(hours=24)


def careful_until(left: datetime) -> datetime:
    """No wheel, alcohol or cannabis for 24 hours (S-SprHCP, S-Ketwell, S-Nerv); driving waits for sleep, too."""
    return left + CAREFUL


# What may be ordered (protocol 2.1, Table A)


@dataclass(frozen=True)
class Verdict:
    """Every reason why a dose may not be ordered, and every reason why a second provider must sign."""

    refusals: tuple[str, ...] = ()
    second: tuple[str, ...] = ()

    @property
    def is_allowed(self) -> bool:
        return not self.refusals

    @property
    def needs_second(self) -> bool:
        return bool(self.second)


@dataclass(frozen=True)
class DoseRequest:
    """What a provider wants to order, and what came before it."""

    mg_per_kg: Decimal
    weight_kg: Decimal
    first_number: int
    last_mg_per_kg: Decimal | None = None
    """The dose of the infusion before, given or ordered; None for a first dose ever."""
    is_loading: bool = True

    @property
    def dose_mg(self) -> Decimal:
        return dose_mg(self.mg_per_kg, self.weight_kg)


def judge_dose(wanted: DoseRequest, limits: ProtocolValues) -> Verdict:
    """Ceilings and step. All reasons are named, never only the first."""
    refusals = [*_ceiling(wanted, limits), *_step(wanted, limits)]
    return Verdict(tuple(refusals), tuple(_second(wanted, limits)))


def _ceiling(wanted: DoseRequest, limits: ProtocolValues) -> Sequence[str]:
    ceiling = limits.dose_hard_ceiling_mg_per_kg
    if wanted.mg_per_kg <= ceiling:
        return []
    return [f"{_mg_kg(wanted.mg_per_kg)} is above the ceiling of {_mg_kg(ceiling)}: nobody can order it."]


def _step(wanted: DoseRequest, limits: ProtocolValues) -> Sequence[str]:
    """One step an infusion, of at most 0.25 mg/kg, and none before infusion 2 (S-CRTCE)."""
    last = wanted.last_mg_per_kg
    base = limits.dose_start_mg_per_kg if last is None else last
    if wanted.mg_per_kg <= base:
        return []
    reasons = []
    earliest, step = limits.dose_step_earliest, limits.dose_step_max_mg_per_kg
    if wanted.is_loading and wanted.first_number < earliest:
        reasons.append(
            f"Infusion 1 has {_mg_kg(base)} at most: a step up comes at infusion {earliest} at the earliest."
        )
    if wanted.mg_per_kg - base > step:
        came_from = "The starting dose is" if last is None else "The last dose was"
        reasons.append(f"{came_from} {_mg_kg(base)}; a step may add {_mg_kg(step)}, so {_mg_kg(base + step)} at most.")
    return reasons


def _second(wanted: DoseRequest, limits: ProtocolValues) -> Sequence[str]:
    """Above 1 mg/kg or above 100 mg a second provider signs (S-ASKPbasic; P)."""
    reasons = []
    per_kg, whole = limits.dose_soft_ceiling_mg_per_kg, limits.dose_soft_ceiling_mg
    if wanted.mg_per_kg > per_kg:
        reasons.append(f"{_mg_kg(wanted.mg_per_kg)} is above {_mg_kg(per_kg)}.")
    if wanted.dose_mg > whole:
        reasons.append(f"{quantity(wanted.dose_mg, 'mg')} is above {quantity(whole, 'mg')}.")
    return reasons


def _mg_kg(value: Decimal) -> str:
    return quantity(value, "mg/kg")


def weight_change_sentence(before: Decimal, now: Decimal, mg_per_kg: Decimal) -> str:
    """Asks to look again: "90 kg is 6.25 % less than the 96 kg of the last order. At 0.6 mg/kg the dose is 54 mg." """
    change = weight_change_percent(before, now)
    way = "less" if change < 0 else "more"
    return (
        f"{quantity(now, 'kg')} is {number(abs(change))} % {way} than the {quantity(before, 'kg')} of the last order. "
        f"At {quantity(mg_per_kg, 'mg/kg')} the dose is {quantity(dose_mg(mg_per_kg, now), 'mg')}."
    )


MEASURE_VALID = timedelta(hours=24)  # an answer before an infusion counts for a day (protocol 2.3)
ASKED_FOR_DAYS = 365  # as long as two boosters may lie apart (Table A, booster_interval_range)


def follow_up_days(first_every: int, first_times: int, then_every: int) -> list[int]:
    """Days after the last infusion on which the PHQ-9 is asked: 14, 28, 42, 56, then every 28 (phq9_cadence_post)."""
    close = [first_every * turn for turn in range(1, first_times + 1)]
    return close + list(range(close[-1] + then_every, ASKED_FOR_DAYS + 1, then_every))
