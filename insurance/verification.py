"""Verifying benefits: open a check, take it, write down what the payer said, let it expire; or agree on self-pay.

Each leg (medical, behavioral) is checked by itself, because the second is often carved out to another payer. A new
check is a new row; every contact with the payer is an append-only row beside it.

`agree_self_pay` returns the agreement with `gfe_due`, the last day to give the cost estimate. This room sends no
tasks; whoever calls it opens the follow-up for that day (reminders.followups.open_task), and `estimate_given` ends it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from clinic import clock
from clinic.errors import IllegalTransition, Invalid, NotFound, Refused
from clinic.models import Site, User
from clinic.policy import Action, can, require
from insurance import rules
from insurance.models import Coverage, PayerContact, SelfPay, Verification
from insurance.standing import Standing, shown_day, standing, standings
from insurance.states import RESULTS, TRANSITIONS, State
from patients.models import Patient
from patients.rows import locked_patient

__all__ = [
    "Standing",
    "agree_self_pay",
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


def _locked(verification_id: UUID) -> Verification:
    rows = Verification.objects.select_for_update(of=("self",)).select_related("patient__site", "coverage__payer")
    try:
        return rows.get(pk=verification_id)
    except Verification.DoesNotExist:
        raise NotFound from None


def _move(check: Verification, state: str) -> None:
    allowed = TRANSITIONS[check.state]
    if state not in allowed:
        raise IllegalTransition(
            f"The check of {check.get_leg_display().lower()} benefits",
            current=check.get_state_display(),
            wanted=State(state).label,
            allowed=[choice.label for choice in State if choice in allowed],
        )
    check.state = state


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
    coverage = _coverage_of(patient, coverage_id) if coverage_id else _first_in_force(patient)
    check = Verification.objects.filter(
        patient=patient, leg=leg, coverage=coverage, state__in=Verification.OPEN
    ).first()
    if check is None:
        return Verification.objects.create(patient=patient, leg=leg, coverage=coverage, due_on=due_on)
    if due_on and (check.due_on is None or due_on < check.due_on):
        check.due_on = due_on
        check.save(update_fields=["due_on"])
    return check


def _coverage_of(patient: Patient, coverage_id: UUID) -> Coverage:
    found = Coverage.objects.filter(patient=patient, pk=coverage_id, entered_in_error_at__isnull=True).first()
    if found is None:
        raise Invalid({"coverage": "This plan is not on file for this patient. Choose one that is."})
    return found


def _first_in_force(patient: Patient) -> Coverage | None:
    today = patient.site.today()
    plans = Coverage.objects.filter(patient=patient, entered_in_error_at__isnull=True)
    return next((plan for plan in plans.order_by("rank", "-starts_on", "id") if plan.holds_on(today)), None)


@transaction.atomic
def claim(*, verification_id: UUID, by: User) -> Verification:
    """Take a check for oneself; one that was not started is in progress from then on. Raises NotPermitted, Refused."""
    check = _locked(verification_id)
    require(by, Action.VERIFY_BENEFITS, at=check.patient.site)
    _still_open(check)
    check.owner = by
    if check.state == State.NOT_STARTED:
        _move(check, State.IN_PROGRESS)
    check.save(update_fields=["owner", "state"])
    return check


@transaction.atomic
def hand_over(*, verification_id: UUID, to: User, by: User) -> Verification:
    """Give a check to a colleague who may verify benefits at this site. Raises NotPermitted, Refused, Invalid."""
    check = _locked(verification_id)
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
def record_result(
    *,
    verification_id: UUID,
    state: str,
    method: str,
    representative: str = "",
    reference: str = "",
    by: User,
    coverage_id: UUID | None = None,
    in_network: bool | None = None,
    copay: Decimal | None = None,
    coinsurance_percent: int | None = None,
    deductible: Decimal | None = None,
    deductible_met: Decimal | None = None,
    authorization_required: bool | None = None,
    coverage_ended_on: date | None = None,
    note: str = "",
) -> Verification:
    """Write down what the payer said. `coverage_ended_on` is the plan's last day, where the payer named one.

    An active answer holds to the end of the month, or to the plan's last day before that. It replaces the answer
    before it, which expires. Raises NotPermitted, IllegalTransition, Invalid with a sentence for each field.
    """
    check = _locked(verification_id)
    site = check.patient.site
    require(by, Action.VERIFY_BENEFITS, at=site)
    if coverage_id:
        check.coverage = _coverage_of(check.patient, coverage_id)
    benefits: dict[str, Any] = {
        "in_network": in_network,
        "copay": copay,
        "coinsurance_percent": coinsurance_percent,
        "deductible": deductible,
        "deductible_met": deductible_met,
        "authorization_required": authorization_required,
    }
    contact = {
        "method": method,
        "representative": representative.strip(),
        "reference": reference.strip(),
        "note": note.strip(),
    }
    _refuse_bad_result(check, state, contact, benefits, coverage_ended_on, site.today())
    if check.state == State.NOT_STARTED:
        _move(check, State.IN_PROGRESS)
    if state != check.state or state not in Verification.OPEN:
        _move(check, state)
    for name, value in {**contact, **benefits}.items():
        setattr(check, name, value)
    check.owner = check.owner or by
    if coverage_ended_on and check.coverage:
        check.coverage.ends_on = coverage_ended_on
        check.coverage.save(update_fields=["ends_on"])
    if state in Verification.CHECKED:
        _replace_older(check)
        check.checked_at, check.checked_by = clock.now(), by
    if state == State.ACTIVE:
        check.valid_until = rules.valid_until(site.today(), check.coverage.ends_on if check.coverage else None)
    check.save()
    PayerContact.objects.create(
        verification=check, state=state, observed_at=clock.now(), entered_at=clock.now(), entered_by=by, **contact
    )
    return check


def _refuse_bad_result(
    check: Verification,
    state: str,
    contact: dict[str, str],
    benefits: dict[str, Any],
    ended_on: date | None,
    today: date,
) -> None:
    wrong: dict[str, str] = {}
    if state not in RESULTS:
        wrong["state"] = "Choose what the payer said."
    if contact["method"] not in Verification.Method.values:
        wrong["method"] = "Say how you asked: phone, portal or 270/271."
    if contact["method"] == Verification.Method.PHONE and state in Verification.CHECKED:
        if not contact["representative"]:
            wrong["representative"] = "Write the name of the person you spoke with."
        if not contact["reference"]:
            wrong["reference"] = "Write the call reference; if there was none, write “none given”."
    for name, most in (("representative", 120), ("reference", 60)):
        if len(contact[name]) > most:
            wrong[name] = f"Write this in {most} characters or fewer."
    if state in {State.ACTIVE, State.INACTIVE} and check.coverage is None:
        wrong["coverage"] = "Name the plan that was checked. Add it first if it is not on file."
    wrong |= _wrong_numbers(benefits) | _wrong_end(check.coverage, state, ended_on, today)
    if wrong:
        raise Invalid(wrong)


def _wrong_numbers(benefits: dict[str, Any]) -> dict[str, str]:
    wrong = {
        name: "This can’t be less than 0."
        for name in ("copay", "deductible", "deductible_met")
        if benefits[name] is not None and benefits[name] < 0
    }
    share, whole, met = (benefits[name] for name in ("coinsurance_percent", "deductible", "deductible_met"))
    if share is not None and not 0 <= share <= 100:
        wrong["coinsurance_percent"] = "Write a share from 0 to 100 %."
    if not wrong and whole is not None and met is not None and met > whole:
        wrong["deductible_met"] = "More is met than the whole deductible. Check both figures."
    return wrong


def _wrong_end(coverage: Coverage | None, state: str, ended_on: date | None, today: date) -> dict[str, str]:
    if coverage is None:
        return {"coverage_ended_on": "Name the plan that ended."} if ended_on else {}
    if ended_on and coverage.starts_on and ended_on < coverage.starts_on:
        return {"coverage_ended_on": f"The plan starts {shown_day(coverage.starts_on, today)}; it can’t end before."}
    last = ended_on or coverage.ends_on
    if state == State.ACTIVE and last and last < today:
        return {"state": f"By its dates this plan ended {shown_day(last, today)}. Correct the dates, or say inactive."}
    return {}


def _replace_older(check: Verification) -> None:
    """A new answer ends the answers before it, for the same leg of the same plan."""
    older = Verification.objects.select_for_update().filter(
        patient=check.patient, leg=check.leg, coverage=check.coverage, state__in=Verification.CHECKED
    )
    for row in older.exclude(pk=check.pk):
        _move(row, State.EXPIRED)
        row.save(update_fields=["state"])


@transaction.atomic
def expire(*, verification_id: UUID, by: User) -> Verification:
    """Say that an answer no longer holds, before its day. Raises NotPermitted, IllegalTransition."""
    check = _locked(verification_id)
    require(by, Action.VERIFY_BENEFITS, at=check.patient.site)
    _move(check, State.EXPIRED)
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
        _move(row, State.EXPIRED)
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
        _move(row, State.SELF_PAY)
        row.save(update_fields=["state"])
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
    try:
        return SelfPay.objects.select_for_update(of=("self",)).select_related("patient__site").get(pk=self_pay_id)
    except SelfPay.DoesNotExist:
        raise NotFound from None
