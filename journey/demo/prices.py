"""What the demo clinic asks for: a fee schedule, a package, and what its payers allow (all invented)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from clinic.models import User
from clinic.policy import Role
from insurance import coverage, estimates, fees
from insurance.models import Fee
from journey.demo.cast import House
from patients.models import Patient

D = Decimal
FROM = date(2024, 1, 1)
MEDICAL, BEHAVIORAL = Fee.Leg.MEDICAL, Fee.Leg.BEHAVIORAL
USED = Fee.Used

# code, own words, in Spanish, counted, leg, billed, self-pay, allowed
SCHEDULE = (
    ("90792", "Evaluation", "Evaluación", USED.EVALUATION, MEDICAL, "420", "350", "260"),
    ("96365", "Infusion, first hour", "Infusión, primera hora", USED.INFUSION, MEDICAL, "520", "430", "212.40"),
    ("96366", "Infusion, further hour", "Infusión, hora adicional", USED.OTHER, MEDICAL, "120", "95", "48.10"),
    ("J3490", "Infusion drug", "Medicamento de la infusión", USED.INFUSION, MEDICAL, "45", "20", "12.50"),
    ("90837", "Therapy, 53 minutes", "Terapia, 53 minutos", USED.THERAPY, BEHAVIORAL, "230", "190", "154.30"),
    ("90834", "Therapy, 38 minutes", "Terapia, 38 minutos", USED.OTHER, BEHAVIORAL, "180", "150", "116.70"),
    ("99213", "Follow-up visit", "Visita de control", USED.OTHER, MEDICAL, "190", "150", "92.15"),
    ("99214", "Longer follow-up visit", "Visita de control larga", USED.OTHER, MEDICAL, "260", "210", "130.60"),
    ("96127", "Questionnaire", "Cuestionario", USED.OTHER, MEDICAL, "12", "0", "4.60"),
    ("80053", "Blood panel", "Análisis de sangre", USED.SERIES, MEDICAL, "45", "35", "10.55"),
)


def schedule(house: House, payers: tuple[str, ...]) -> None:
    """The prices of a site, and what all but the last payer allow of them."""
    site, by = house.site, house.one(Role.INSURANCE_ADMIN)
    for code, label, spanish, used, leg, billed, own, _allowed in SCHEDULE:
        fees.set_fee(
            site=site, code=code, label=label, label_es=spanish, used=used, leg=leg, billed=D(billed),
            self_pay=D(own), valid_from=FROM, by=by,
        )  # fmt: skip
    fees.set_package(
        site=site, code="SERIES-6", name="Series of six with three sessions", infusions=6, sessions=3,
        name_es="Serie de seis con tres sesiones", price=D(2990), valid_from=FROM, by=by,
        terms="If fewer are given, each infusion given is charged at $450, and the rest is paid back within 14 days.",
        terms_es="Si se dan menos, cada infusión dada se cobra a $450 y el resto se devuelve en 14 días.",
    )  # fmt: skip
    for name in payers[:-1]:
        payer = coverage.payer_called(name)
        for code, *_words, allowed in SCHEDULE:
            fees.set_allowed(
                site=site, payer=payer, code=code, amount=D(allowed), source="Contract of 2024", valid_from=FROM, by=by
            )


def benefits(turn: int) -> dict[str, Any]:
    """What a payer says of a plan: more of the deductible is met from patient to patient."""
    met = D(150 * (turn % 10))
    return {
        "in_network": True,
        "copay": D(40),
        "coinsurance_percent": 20,
        "deductible": D(1500),
        "deductible_met": met,
        "out_of_pocket": D(4500),
        "out_of_pocket_met": met,
    }


def estimate(patient: Patient, by: User) -> None:
    """The estimate of the booked series, handed over on paper."""
    course = estimates.course_of(patient)
    if course:
        made = estimates.make(patient_id=patient.pk, visits=course.visits, series_id=course.series_id, by=by)
        estimates.give(estimate_id=made.pk, how="printed", language="en", by=by)
