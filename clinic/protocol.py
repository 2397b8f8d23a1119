"""Table A of the protocol: the clinical and operational defaults, each typed, with its unit and source.

These are the values the rooms read today; every one can be changed a site at a time, as a new signed version.
"""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q


class WeightBasis(models.TextChoices):
    ACTUAL = "actual", "Actual weight"
    IDEAL = "ideal", "Ideal weight when BMI is 30 or more"


# What each constraint of `ProtocolValues.sane` says, as a sentence.
ORDERS = {
    "dose_ceilings": "Doses must rise in this order: usual first dose, second signature, not orderable.",
    "systolic_limits": "Systolic limits must rise in this order: tell the provider, pause, stop.",
    "diastolic_limits": "Diastolic limits must rise in this order: tell the provider, pause, stop.",
    "gaps": "A limit that warns must not lie above the one that refuses.",
    "minutes": "The usual length must lie between the shortest and the longest.",
    "boosters": "The shortest interval between boosters must not be above the longest.",
    "checkin": "A nurse calls later than the patient is asked.",
}


def whole(default: int, low: int, high: int, words: str) -> models.PositiveSmallIntegerField[int, int]:
    return models.PositiveSmallIntegerField(
        default=default,
        validators=[MinValueValidator(low), MaxValueValidator(high)],
        help_text=words,
    )


def exact(default: str, low: str, high: str, words: str) -> models.DecimalField[Decimal, Decimal]:
    return models.DecimalField(
        default=Decimal(default),
        max_digits=6,
        decimal_places=2,
        validators=[MinValueValidator(Decimal(low)), MaxValueValidator(Decimal(high))],
        help_text=words,
    )


class ProtocolValues(models.Model):
    """One column a setting. The words name unit and source (keys of the protocol's source list; P = our proposal)."""

    # Candidacy
    age_min = whole(18, 18, 30, "years; S-Toronto")
    clearance_over_age = whole(65, 40, 100, "years; P")
    trd_min_trials = whole(2, 1, 6, "failed trials; S-TRDdef")
    trd_min_weeks = whole(6, 4, 12, "weeks at adequate dose; S-OxCrit, floor 4")
    phq9_gate = whole(10, 0, 27, "PHQ-9 points, self-pay; P")
    evaluation_valid_days = whole(90, 7, 365, "days before the first infusion; P")
    reevaluation_after_days = whole(180, 30, 730, "days; P")
    consent_valid_days = whole(365, 30, 730, "days; P")

    # Dose
    dose_start_mg_per_kg = exact("0.5", "0.1", "1.0", "mg/kg; S-Andrade4, S-ELEKT")
    infusion_minutes = whole(40, 30, 100, "minutes; S-Andrade4, S-ELEKT")
    infusion_minutes_min = whole(30, 10, 60, "minutes; S-BioK")
    infusion_minutes_max = whole(100, 40, 120, "minutes; S-BioK")
    bag_ml = exact("50", "20", "250", "mL; P")
    dose_step_max_mg_per_kg = exact("0.25", "0.05", "0.5", "mg/kg a step; S-CRTCE")
    dose_step_earliest = whole(2, 2, 6, "infusion number; S-CRTCE")
    dose_soft_ceiling_mg_per_kg = exact("1.0", "0.5", "1.5", "mg/kg, above it a second provider signs; S-ASKPbasic")
    dose_soft_ceiling_mg = exact("100", "40", "200", "mg, above it a second provider signs; P")
    dose_hard_ceiling_mg_per_kg = exact("1.2", "0.5", "2", "mg/kg, above it not orderable; P")
    weight_basis = models.CharField(max_length=8, choices=WeightBasis.choices, default=WeightBasis.ACTUAL)
    weight_max_age_series_days = whole(7, 1, 30, "days; P")
    weight_max_age_booster_days = whole(30, 1, 90, "days; P")
    weight_recheck_percent = exact("5", "1", "20", "% change; P")
    order_valid_days = whole(7, 1, 60, "days; P")

    # Before the infusion
    fasting_solids_hours = whole(6, 0, 12, "hours without food; S-ASAnpo")
    fasting_fatty_hours = whole(8, 0, 12, "hours after a fatty meal; S-ASAnpo")
    fasting_clear_hours = whole(2, 0, 8, "hours without clear drinks; S-ASAnpo")
    benzo_flag_mg = exact("8", "1", "40", "mg/day as diazepam, above it a provider looks; S-BZD")
    benzo_hold_hours = whole(12, 0, 24, "hours; P, S-OxTx")
    opioid_hold_hours = whole(6, 0, 24, "hours; S-Nerv")
    substance_free_hours = whole(24, 0, 72, "hours without alcohol and cannabis; S-Ketwell, S-Nerv")
    pregnancy_test_each_time = models.BooleanField(default=True, help_text="where it applies, before each infusion; P")
    escort_grace_minutes = whole(30, 0, 120, "minutes after arrival; P")
    bp_rest_minutes = whole(15, 5, 60, "minutes of rest before the recheck; S-SprHCP")
    bp_pre_soft_systolic = whole(140, 110, 180, "mmHg, above: rest 15 min and recheck; S-SprHCP")
    bp_pre_soft_diastolic = whole(90, 70, 120, "mmHg; S-SprHCP")
    bp_pre_hard_systolic = whole(160, 130, 200, "mmHg, at or above after recheck: hold; P")
    bp_pre_hard_diastolic = whole(100, 80, 130, "mmHg; P")
    bp_pre_low_systolic = whole(90, 70, 110, "mmHg, below: hold; S-EDlow")
    hr_pre_low = whole(50, 30, 60, "beats/min; S-EDlow")
    hr_pre_high = whole(110, 90, 150, "beats/min; P")
    spo2_pre_low = whole(94, 85, 98, "%; P")

    # During the infusion
    bp_notify_systolic = whole(160, 130, 200, "mmHg; P")
    bp_notify_diastolic = whole(100, 80, 130, "mmHg; P")
    bp_pause_systolic = whole(180, 150, 220, "mmHg, pause and recheck; S-SDN")
    bp_pause_diastolic = whole(110, 90, 140, "mmHg; S-SDN")
    bp_stop_systolic = whole(200, 160, 240, "mmHg, stop at once; S-SDN")
    bp_stop_diastolic = whole(120, 100, 150, "mmHg; S-SDN")
    bp_rise_percent = whole(30, 10, 80, "% over today's first pressure: tell the provider; P")
    bp_fall_percent = whole(30, 10, 60, "% under today's first pressure: tell the provider; P")
    bp_recheck_minutes = whole(5, 1, 15, "minutes; S-SDN")
    hr_notify_high = whole(120, 90, 160, "beats/min; S-SDN")
    hr_notify_minutes = whole(5, 1, 15, "minutes above it; S-SDN")
    hr_stop_high = whole(140, 100, 200, "beats/min; P")
    hr_stop_low = whole(45, 30, 60, "beats/min; P")
    spo2_notify_low = whole(94, 85, 98, "%; P")
    spo2_stop_low = whole(90, 80, 95, "%; P")
    rr_stop_low = whole(10, 5, 14, "breaths/min; S-EDlow")
    rr_stop_high = whole(30, 20, 40, "breaths/min; S-EDlow")
    sedation_notify = whole(3, 0, 5, "MOAA/S, at or below; P")
    sedation_stop = whole(2, 0, 5, "MOAA/S, at or below; P")
    cadss6_notify = whole(15, 1, 24, "CADSS-6 points, at or above; P")
    distress_notify = whole(8, 1, 10, "of 10, at or above; P")
    vitals_every_minutes = whole(10, 2, 30, "minutes during the infusion; S-YaleBP")
    vitals_every_minutes_recovery = whole(15, 5, 60, "minutes in recovery; S-Gdansk")
    vitals_late_minutes = whole(5, 1, 15, "minutes past due; P")

    # Recovery
    recovery_minutes = whole(60, 30, 120, "minutes; S-OxTx")
    unescorted_min_stay = whole(120, 60, 240, "minutes; S-OxTx")
    escort_required = models.BooleanField(default=True, help_text="a named adult; S-LabelOld")
    discharge_score_min = whole(9, 7, 10, "Aldrete or MPADSS points; R")

    # The drug
    waste_witness_minutes = whole(30, 5, 240, "minutes after the pump stopped; P")

    # Staff and series
    nurse_lanes = whole(2, 1, 4, "infusions a nurse at once; P")
    series_count = whole(6, 6, 8, "infusions; Seed B, S-ELEKT")
    gap_min_hours = whole(48, 24, 96, "hours between infusions; S-Relievus")
    gap_soft_days = whole(7, 3, 14, "days; P")
    gap_hard_days = whole(14, 7, 28, "days; P")
    window_soft_days = whole(21, 14, 35, "days; S-Oliver")
    window_hard_days = whole(28, 21, 42, "days; S-McInnes")
    late_grace_minutes = whole(10, 0, 60, "minutes; S-King")
    cancel_notice_hours = whole(24, 0, 72, "hours; S-King")
    arrival_minutes = whole(15, 0, 60, "minutes before the infusion; S-Ketwell")

    # Response and boosters
    review_warn_at = whole(3, 1, 6, "infusion number; S-TP24")
    review_required_at = whole(4, 2, 8, "infusion number; S-TP24")
    nonimprovement_percent = whole(20, 10, 40, "%; S-TP24, S-CRTCE-early")
    booster_first_days = whole(14, 7, 60, "days; S-bionuu")
    booster_second_days = whole(21, 7, 90, "days; S-bionuu")
    booster_then_days = whole(28, 7, 365, "days; S-bionuu")
    booster_min_days = whole(7, 1, 28, "days; Seeds")
    booster_max_days = whole(365, 28, 730, "days; Seeds")
    measure_first_every_days = whole(14, 7, 28, "days between PHQ-9 after the last infusion; P")
    measure_first_times = whole(4, 1, 12, "times; P")
    measure_then_every_days = whole(28, 14, 90, "days; P")

    # Therapy
    prep_max_days_before = whole(21, 1, 60, "days before infusion 1; P")
    integration_hours = whole(72, 24, 168, "hours after the last infusion; Seed A, S-JC")
    integration_grace_days = whole(7, 1, 14, "days; P")
    therapy_minutes = whole(53, 30, 120, "minutes; P (90837)")
    group_sessions = models.BooleanField(default=False, help_text="one session, several patients, one note each; P")
    group_largest = whole(8, 2, 20, "patients in a group; P")

    # Safety and messages
    alert_acknowledge_minutes = whole(15, 1, 60, "minutes; P")
    reminder_first_hours = whole(72, 24, 168, "hours before; S-Steiner")
    reminder_second_hours = whole(24, 2, 48, "hours before; S-Steiner")
    reminder_last_hours = whole(0, 0, 12, "hours before, 0 for none (2 where it is wanted); S-Steiner")
    checkin_after_hours = whole(24, 12, 48, "hours after the infusion; S-Northrup")
    checkin_call_hours = whole(30, 13, 72, "hours after the infusion, without an answer a nurse calls; P")

    class Meta:
        abstract = True

    @classmethod
    def sane(cls, prefix: str) -> list[models.BaseConstraint]:
        """Orders between settings that no version may break."""
        rules = {
            "dose_ceilings": Q(dose_hard_ceiling_mg_per_kg__gte=F("dose_soft_ceiling_mg_per_kg"))
            & Q(dose_soft_ceiling_mg_per_kg__gte=F("dose_start_mg_per_kg")),
            "systolic_limits": Q(bp_notify_systolic__lte=F("bp_pause_systolic"))
            & Q(bp_pause_systolic__lte=F("bp_stop_systolic")),
            "diastolic_limits": Q(bp_notify_diastolic__lte=F("bp_pause_diastolic"))
            & Q(bp_pause_diastolic__lte=F("bp_stop_diastolic")),
            "gaps": Q(gap_soft_days__lte=F("gap_hard_days")) & Q(window_soft_days__lte=F("window_hard_days")),
            "minutes": Q(infusion_minutes__gte=F("infusion_minutes_min"))
            & Q(infusion_minutes__lte=F("infusion_minutes_max")),
            "boosters": Q(booster_min_days__lte=F("booster_max_days")),
            "checkin": Q(checkin_after_hours__lt=F("checkin_call_hours")),
        }
        return [models.CheckConstraint(name=f"{prefix}_{name}", condition=rule) for name, rule in rules.items()]
