"""The plans of a patient: add one, end one, take back one that was entered in error."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction

from clinic import retracting
from clinic.errors import Invalid, Refused
from clinic.models import User
from clinic.policy import Action, require
from insurance import filling, lapses, payers
from insurance.models import Coverage, Payer
from insurance.standing import shown_day
from patients.rows import locked_patient, patient_with

_LENGTHS = {"member_id": 60, "group_number": 60, "plan_name": 120, "subscriber_name": 160}


@transaction.atomic
def add_coverage(
    *,
    patient_id: UUID,
    by: User,
    payer: Payer | None = None,
    payer_name: str = "",
    rank: int = 1,
    member_id: str = "",
    group_number: str = "",
    plan_name: str = "",
    subscriber_name: str = "",
    subscriber_birth_date: date | None = None,
    relation: str = Coverage.Relation.SELF,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Coverage:
    """Put a plan on file, and the checks of both its legs on the queue. A payer nobody has named before is added.

    Raises NotFound, NotPermitted, Invalid, Refused.
    """
    patient = locked_patient(patient_id)
    require(by, Action.EDIT_PATIENT, at=patient.site)
    texts = {
        "member_id": member_id.strip(),
        "group_number": group_number.strip(),
        "plan_name": plan_name.strip(),
        "subscriber_name": subscriber_name.strip(),
    }
    _refuse_bad_plan(payer, payer_name, rank, relation, texts, starts_on, ends_on)
    _refuse_bad_subscriber(relation, subscriber_birth_date, patient.site.today())
    company = payer or payer_called(payer_name)
    if Coverage.objects.filter(
        patient=patient, payer=company, member_id=texts["member_id"], starts_on=starts_on
    ).exists():
        raise Refused(f"This plan of {company} with this member id and first day is on file already.")
    made = Coverage.objects.create(
        patient=patient,
        payer=company,
        rank=rank,
        relation=relation,
        subscriber_birth_date=subscriber_birth_date if relation != Coverage.Relation.SELF else None,
        starts_on=starts_on,
        ends_on=ends_on,
        **texts,
    )
    filling.new_plan(made)
    lapses.changed(patient, by)
    return made


def _refuse_bad_subscriber(relation: str, born: date | None, today: date) -> None:
    if relation != Coverage.Relation.SELF and born and not date(1900, 1, 1) <= born <= today:
        raise Invalid({"subscriber_birth_date": "Write the subscriber’s birth date, between 1900 and today."})


def payer_called(name: str) -> Payer:
    """The payer of this name, whatever its capitals; made if there is none, once for two who name it at once."""
    wanted = " ".join(name.split())
    found = Payer.objects.filter(name__iexact=wanted).order_by("-is_active", "id")
    payer = found.first()
    if payer is None:
        payers.name_in_turn(wanted)
        payer = found.first() or Payer.objects.create(name=wanted)
    return payer


def _refuse_bad_plan(
    payer: Payer | None,
    payer_name: str,
    rank: int,
    relation: str,
    texts: dict[str, str],
    starts_on: date | None,
    ends_on: date | None,
) -> None:
    wrong = {
        name: f"Write this in {most} characters or fewer." for name, most in _LENGTHS.items() if len(texts[name]) > most
    }
    if payer is None and not payer_name.strip():
        wrong["payer"] = "Choose the payer, or write its name."
    elif payer is None and len(" ".join(payer_name.split())) > 120:
        wrong["payer_name"] = "Write this in 120 characters or fewer."
    if rank not in (1, 2, 3):
        wrong["rank"] = "Choose primary, secondary or tertiary."
    if relation not in Coverage.Relation.values:
        wrong["relation"] = "Choose how the patient is related to the subscriber."
    if starts_on and ends_on and ends_on < starts_on:
        wrong["ends_on"] = "The last day is before the first. Check both."
    if wrong:
        raise Invalid(wrong)


def locked_plan(coverage_id: UUID) -> Coverage:
    """The plan, locked after its patient. Raises NotFound."""
    patient = patient_with(coverages=coverage_id)
    plan = Coverage.objects.select_for_update(of=("self",)).select_related("payer").get(pk=coverage_id)
    plan.patient = patient
    return plan


@transaction.atomic
def end_coverage(*, coverage_id: UUID, ends_on: date, by: User) -> Coverage:
    """Write the plan's last day, which is still covered. Raises NotPermitted, Refused, Invalid."""
    coverage = locked_plan(coverage_id)
    require(by, Action.EDIT_PATIENT, at=coverage.patient.site)
    if coverage.entered_in_error_at:
        raise Refused("This plan was entered in error. Nothing more can be written to it.")
    if coverage.starts_on and ends_on < coverage.starts_on:
        first = shown_day(coverage.starts_on, ends_on)
        raise Invalid({"ends_on": f"The plan starts {first}; it can’t end before. Check the day."})
    coverage.ends_on = ends_on
    coverage.save(update_fields=["ends_on"])
    lapses.found(coverage, by)
    lapses.changed(coverage.patient, by)
    return coverage


@transaction.atomic
def mark_in_error(*, coverage_id: UUID, reason: str, by: User) -> Coverage:
    """Take back a plan that was never this patient's; it stays visible with the reason.

    Raises NotFound, NotPermitted, Invalid, Refused.
    """
    coverage = locked_plan(coverage_id)
    require(by, Action.EDIT_PATIENT, at=coverage.patient.site)
    retracting.mark(coverage, reason=reason, by=by)
    lapses.changed(coverage.patient, by)
    return coverage
