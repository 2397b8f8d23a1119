"""Who writes at the same moment: nobody waits in a ring, and nothing is opened twice."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from clinic import clock
from clinic.models import Site, User
from insurance import (
    accepted,
    assigning,
    authorizations,
    coming,
    coverage,
    eligibility,
    estimates,
    filling,
    lapses,
    verification,
)
from insurance.estimate_items import usual_days
from insurance.filling import Wanted
from insurance.models import Authorization, Coverage, EligibilityInquiry, Lapse, Verification
from patients.models import Patient
from tests import build
from tests.insurance import x12
from tests.insurance.pricing import schedule

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_20_january")]


def locks(act: Callable[[], Any]) -> list[str]:
    """The statements that lock rows, in order."""
    with CaptureQueriesContext(connection) as asked:
        act()
    return [one["sql"] for one in asked if " FOR UPDATE" in one["sql"] or " FOR NO KEY UPDATE" in one["sql"]]


def a_lapse(plan: Coverage, by: User) -> Lapse:
    coverage.end_coverage(coverage_id=plan.pk, ends_on=date(2027, 1, 31), by=by)
    return Lapse.objects.get()


def an_authorization(plan: Coverage, by: User) -> Authorization:
    return authorizations.record(
        coverage_id=plan.pk, number="A1", codes="96365", units=6, starts_on=date(2027, 2, 1), ends_on=date(2027, 3, 1),
        by=by,
    )  # fmt: skip


def an_agreement(plan: Coverage, by: User) -> Any:
    return verification.agree_self_pay(patient_id=plan.patient_id, reason="No plan", by=by)


def an_estimate(plan: Coverage, by: User) -> Any:
    schedule(plan.patient.site, by)
    return estimates.make(patient_id=plan.patient_id, visits=usual_days(date(2027, 2, 2), 6, 0), by=by)


def a_check(plan: Coverage, by: User) -> Verification:
    return verification.open_check(patient_id=plan.patient_id, leg="medical", by=by)


ANSWERED: dict[str, Any] = {"state": "inactive", "method": "portal"}
VERBS: list[tuple[Any, Any]] = [
    (a_check, lambda one, by: verification.claim(verification_id=one.pk, by=by)),
    (a_check, lambda one, by: verification.record_result(verification_id=one.pk, by=by, **ANSWERED)),
    (a_check, lambda one, by: assigning.assign(seen={one.pk: None}, to=by, by=by)),
    (a_lapse, lambda one, by: coverage.end_coverage(coverage_id=one.coverage_id, ends_on=date(2027, 2, 1), by=by)),
    (a_lapse, lambda one, by: lapses.told(lapse_id=one.pk, note="Called.", by=by)),
    (an_authorization, lambda one, by: authorizations.mark_in_error(authorization_id=one.pk, reason="Typo", by=by)),
    (an_agreement, lambda one, by: verification.estimate_given(self_pay_id=one.pk, by=by)),
    (an_estimate, lambda one, by: estimates.give(estimate_id=one.pk, how="printed", language="en", by=by)),
]


@pytest.mark.parametrize(("given", "verb"), VERBS)
def test_every_verb_locks_the_patient_before_any_row_of_theirs(
    plan: Coverage, insurance_admin: User, given: Any, verb: Any
) -> None:
    row = given(plan, insurance_admin)
    first, *_ = locks(lambda: verb(row, insurance_admin))
    assert 'FROM "patients_patient"' in first


def test_several_patients_are_locked_in_one_order(site: Site, plan: Coverage, insurance_admin: User) -> None:
    Site.objects.filter(pk=site.pk).update(npi="1234567893", tax_id="123456789")
    plan.payer.payer_id = "TIDE1"
    plan.payer.save()
    Verification.objects.filter(pk=a_check(plan, insurance_admin).pk).update(due_on=date(2027, 1, 20))
    asked = locks(lambda: eligibility.inquire_due(site=site, by=insurance_admin))
    content = x12.answer_to(EligibilityInquiry.objects.get())
    taken = locks(lambda: eligibility.receive(content=content, name="a.271", by=insurance_admin, site=site))
    for first in (asked[0], taken[0]):
        assert 'FROM "patients_patient"' in first
        assert 'ORDER BY "patients_patient"."id" ASC' in first


def elsewhere(act: Callable[[], Any]) -> Callable[[], Any]:
    """Do it in another connection, in the same hour."""
    now = clock.now()

    def run() -> Any:
        try:
            with clock.at(now), transaction.atomic():
                return act()
        finally:
            connection.close()

    return run


@pytest.mark.django_db(transaction=True)
def test_the_queue_fills_itself_beside_whoever_works_on_it(
    site: Site, patient: Patient, plan: Coverage, insurance_admin: User
) -> None:
    same = Wanted(patient.pk, plan.pk, "medical", Verification.Why.NEW, date(2027, 1, 22))
    with ThreadPoolExecutor(1) as pool:
        # Given the queue that opens a check, when somebody opens the same one: they get that one
        with transaction.atomic():
            filling._open([same])
            asked = pool.submit(elsewhere(lambda: a_check(plan, insurance_admin)))
            _until_somebody_waits()
        check = asked.result(timeout=5)
        assert check.opened_for == "new"
        # Given a check that somebody writes to, when the queue is sorted anew: it passes by, and waits for nobody
        Verification.objects.filter(pk=check.pk).update(
            next_visit_at=build.moment(site, "2027-01-19"), next_visit_kind="infusion"
        )
        with transaction.atomic():
            verification.claim(verification_id=check.pk, by=insurance_admin)
            assert pool.submit(elsewhere(lambda: coming.refresh(site))).result(timeout=5) == 0
    with transaction.atomic():
        assert coming.refresh(site) == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_name_a_new_payer_at_once_mean_the_same(site: Site, insurance_admin: User) -> None:
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            made = coverage.payer_called("Northlight Health")
            asked = pool.submit(elsewhere(lambda: coverage.payer_called("northlight health")))
            _until_somebody_waits()
        assert asked.result(timeout=5) == made
        with transaction.atomic():
            kept = accepted.keep(site=site, payer=made, standing="in", by=insurance_admin)
            again = pool.submit(
                elsewhere(lambda: accepted.keep(site=site, payer=made, standing="not", by=insurance_admin))
            )
            _until_somebody_waits()
        assert again.result(timeout=5) == kept


def _until_somebody_waits() -> None:
    with connection.cursor() as cursor:
        for _ in range(200):
            # not pg_stat_activity, which stays the same for a whole transaction
            cursor.execute("SELECT 1 FROM pg_locks WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))")
            if cursor.fetchone():
                return
            time.sleep(0.01)
    raise AssertionError("nobody waits")
