"""What each protocol setting is called on the page, and in which order they stand.

Units and sources come from the settings themselves (`help_text` in clinic.protocol: "unit, remark; sources").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from clinic.models import ProtocolSettings
from clinic.protocol import WeightBasis
from clinic.wording import NBSP, number

SECTIONS: dict[str, tuple[str, dict[str, str]]] = {
    "candidacy": (
        "Candidacy",
        {
            "age_min": "Youngest age",
            "clearance_over_age": "Medical clearance above age",
            "trd_min_trials": "Failed trials needed",
            "trd_min_weeks": "Length of a trial that counts",
            "phq9_gate": "PHQ-9 at least",
            "evaluation_valid_days": "An evaluation is valid",
            "reevaluation_after_days": "Evaluate again after",
            "consent_valid_days": "A consent is valid",
        },
    ),
    "dose": (
        "Dose",
        {
            "dose_start_mg_per_kg": "Usual first dose",
            "infusion_minutes": "Usual length",
            "infusion_minutes_min": "Shortest length",
            "infusion_minutes_max": "Longest length",
            "bag_ml": "Bag",
            "dose_step_max_mg_per_kg": "Largest step",
            "dose_step_earliest": "First step at the earliest before",
            "dose_soft_ceiling_mg_per_kg": "Second signature above, by weight",
            "dose_soft_ceiling_mg": "Second signature above, in all",
            "dose_hard_ceiling_mg_per_kg": "Not orderable above",
            "weight_basis": "Dosing weight",
            "weight_max_age_series_days": "Weight is recent in a series for",
            "weight_max_age_booster_days": "Weight is recent for a booster for",
            "weight_recheck_percent": "Weigh again at a change of",
            "order_valid_days": "An order is valid",
        },
    ),
    "before": (
        "Before the infusion",
        {
            "fasting_solids_hours": "Solid food",
            "fasting_fatty_hours": "Fatty food",
            "fasting_clear_hours": "Clear drinks",
            "benzo_flag_mg": "Benzodiazepine that lessens the effect",
            "benzo_hold_hours": "Benzodiazepine held for",
            "opioid_hold_hours": "Opioid held for",
            "substance_free_hours": "Alcohol and cannabis",
            "pregnancy_test_each_time": "Pregnancy test",
            "escort_grace_minutes": "An escort is waited for",
            "bp_rest_minutes": "Rest when pressure is high",
            "bp_pre_soft_systolic": "Systolic, rest and recheck",
            "bp_pre_soft_diastolic": "Diastolic, rest and recheck",
            "bp_pre_hard_systolic": "Systolic, hold",
            "bp_pre_hard_diastolic": "Diastolic, hold",
            "bp_pre_low_systolic": "Systolic, too low",
            "hr_pre_low": "Heart rate, too low",
            "hr_pre_high": "Heart rate, too high",
            "spo2_pre_low": "Oxygen saturation, too low",
        },
    ),
    "during": (
        "During the infusion",
        {
            "bp_notify_systolic": "Systolic, tell the provider",
            "bp_notify_diastolic": "Diastolic, tell the provider",
            "bp_pause_systolic": "Systolic, pause",
            "bp_pause_diastolic": "Diastolic, pause",
            "bp_stop_systolic": "Systolic, stop",
            "bp_stop_diastolic": "Diastolic, stop",
            "bp_rise_percent": "Rise over the day’s first pressure",
            "bp_fall_percent": "Fall under the day’s first pressure",
            "bp_recheck_minutes": "Recheck blood pressure after",
            "hr_notify_high": "Heart rate, tell the provider",
            "hr_notify_minutes": "Heart rate, for as long as",
            "hr_stop_high": "Heart rate, stop above",
            "hr_stop_low": "Heart rate, stop below",
            "spo2_notify_low": "Oxygen saturation, tell the provider",
            "spo2_stop_low": "Oxygen saturation, stop",
            "rr_stop_low": "Breathing rate, stop below",
            "rr_stop_high": "Breathing rate, stop above",
            "sedation_notify": "Sedation, tell the provider",
            "sedation_stop": "Sedation, stop",
            "cadss6_notify": "Dissociation, tell the provider",
            "distress_notify": "Distress, tell the provider",
            "vitals_every_minutes": "Vital signs every",
            "vitals_every_minutes_recovery": "Vital signs in recovery every",
            "vitals_late_minutes": "Vital signs are late",
        },
    ),
    "recovery": (
        "Recovery and discharge",
        {
            "recovery_minutes": "Stay after the infusion",
            "unescorted_min_stay": "Stay when nobody comes along",
            "escort_required": "An escort is required",
            "discharge_score_min": "Discharge score at least",
        },
    ),
    "drug": ("The drug", {"waste_witness_minutes": "A witness of waste signs within"}),
    "series": (
        "Staff and series",
        {
            "nurse_lanes": "One nurse watches",
            "series_count": "Loading series",
            "gap_min_hours": "Shortest gap",
            "gap_soft_days": "Gap, warn above",
            "gap_hard_days": "Gap, refuse above",
            "window_soft_days": "Whole series, warn above",
            "window_hard_days": "Whole series, refuse above",
            "late_grace_minutes": "Late patients are waited for",
            "cancel_notice_hours": "Notice for cancelling",
            "arrival_minutes": "Patients come early by",
        },
    ),
    "response": (
        "Response and boosters",
        {
            "review_warn_at": "Suggest a review at",
            "review_required_at": "Require a review at",
            "nonimprovement_percent": "No improvement means less than",
            "booster_first_days": "First booster after",
            "booster_second_days": "Second booster after",
            "booster_then_days": "Then every",
            "booster_min_days": "Shortest interval",
            "booster_max_days": "Longest interval",
            "measure_first_every_days": "PHQ-9 after the last infusion, every",
            "measure_first_times": "So often",
            "measure_then_every_days": "PHQ-9 later, every",
        },
    ),
    "therapy": (
        "Therapy",
        {
            "prep_max_days_before": "Preparation at most",
            "integration_hours": "Integration within",
            "integration_grace_days": "Integration is late after",
            "therapy_minutes": "Length of a session",
            "group_sessions": "Group sessions",
            "group_largest": "Largest group",
        },
    ),
    "messages": (
        "Safety and messages",
        {
            "alert_acknowledge_minutes": "A safety alert is answered within",
            "reminder_first_hours": "First reminder",
            "reminder_second_hours": "Second reminder",
            "reminder_last_hours": "Last reminder on the day",
            "checkin_after_hours": "“How are you?” after an infusion",
            "checkin_call_hours": "A nurse calls who has not answered",
        },
    ),
}
SHORT_UNITS = {
    "failed trials": "trials",
    "PHQ-9 points": "points",
    "Aldrete or MPADSS points": "points",
    "CADSS-6 points": "points",
}
SOURCE_WORDS = {"P": "our proposal", "R": "general knowledge"}


@dataclass(frozen=True)
class Setting:
    """One setting as a version has it."""

    name: str
    label: str
    unit: str
    remark: str
    source: str
    value: Any
    usual: Any
    low: Any = None
    high: Any = None

    @property
    def shown(self) -> str:
        return self._say(self.value)

    @property
    def usual_shown(self) -> str:
        return self._say(self.usual)

    @property
    def short_unit(self) -> str:
        """What stands behind the number in a form: "minutes" of "minutes during the infusion"."""
        return "" if self.unit == "infusion number" else SHORT_UNITS.get(self.unit) or self.unit.split(" ")[0]

    @property
    def changed(self) -> bool:
        return bool(self.value != self.usual)

    @property
    def advice(self) -> str:
        """What stands under its field: remark, range, usual value, source."""
        span = f"From {number(self.low)} to {number(self.high)}." if self.low is not None else ""
        parts = (
            f"{self.remark[0].upper()}{self.remark[1:]}." if self.remark else "",
            span,
            f"Usual: {self.usual_shown}.",
        )
        source = f"Source: {self.source}." if self.source else ""
        return " ".join(part for part in (*parts, source) if part)

    def _say(self, value: Any) -> str:
        if isinstance(value, bool):
            return "yes" if value else "no"
        if self.name == "weight_basis":
            return str(WeightBasis(value).label)
        if self.unit == "infusion number":
            return f"infusion{NBSP}{value}"
        return f"{number(value)}{NBSP}{self.unit}" if self.unit else number(value)


def setting(name: str, label: str, version: ProtocolSettings) -> Setting:
    field: Any = ProtocolSettings._meta.get_field(name)
    words, _, sources = str(field.help_text).partition(";")
    unit, _, remark = words.partition(",")
    if isinstance(field, models.BooleanField):
        unit, remark = "", words
    return Setting(
        name=name,
        label=label,
        unit=unit.strip(),
        remark=remark.strip(),
        source=", ".join(SOURCE_WORDS.get(one.strip(), one.strip()) for one in sources.split(",") if one.strip()),
        value=getattr(version, name),
        usual=field.get_default(),
        low=_limit(field, MinValueValidator),
        high=_limit(field, MaxValueValidator),
    )


def sections(version: ProtocolSettings) -> Iterator[tuple[str, str, list[Setting]]]:
    """(key, title, settings) in the order of the page."""
    for key, (title, labels) in SECTIONS.items():
        yield key, title, [setting(name, label, version) for name, label in labels.items()]


def differences(older: ProtocolSettings | None, newer: ProtocolSettings) -> list[tuple[str, str, str]]:
    """(label, before, after) of every setting that the newer version has otherwise; None stands for the defaults."""
    base = older or ProtocolSettings(site=newer.site)
    changed = []
    for (_, _, before), (_, _, after) in zip(sections(base), sections(newer), strict=True):
        changed += [
            (new.label, old.shown, new.shown) for old, new in zip(before, after, strict=True) if old.value != new.value
        ]
    return changed


def _limit(field: Any, kind: type[MinValueValidator | MaxValueValidator]) -> int | Decimal | None:
    """The author's own limit, not the database's for the column's type."""
    limits = [one.limit_value for one in field._validators if isinstance(one, kind)]
    return limits[0] if limits else None
