"""What a payer answers, by phone, by its portal or by 270/271: written down whole, or refused with a sentence a field.

The benefits that an answer may carry are named here once, by what they are (protocol 6.1).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from clinic import clock
from clinic.errors import Invalid
from clinic.models import User
from clinic.policy import Action, require
from insurance import lapses, rules
from insurance.checks import coverage_of, locked, move
from insurance.models import Coverage, PayerContact, Verification
from insurance.standing import shown_day
from insurance.states import RESULTS, State

LIMITS = ("deductible", "deductible_family", "out_of_pocket", "out_of_pocket_family")
DOLLARS = ("copay", *LIMITS, *(f"{name}_met" for name in LIMITS))
DAYS = ("plan_begins", "plan_ends")
MOST_DOLLARS = {name: 999_999 if name == "copay" else 9_999_999 for name in DOLLARS}
YES_NO = ("in_network", "authorization_required", "referral_required", "telehealth_covered")
COUNTS = ("visit_limit", "visits_used")
WORDS = {"exclusions": 300, "other_insurance": 200}
BENEFITS = (*DOLLARS, "coinsurance_percent", *DAYS, *YES_NO, *COUNTS, *WORDS)
MET = (
    ("deductible", "deductible_met", "deductible"),
    ("deductible_family", "deductible_family_met", "family deductible"),
    ("out_of_pocket", "out_of_pocket_met", "out-of-pocket limit"),
    ("out_of_pocket_family", "out_of_pocket_family_met", "family out-of-pocket limit"),
)
"""A limit, what is met of it, and its name in a sentence."""

# What else happens in the same transaction when a payer answered; rooms further right add themselves.
after_answer: list[Callable[[Verification, User], None]] = []


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
    coverage_ended_on: date | None = None,
    note: str = "",
    **said: Any,
) -> Verification:
    """Write down what the payer said. `coverage_ended_on` is the plan's last day, where the payer named one.

    `said` are the BENEFITS by name; what is not named becomes empty. An active answer holds to the end of the month,
    or to the plan's last day before that. It replaces the answer before it, which expires. Raises NotPermitted,
    IllegalTransition, Invalid with a sentence for each field.
    """
    check = locked(verification_id)
    site = check.patient.site
    require(by, Action.VERIFY_BENEFITS, at=site)
    if coverage_id:
        check.coverage = coverage_of(check.patient, coverage_id)
    benefits = _benefits(said)
    contact = {
        "method": method,
        "representative": representative.strip(),
        "reference": reference.strip(),
        "note": note.strip(),
    }
    _refuse_bad_result(check, state, contact, benefits, coverage_ended_on, site.today())
    if check.state == State.NOT_STARTED:
        move(check, State.IN_PROGRESS)
    if state != check.state or state not in Verification.OPEN:
        move(check, state)
    for name, value in {**contact, **benefits}.items():
        setattr(check, name, value)
    check.owner = check.owner or by
    _end_plan(check, coverage_ended_on)
    if state in Verification.CHECKED:
        _replace_older(check)
        check.checked_at, check.checked_by = clock.now(), by
    if state == State.ACTIVE:
        check.valid_until = rules.valid_until(site.today(), _last_day(check, site.today()))
    if state == State.ERROR:
        check.due_on = min(check.due_on or site.today(), site.today())
    check.save()
    PayerContact.objects.create(
        verification=check, state=state, observed_at=clock.now(), entered_at=clock.now(), entered_by=by, **contact
    )
    _follow(check, by)
    return check


def _follow(check: Verification, by: User) -> None:
    """A plan that is inactive has lapsed; one that is active after all has not."""
    if check.coverage and check.leg == Verification.Leg.MEDICAL:
        if check.state == State.INACTIVE:
            lapses.found(check.coverage, by)
        elif check.state == State.ACTIVE:
            lapses.over(check.coverage)
    for follow in after_answer:
        follow(check, by)
    lapses.changed(check.patient, by)


def _last_day(check: Verification, today: date) -> date | None:
    """The plan's last day, or that of its year, whichever comes first; a year that is over says nothing."""
    days = [check.coverage.ends_on if check.coverage else None, check.plan_ends]
    return min((day for day in days if day and day >= today), default=None)


def _benefits(said: dict[str, Any]) -> dict[str, Any]:
    """Every benefit with what was said of it; nothing said is None, and "" for words."""
    unknown = said.keys() - set(BENEFITS)
    if unknown:
        raise TypeError(f"no benefit is called {', '.join(sorted(unknown))}")
    return {name: (said.get(name) or "").strip() if name in WORDS else said.get(name) for name in BENEFITS}


def _end_plan(check: Verification, ended_on: date | None) -> None:
    if ended_on and check.coverage:
        check.coverage.ends_on = ended_on
        check.coverage.save(update_fields=["ends_on"])


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
    wrong |= _wrong_numbers(benefits) | _wrong_words(benefits) | _wrong_end(check.coverage, state, ended_on, today)
    if wrong:
        raise Invalid(wrong)


def _wrong_numbers(benefits: dict[str, Any]) -> dict[str, str]:
    wrong = {
        name: "This can’t be less than 0."
        for name in (*DOLLARS, *COUNTS)
        if benefits[name] is not None and benefits[name] < 0
    }
    wrong |= {
        name: f"Write {MOST_DOLLARS[name]:,} or less."
        for name in DOLLARS
        if name not in wrong and benefits[name] is not None and benefits[name] > MOST_DOLLARS[name]
    }
    begins, ends = benefits["plan_begins"], benefits["plan_ends"]
    if begins and ends and ends < begins:
        wrong["plan_ends"] = "The plan ends before it begins. Check both days."
    share = benefits["coinsurance_percent"]
    if share is not None and not 0 <= share <= 100:
        wrong["coinsurance_percent"] = "Write a share from 0 to 100 %."
    wrong |= {
        name: "Write 366 or fewer."
        for name in COUNTS
        if name not in wrong and benefits[name] is not None and benefits[name] > 366
    }
    for whole, met, what in MET:
        if {whole, met} & wrong.keys() or benefits[whole] is None or benefits[met] is None:
            continue
        if benefits[met] > benefits[whole]:
            wrong[met] = f"More is met than the whole {what}. Check both figures."
    return wrong


def _wrong_words(benefits: dict[str, Any]) -> dict[str, str]:
    return {
        name: f"Write this in {most} characters or fewer." for name, most in WORDS.items() if len(benefits[name]) > most
    }


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
        move(row, State.EXPIRED)
        row.save(update_fields=["state"])
