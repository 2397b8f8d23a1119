"""J5 up to the day on which the patient tells that the job is gone: six units approved, three infusions given."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from infusions.models import Infusion, Series
from insurance import authorizations, coverage, verification
from insurance.models import Coverage, Verification
from journey.series import book_series
from patients.models import Patient
from tests import build
from tests.infusions import making
from tests.insurance import pricing
from tests.journeys import responding, telling
from tests.journeys.telling import Clinic
from visits.planner import Proposal, Slot

DAYS = ("02-02", "02-05", "02-09", "02-12", "02-16", "02-19")
TALKS = (("preparation", "01-28"), ("midpoint", "02-10"), ("integration", "02-22"))


def three_given(clinic: Clinic) -> Series:
    """The plan is verified on 1 February; #1 to #3 are given on 2, 5 and 9 February, the rest is booked."""
    with clinic.at("2027-01-19", "15:00"):
        patient = telling.maya(clinic)
        telling.measured(clinic, patient, 20, timepoint="baseline")
        making.evaluation(patient, clinic.provider, weight_kg=Decimal(72))
        pricing.schedule(clinic.site, clinic.insurance)
    with clinic.at("2027-01-20", "10:40"):
        insured(clinic, patient)
        course = Proposal(*_slots(clinic), [], 0.0)
        series = book_series(patient=patient, site=clinic.site, proposal=course, by=clinic.desk, goals="To walk")
    with clinic.at("2027-02-01", "11:05"):
        verified(clinic, patient)
    responding.ordered(clinic, series, "2027-02-01", 1, "0.5")
    for number in (1, 2, 3):
        responding.given(clinic, infusion(series, number), "36")
    return series


def _slots(clinic: Clinic) -> tuple[list[Slot], Slot, Slot, Slot]:
    site = clinic.site
    room, talk = site.rooms.get(name="Room 1"), site.rooms.get(kind="therapy")

    def slot(kind: str, day: str) -> Slot:
        start = build.moment(site, f"2027-{day}", "09:00" if kind == "infusion" else "13:00")
        there = (room, clinic.nurse) if kind == "infusion" else (talk, clinic.therapist)
        return Slot(kind, start, start, *there)

    preparation, midpoint, integration = (slot(kind, day) for kind, day in TALKS)
    return [slot("infusion", day) for day in DAYS], preparation, midpoint, integration


def insured(clinic: Clinic, patient: Patient) -> Coverage:
    plan = coverage.add_coverage(
        patient_id=patient.pk, payer_name="Tidewater Mutual", member_id="TWM 4471 0392", starts_on=date(2026, 1, 1),
        plan_name="Tidewater Choice 2500", by=clinic.desk,
    )  # fmt: skip
    authorizations.record(
        coverage_id=plan.pk, number="TM-884120", codes="96365 J3490", units=6, starts_on=date(2027, 2, 2),
        ends_on=date(2027, 3, 1), by=clinic.insurance,
    )  # fmt: skip
    return plan


def verified(clinic: Clinic, patient: Patient) -> None:
    """Both legs, by phone."""
    for leg in ("medical", "behavioral"):
        check = verification.open_check(patient_id=patient.pk, leg=leg, by=clinic.insurance)
        verification.record_result(
            verification_id=check.pk, state="active", method="phone", representative="Corinne", reference="70-4418",
            in_network=True, authorization_required=leg == "medical", coinsurance_percent=20, deductible=Decimal(2500),
            deductible_met=Decimal(1890), by=clinic.insurance,
        )  # fmt: skip


def ended(clinic: Clinic, patient: Patient) -> Verification:
    """The 271 says EB01 = 6, and that the plan ended on 9 February."""
    plan = Coverage.objects.get(patient=patient, payer__name="Tidewater Mutual")
    check = verification.open_check(patient_id=patient.pk, leg="medical", coverage_id=plan.pk, by=clinic.insurance)
    return verification.record_result(
        verification_id=check.pk, state="inactive", method="271", coverage_ended_on=date(2027, 2, 9),
        by=clinic.insurance,
    )  # fmt: skip


def infusion(series: Series, number: int) -> Infusion:
    rows = Infusion.objects.select_related("series__site", "series__patient__site", "appointment__site")
    return rows.get(series=series, number=number)
