"""A payer, a plan and a check to try the verbs on."""

from datetime import date
from typing import Any

import pytest

from clinic import clock
from clinic.models import Site, User
from insurance.models import Coverage, Payer, Verification
from insurance.verification import open_check, record_result
from patients.models import Patient
from tests import build


@pytest.fixture
def on_20_january(site: Site) -> Any:
    with clock.at(build.moment(site, "2027-01-20", "10:00")):
        yield


@pytest.fixture
def payer(db: None) -> Payer:
    return Payer.objects.create(name="Tidewater Mutual")


@pytest.fixture
def plan(patient: Patient, payer: Payer) -> Coverage:
    return Coverage.objects.create(
        patient=patient, payer=payer, member_id="TWM 4471", starts_on=date(2026, 1, 1), plan_name="Choice 2500"
    )


@pytest.fixture
def check(patient: Patient, plan: Coverage, insurance_admin: User) -> Verification:
    return open_check(patient_id=patient.pk, leg="medical", by=insurance_admin)


def answer(check: Verification, state: str, by: User, **more: Any) -> Verification:
    """What a payer said on the phone."""
    said = {"method": "phone", "representative": "Corinne", "reference": "70-4418"} | more
    return record_result(verification_id=check.pk, state=state, by=by, **said)
