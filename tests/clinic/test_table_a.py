"""Every default of Table A: a setting with that value, or a line that says what is held fixed."""

from decimal import Decimal

import pytest

from clinic import settings_versions
from clinic.models import ProtocolSettings
from clinic.place.protocol_fixed import BY_PEOPLE, IN_THE_PROGRAM
from clinic.place.protocol_words import SECTIONS

D = Decimal
SHOWN = {name for _, names in SECTIONS.values() for name in names}
TABLE_A = {
    "age_min / clearance_over": {"age_min": 18, "clearance_over_age": 65},
    "trd_min_trials / min_weeks": {"trd_min_trials": 2, "trd_min_weeks": 6},
    "phq9_gate": {"phq9_gate": 10},
    "eval_valid_before_first / reeval_after": {"evaluation_valid_days": 90, "reevaluation_after_days": 180},
    "benzo_flag": {"benzo_flag_mg": D(8)},
    "benzo_hold_before": {"benzo_hold_hours": 12},
    "opioid_hold_before": {"opioid_hold_hours": 6},
    "alcohol_cannabis_abstain before": {"substance_free_hours": 24},
    "fasting_solids / fatty / clear": {"fasting_solids_hours": 6, "fasting_fatty_hours": 8, "fasting_clear_hours": 2},
    "escort_required": {"escort_required": True},
    "unescorted_min_stay": {"unescorted_min_stay": 120},
    "hcg_cadence": {"pregnancy_test_each_time": True},
    "dose_start / duration": {"dose_start_mg_per_kg": D("0.5"), "infusion_minutes": 40},
    "duration_range": {"infusion_minutes_min": 30, "infusion_minutes_max": 100},
    "dose_step_max / earliest_infusion": {"dose_step_max_mg_per_kg": D("0.25"), "dose_step_earliest": 2},
    "dose_soft_ceiling / mg_soft_ceiling": {"dose_soft_ceiling_mg_per_kg": D(1), "dose_soft_ceiling_mg": D(100)},
    "dose_hard_ceiling": {"dose_hard_ceiling_mg_per_kg": D("1.2")},
    "weight_basis": {"weight_basis": "actual"},
    "weight_max_age / recheck_delta": {
        "weight_max_age_series_days": 7, "weight_max_age_booster_days": 30, "weight_recheck_percent": D(5),
    },
    "bp_pre_soft": {"bp_pre_soft_systolic": 140, "bp_pre_soft_diastolic": 90, "bp_rest_minutes": 15},
    "bp_pre_hard": {"bp_pre_hard_systolic": 160, "bp_pre_hard_diastolic": 100},
    "bp_pre_low / hr_pre / spo2_pre": {
        "bp_pre_low_systolic": 90, "hr_pre_low": 50, "hr_pre_high": 110, "spo2_pre_low": 94,
    },
    "bp_during_notify": {"bp_notify_systolic": 160, "bp_notify_diastolic": 100},
    "bp_during_pause / stop": {
        "bp_pause_systolic": 180, "bp_pause_diastolic": 110, "bp_recheck_minutes": 5, "bp_stop_systolic": 200,
        "bp_stop_diastolic": 120,
    },
    "hr_during": {"hr_notify_high": 120, "hr_notify_minutes": 5, "hr_stop_high": 140, "hr_stop_low": 45},
    "spo2_notify / stop": {"spo2_notify_low": 94, "spo2_stop_low": 90},
    "rr_stop": {"rr_stop_low": 10, "rr_stop_high": 30},
    "sedation_notify / stop": {"sedation_notify": 3, "sedation_stop": 2},
    "cadss6_notify": {"cadss6_notify": 15, "distress_notify": 8},
    "vitals_interval infusion / recovery": {"vitals_every_minutes": 10, "vitals_every_minutes_recovery": 15},
    "missed_vitals_alert": {"vitals_late_minutes": 5},
    "recovery_min": {"recovery_minutes": 60},
    "discharge_scores": {"discharge_score_min": 9},
    "rn_ratio": {"nurse_lanes": 2},
    "series_n": {"series_count": 6},
    "min_gap / soft_max / hard_max": {"gap_min_hours": 48, "gap_soft_days": 7, "gap_hard_days": 14},
    "series_window soft / hard": {"window_soft_days": 21, "window_hard_days": 28},
    "late_grace / cancel_notice": {"late_grace_minutes": 10, "cancel_notice_hours": 24},
    "review_warn / review_mandatory": {"review_warn_at": 3, "review_required_at": 4},
    "nonimprove_lt": {"nonimprovement_percent": 20},
    "booster_template": {"booster_first_days": 14, "booster_second_days": 21, "booster_then_days": 28},
    "phq9_cadence_post": {
        "measure_first_every_days": 14, "measure_first_times": 4, "measure_then_every_days": 28,
    },
    "booster_interval_range": {"booster_min_days": 7, "booster_max_days": 365},
    "prep / midpoint / integration window": {"integration_hours": 72, "integration_grace_days": 7},
    "therapy_minutes": {"therapy_minutes": 53},
    "si_ack_time": {"alert_acknowledge_minutes": 15},
    "reminder_offsets": {"reminder_first_hours": 72, "reminder_second_hours": 24, "reminder_last_hours": 0},
    "postinfusion_checkin / call_if_silent": {"checkin_after_hours": 24, "checkin_call_hours": 30},
    "waste_witness / window": {"waste_witness_minutes": 30},
}  # fmt: skip
NO_SETTING = {
    "phq9_gate (payer)", "alcohol_cannabis_abstain after", "draw_rounding", "no_driving_until",
    "rn_ratio / first_infusion", "series_template", "response / remission PHQ-9", "worsening / MCID",
    "relapse_watch / confirm", "booster_alt_rct", "booster_interval_range / max_extend",
    "urinary_misuse_check / labs", "item9_threshold", "si_contact high/mod/low", "quiet_hours",
    "sms_max_chars / per_day", "vob_expiry / pre_first", "pa_warn", "gfe_days / threshold",
    "inventory_cycle", "retention_chart / audit / dea", "auto_logoff",
}  # fmt: skip


@pytest.mark.parametrize("row", TABLE_A)
def test_a_row_of_table_a_is_a_setting_with_its_default_and_stands_on_the_page(row):
    settings = ProtocolSettings()
    assert {name: getattr(settings, name) for name in TABLE_A[row]} == TABLE_A[row]
    assert set(TABLE_A[row]) <= SHOWN


def test_every_other_row_is_told_as_held_fixed_or_kept_by_people():
    assert {line.row for line in (*IN_THE_PROGRAM, *BY_PEOPLE)} == NO_SETTING


def test_every_setting_stands_on_the_page():
    assert set(settings_versions.FIELDS) == SHOWN
