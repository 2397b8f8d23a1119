"""A fee schedule, and a plan with benefits, to count estimates on."""

from datetime import date
from decimal import Decimal
from typing import Any

from clinic.models import Site, User
from insurance import fees
from insurance.models import Coverage
from insurance.verification import open_check
from tests.insurance.conftest import answer

SCHEDULE = [
    ("90792", "Evaluation", "evaluation", "medical", "350", "300"),
    ("96365", "Infusion, first hour", "infusion", "medical", "500", "420"),
    ("J3490", "Ketamine, one infusion", "infusion", "medical", "60", "30"),
    ("90837", "Therapy session, 53 minutes", "therapy", "behavioral", "200", "180"),
    ("96127", "Questionnaire", "", "medical", "12", None),
]
ALONE = Decimal(6 * 450 + 3 * 180)
"""What six infusions and three sessions cost who pays alone."""


def schedule(site: Site, by: User, valid_from: date = date(2026, 1, 1)) -> None:
    for code, label, used, leg, billed, own in SCHEDULE:
        fees.set_fee(
            site=site,
            code=code,
            label=label,
            used=used,
            leg=leg,
            billed=Decimal(billed),
            self_pay=Decimal(own) if own else None,
            valid_from=valid_from,
            by=by,
        )


def allow(site: Site, plan: Coverage, by: User, **amounts: str) -> None:
    """`allow(site, plan, by, c96365="310")`: what the plan's payer allows."""
    for code, amount in amounts.items():
        fees.set_allowed(
            site=site,
            payer=plan.payer,
            code=code.removeprefix("c"),
            amount=Decimal(amount),
            source="Contract of 2026",
            valid_from=date(2026, 1, 1),
            by=by,
        )


def verified(plan: Coverage, by: User, **benefits: Any) -> None:
    """Both legs answered: a deductible of $400, then 20 %, in network."""
    said = {
        "in_network": True,
        "coinsurance_percent": 20,
        "deductible": Decimal(400),
        "deductible_met": Decimal(0),
        "out_of_pocket": Decimal(3000),
        "out_of_pocket_met": Decimal(0),
    } | benefits
    for leg in ("medical", "behavioral"):
        check = open_check(patient_id=plan.patient_id, leg=leg, by=by, coverage_id=plan.pk)
        answer(check, "active", by, **said)


def basis(name: str) -> dict[str, Any]:
    """What an estimate keeps of where its figures come from, put straight into the table."""
    return {
        "count": 6, "boosters": 0, "evaluation": None, "infusions": [], "sessions": [], "booster_days": [],
        "list_price": "0", "own_price": "0", "who": {}, "payers": [], "diagnosis_code": "", "provider": None,
        "practice": {"name": name, "site": name, "address": "", "phone": "", "npi": "", "tax_id": ""},
        "package": None, "notes": [],
    }  # fmt: skip
