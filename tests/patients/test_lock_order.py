"""A patient is locked before their link, so that tasks for them can still be written: verbs never wait in a ring."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.models import User
from patients import giving, links, safety_plans
from patients.models import Patient, PatientLink, SafetyPlan
from tests.patients.test_giving import ask


def locks(act: Callable[[], object]) -> list[str]:
    """The locks that are taken, in their order: “patient NO KEY UPDATE”, “patientlink UPDATE”."""
    with CaptureQueriesContext(
        connection,
    ) as queries:
        act()
    found = (re.search(r'FROM "patients_(\w+)".* FOR ((?:NO KEY )?UPDATE)', query["sql"]) for query in queries)
    return [f"{match[1]} {match[2]}" for match in found if match]


@pytest.fixture
def link(patient: Patient, nurse: User) -> PatientLink:
    links.make(patient_id=patient.pk, purpose="measures", by=nurse)
    return PatientLink.objects.get()


VERBS: dict[str, Callable[[PatientLink, User], object]] = {
    "make another": lambda link, by: links.make(patient_id=link.patient_id, purpose="measures", by=by),
    "revoke": lambda link, by: links.revoke(link_id=link.pk, by=by),
    "open": lambda link, by: links.open_with(link_id=link.pk, born=link.patient.birth_date),
    "answer": lambda link, by: giving.answer(link=link, instrument="phq9", number=1, value=0, language="en"),
    "answer unasked": lambda link, by: giving.begin_extra(link),
}


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_the_patient_is_locked_before_the_link(verb, link, nurse):
    ask(link.patient, "phq9")
    assert locks(lambda: verb(link, nurse))[:2] == ["patient NO KEY UPDATE", "patientlink UPDATE"]


def test_a_safety_plan_locks_the_alerts_whose_contacts_it_ends(patient, nurse):
    plan = safety_plans.begin(patient_id=patient.pk, by=nurse)
    SafetyPlan.objects.filter(pk=plan.pk).update(**dict.fromkeys(SafetyPlan.STEPS, "Something"))
    taken = locks(lambda: safety_plans.sign(plan_id=plan.pk, by=nurse))
    assert taken == ["patient NO KEY UPDATE", "safetyplan UPDATE", "safetyalert UPDATE"]
