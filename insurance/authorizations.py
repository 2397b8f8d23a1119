"""What payers allow beforehand: record an authorization, take one back, and count what is left of it.

How many infusions are booked or given is known further right; that room says so here (`count_with`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch, QuerySet

from clinic import retracting
from clinic.errors import Invalid, Refused
from clinic.models import User
from clinic.policy import Action, require
from insurance import payer_profiles
from insurance.coverage import locked_plan
from insurance.models import Authorization, InsurancePaper
from insurance.rules import Approval, allot
from patients.models import Patient
from patients.rows import patient_with

MOST_UNITS, MOST_CODES, MOST_CRITERIA = 99, 6, 4000
_CODE = re.compile(r"[A-Z0-9]{5}")


class Used(NamedTuple):
    """An infusion that takes a unit: its day, and whether it was given already."""

    on: date
    given: bool


Counter = Callable[[Collection[UUID]], Iterable[tuple[UUID, Used]]]
_counters: list[Counter] = []

# What else happens in the same transaction when an authorization changes; rooms further right add themselves.
after_change: list[Callable[[Authorization, User], None]] = []


def count_with(counter: Counter) -> None:
    """Have `counter` say on which days infusions of patients are booked or were given."""
    if counter not in _counters:
        _counters.append(counter)


def used_by(patient_ids: Collection[UUID]) -> dict[UUID, list[Used]]:
    """Every infusion of these patients that is booked or was given; one that was not given takes no unit."""
    found: dict[UUID, list[Used]] = {pk: [] for pk in patient_ids}
    for counter in _counters:
        for pk, used in counter(patient_ids):
            found[pk].append(used)
    return found


def infusion_days(patient: Patient) -> list[date]:
    """The days of every infusion that is booked or was given."""
    return [used.on for used in used_by([patient.pk])[patient.pk]]


def on_file(patient: Patient) -> list[Authorization]:
    """The authorizations that count, the earliest first; those of a plan entered in error do not."""
    papers = InsurancePaper.objects.filter(entered_in_error_at__isnull=True).defer("content")
    rows = of_patients([patient.pk]).select_related("coverage__payer", "recorded_by")
    return list(rows.prefetch_related(Prefetch("papers", papers, to_attr="on_file")))


def of_patients(patient_ids: Collection[UUID]) -> QuerySet[Authorization]:
    """The same of several patients, with their plans."""
    return counting().filter(coverage__patient__in=patient_ids).select_related("coverage")


def counting() -> QuerySet[Authorization]:
    """The authorizations of anybody that are no error, of plans that are none."""
    return Authorization.objects.filter(coverage__entered_in_error_at__isnull=True, entered_in_error_at__isnull=True)


def approval(one: Authorization) -> Approval:
    return Approval(one.units, one.starts_on, one.ends_on)


def units_left(authorizations: Sequence[Authorization], days: Sequence[date]) -> list[int]:
    """Of each, the units that infusions on these days leave."""
    payers = allot(days, [approval(one) for one in authorizations])
    return [one.units - payers.count(place) for place, one in enumerate(authorizations)]


@transaction.atomic
def record(
    *,
    coverage_id: UUID,
    number: str,
    codes: str,
    units: int,
    starts_on: date,
    ends_on: date,
    by: User,
    note: str = "",
    criteria: str = "",
) -> Authorization:
    """Write down what the payer approved. `codes` are procedure codes with commas or spaces between them.

    `criteria` are what the payer asked for; without them what is on file of its policy today is kept.
    Raises NotFound, NotPermitted, Invalid, Refused.
    """
    plan = locked_plan(coverage_id)
    require(by, Action.VERIFY_BENEFITS, at=plan.patient.site)
    named = list(dict.fromkeys(codes.upper().replace(",", " ").split()))
    asked = criteria.strip() or payer_profiles.in_words(plan.payer)
    _refuse_bad(number.strip(), named, units, starts_on, ends_on, note.strip())
    if len(asked) > MOST_CRITERIA:
        raise Invalid({"criteria": "Write this in 4,000 characters or fewer."})
    if plan.entered_in_error_at:
        raise Refused("This plan was entered in error. Choose the plan that holds.")
    if plan.authorizations.filter(number__iexact=number.strip(), entered_in_error_at__isnull=True).exists():
        raise Refused(f"Authorization {number.strip()} is on file for this plan already.")
    made = Authorization.objects.create(
        coverage=plan,
        number=number.strip(),
        codes=named,
        units=units,
        starts_on=starts_on,
        ends_on=ends_on,
        note=note.strip(),
        criteria=asked,
        recorded_by=by,
    )
    _tell(made, by)
    return made


def _refuse_bad(number: str, codes: list[str], units: int, starts_on: date, ends_on: date, note: str) -> None:
    wrong = {}
    if not 1 <= len(number) <= 40:
        wrong["number"] = "Write the number that the payer gave, in 40 characters or fewer."
    if not 1 <= len(codes) <= MOST_CODES or not all(_CODE.fullmatch(code) for code in codes):
        wrong["codes"] = "Write the codes as five letters or digits each, like 96365 J3490."
    if not 1 <= units <= MOST_UNITS:
        wrong["units"] = f"Write how many infusions are approved, 1 to {MOST_UNITS}."
    if ends_on < starts_on:
        wrong["ends_on"] = "The last day is before the first. Check both."
    if len(note) > 300:
        wrong["note"] = "Write this in 300 characters or fewer."
    if wrong:
        raise Invalid(wrong)


@transaction.atomic
def mark_in_error(*, authorization_id: UUID, reason: str, by: User) -> Authorization:
    """Take back an authorization that the payer never gave; it stays on file with the reason.

    Raises NotFound, NotPermitted, Invalid, Refused.
    """
    patient = patient_with(coverages__authorizations=authorization_id)
    one = Authorization.objects.select_for_update(of=("self",)).select_related("coverage").get(pk=authorization_id)
    one.coverage.patient = patient
    require(by, Action.VERIFY_BENEFITS, at=patient.site)
    retracting.mark(one, reason=reason, by=by)
    _tell(one, by)
    return one


def _tell(one: Authorization, by: User) -> None:
    for follow in after_change:
        follow(one, by)
