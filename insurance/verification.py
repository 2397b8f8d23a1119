"""Verifying benefits: open a check, take it, write down what the payer said, let it expire; or agree on self-pay.

Each leg (medical, behavioral) is checked by itself, because the second is often carved out to another payer. A new
check is a new row; every contact with the payer is an append-only row beside it.

`agree_self_pay` returns the agreement with `gfe_due`, the last day to give the cost estimate. This room sends no
tasks; whoever calls it opens the follow-up for that day (reminders.followups.open_task), and `estimate_given` ends it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

from django.db import transaction

from clinic import clock
from clinic.errors import Invalid, Refused
from clinic.models import Site, User
from clinic.policy import Action, can, require
from insurance import coming, lapses, rules
from insurance.answers import record_result
from insurance.checks import coverage_of, first_in_force, locked, move
from insurance.models import SelfPay, Verification
from insurance.standing import Standing, shown_day, standing, standings
from insurance.states import State
from patients.models import Patient
from patients.rows import locked_patient, patient_with

__all__ = [
    "Standing",
    "agree_self_pay",
    "asked",
    "claim",
    "end_self_pay",
    "estimate_given",
    "expect_estimate",
    "expire",
    "expire_lapsed",
    "hand_over",
    "open_check",
    "record_result",
    "standing",
    "standings",
]


@transaction.atomic
def open_check(
    *, patient_id: UUID, leg: str, by: User, coverage_id: UUID | None = None, due_on: date | None = None
) -> Verification:
    """Put a check on the queue; the one that is open already is given back, due at the earlier day.

    Without `coverage_id` the first plan in force today is meant; a patient without one may be checked all the same.
    Raises NotPermitted, NotFound, Invalid.
    """
    patient = locked_patient(patient_id)
    require(by, Action.VERIFY_BENEFITS, at=patient.site)
    if leg not in Verification.Leg.values:
        raise Invalid({"leg": "Choose medical or behavioral health."})
    coverage = coverage_of(patient, coverage_id) if coverage_id else first_in_force(patient)
    # The queue, which fills itself without locking patients, may open the same check at this very moment.
    check, is_new = Verification.objects.select_for_update(of=("self",)).get_or_create(
        patient=patient, leg=leg, coverage=coverage, state__in=Verification.OPEN, defaults={"due_on": due_on}
    )
    if is_new:
        coming.refresh(patient.site, patient.pk)
        return check
    if due_on and (check.due_on is None or due_on < check.due_on):
        check.due_on = due_on
        check.save(update_fields=["due_on"])
    return check


@transaction.atomic
def claim(*, verification_id: UUID, by: User) -> Verification:
    """Take a check for oneself; one that was not started is in progress from then on. Raises NotPermitted, Refused."""
    check = locked(verification_id)
    require(by, Action.VERIFY_BENEFITS, at=check.patient.site)
    _still_open(check)
    check.owner = by
    if check.state == State.NOT_STARTED:
        move(check, State.IN_PROGRESS)
    check.save(update_fields=["owner", "state"])
    return check


@transaction.atomic
def asked(*, verification_id: UUID, by: User) -> Verification:
    """The payer was asked: the check waits for its answer, with whom it was, or with who asked.

    Raises NotPermitted, Refused.
    """
    check = locked(verification_id)
    require(by, Action.VERIFY_BENEFITS, at=check.patient.site)
    _still_open(check)
    check.owner = check.owner or by
    if check.state != State.IN_PROGRESS:
        move(check, State.IN_PROGRESS)
    check.save(update_fields=["owner", "state"])
    return check


@transaction.atomic
def hand_over(*, verification_id: UUID, to: User, by: User) -> Verification:
    """Give a check to a colleague who may verify benefits at this site. Raises NotPermitted, Refused, Invalid."""
    check = locked(verification_id)
    require(by, Action.VERIFY_BENEFITS, at=check.patient.site)
    _still_open(check)
    if not can(to, Action.VERIFY_BENEFITS, check.patient.site):
        raise Invalid({"to": f"{to} may not verify benefits at {check.patient.site}. Choose somebody who may."})
    check.owner = to
    check.save(update_fields=["owner"])
    return check


def _still_open(check: Verification) -> None:
    if check.state not in Verification.OPEN:
        raise Refused(f"This check is closed: {check.get_state_display().lower()}. Open a new one.")


@transaction.atomic
def expire(*, verification_id: UUID, by: User) -> Verification:
    """Say that an answer no longer holds, before its day. Raises NotPermitted, IllegalTransition."""
    check = locked(verification_id)
    require(by, Action.VERIFY_BENEFITS, at=check.patient.site)
    move(check, State.EXPIRED)
    check.save(update_fields=["state"])
    return check


@transaction.atomic
def expire_lapsed(*, site: Site) -> int:
    """Expire every answer at the site whose last day is past on the site's calendar; how many there were."""
    lapsed = Verification.objects.select_for_update(of=("self",), skip_locked=True).filter(
        patient__site=site, state=State.ACTIVE, valid_until__lt=site.today()
    )
    count = 0
    for row in lapsed:
        move(row, State.EXPIRED)
        row.save(update_fields=["state"])
        count += 1
    return count


@transaction.atomic
def agree_self_pay(*, patient_id: UUID, reason: str, by: User, service_on: date | None = None) -> SelfPay:
    """The patient pays from today. What is in force already is given back.

    `gfe_due` of the answer is the last day to give the cost estimate: by the day of the visit if one is named, else as
    for a question about cost. Answers that said inactive or not covered become self-pay. Raises NotPermitted, Invalid.
    """
    patient = locked_patient(patient_id)
    require(by, Action.VERIFY_BENEFITS, at=patient.site)
    if not reason.strip():
        raise Invalid({"reason": "Write in a few words why the patient pays."})
    if len(reason.strip()) > 200:
        raise Invalid({"reason": "Write this in 200 characters or fewer."})
    today = patient.site.today()
    if service_on and service_on < today:
        raise Invalid({"service_on": "The first visit can’t be before today."})
    agreed = _self_pay_to_agree(patient, today)
    if agreed.agreed_at is None:
        agreed.reason, agreed.agreed_at, agreed.agreed_by = reason.strip(), clock.now(), by
        agreed.gfe_due = rules.gfe_due(today, service_on) if service_on else rules.gfe_due_on_request(today)
        agreed.save()
    for row in Verification.objects.select_for_update().filter(
        patient=patient, state__in=[State.INACTIVE, State.NOT_COVERED]
    ):
        move(row, State.SELF_PAY)
        row.save(update_fields=["state"])
    lapses.changed(patient, by)
    return agreed


def _self_pay_to_agree(patient: Patient, today: date) -> SelfPay:
    """The agreement in force, or a new one from today; an imported marker nobody agreed to ends before it."""
    current = SelfPay.objects.select_for_update().filter(patient=patient, until__isnull=True).first()
    if current and current.agreed_at:
        return current
    if current and current.since < today:
        current.until = today - rules.ONE_DAY
        current.save(update_fields=["until"])
        current = None
    return current or SelfPay(patient=patient, since=today)


@transaction.atomic
def end_self_pay(*, patient_id: UUID, by: User, until: date | None = None) -> SelfPay:
    """The patient pays until this day, the last, and a plan does from the next.

    Raises NotPermitted, Refused, Invalid.
    """
    patient = locked_patient(patient_id)
    require(by, Action.VERIFY_BENEFITS, at=patient.site)
    current = SelfPay.objects.select_for_update().filter(patient=patient, until__isnull=True).first()
    if current is None:
        raise Refused("No self-pay agreement is in force.")
    last = until or patient.site.today()
    if last < current.since:
        raise Invalid({"until": f"Self-pay began {shown_day(current.since, last)}; it can’t end before."})
    current.until = last
    current.save(update_fields=["until"])
    lapses.changed(patient, by)
    return current


# What else happens in the same transaction when an estimate was given; rooms further right add themselves.
after_estimate: list[Callable[[SelfPay, User], None]] = []


@transaction.atomic
def estimate_given(*, self_pay_id: UUID, by: User, given_on: date | None = None) -> SelfPay:
    """The cost estimate is in the patient's hands. Raises NotPermitted, Refused, Invalid."""
    agreed = _self_pay(self_pay_id)
    require(by, Action.VERIFY_BENEFITS, at=agreed.patient.site)
    day, today = given_on or agreed.patient.site.today(), agreed.patient.site.today()
    if agreed.agreed_at is None:
        raise Refused("Self-pay has not been agreed yet. Agree on it first.")
    if day > today:
        raise Invalid({"given_on": "This day is still to come. Write the day it was given."})
    agreed.estimate_given_on = day
    agreed.save(update_fields=["estimate_given_on"])
    for follow in after_estimate:
        follow(agreed, by)
    lapses.changed(agreed.patient, by)
    return agreed


@transaction.atomic
def expect_estimate(*, patient_id: UUID, service_on: date, by: User, anew: bool = False) -> date | None:
    """A visit was scheduled today: the day by which a self-paying patient needs the estimate, or None if none is due.

    The day comes forward, never goes back. `anew`: an estimate given earlier no longer counts. Raises NotPermitted.
    """
    patient = locked_patient(patient_id)
    require(by, Action.BOOK, at=patient.site)
    agreed = (
        SelfPay.objects.select_for_update().filter(patient=patient, until__isnull=True, agreed_at__isnull=False).first()
    )
    if agreed is None or (agreed.estimate_given_on and not anew):
        return None
    due = rules.gfe_due(patient.site.today(), service_on)
    if agreed.gfe_due is None or due < agreed.gfe_due or agreed.estimate_given_on:
        agreed.gfe_due, agreed.estimate_given_on = due, None
        agreed.save(update_fields=["gfe_due", "estimate_given_on"])
    return agreed.gfe_due


def _self_pay(self_pay_id: UUID) -> SelfPay:
    """The agreement, locked after its patient. Raises NotFound."""
    patient = patient_with(self_pay=self_pay_id)
    agreed = SelfPay.objects.select_for_update(of=("self",)).get(pk=self_pay_id)
    agreed.patient = patient
    return agreed
