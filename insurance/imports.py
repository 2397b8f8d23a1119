"""Payers and coverages out of an import. patients.imports calls this, inside the transaction of the patient."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from clinic.models import User
from insurance.coverage import payer_called
from insurance.models import Coverage, Payer, SelfPay
from patients.imports.rows import CoverageRow, Outcome, PayerRow, Taken
from patients.models import Patient
from patients.phones import normal

NOBODY = frozenset({"NO_INSURANCE", "NO INSURANCE"})
REASON = "No insurance in the imported record"
_LENGTHS = {"member_id": 60, "group_number": 60, "plan_name": 120, "subscriber_name": 160}


def take_payers(*, rows: Sequence[PayerRow]) -> list[Taken]:
    """Put payers into the table; one of the same id or name is there already."""
    taken = []
    for row in rows:
        if row.name.upper() in NOBODY:
            why = "It stands for no insurance: its rows become a mark that the patient pays."
            taken.append(Taken(row.where, Outcome.SKIPPED, row.name, why))
        elif len(row.name) > 120 or len(row.source_id) > 60:
            taken.append(Taken(row.where, Outcome.FAILED, row.name, "Its name or id is too long; 120 and 60 fit."))
        else:
            before = Payer.objects.count()
            _payer(row)
            new = Payer.objects.count() > before
            taken.append(Taken(row.where, Outcome.CREATED if new else Outcome.UNCHANGED, row.name))
    return taken


def _payer(row: PayerRow) -> Payer:
    """The payer by the other system's id, else by its name, else made."""
    known = Payer.objects.filter(source_id=row.source_id).first() if row.source_id else None
    if known:
        return known
    payer = payer_called(row.name)
    if row.source_id and not payer.source_id:
        payer.source_id = row.source_id
        payer.phone = payer.phone or _phone(row.phone)
        payer.save(update_fields=["source_id", "phone"])
    return payer


def _phone(text: str) -> str:
    try:
        return normal(text)
    except ValueError:
        return ""


class _File:
    """What is on file for one patient, read once, so that each row costs no query."""

    def __init__(self, patient: Patient) -> None:
        self.patient = patient
        self.plans = {_key(plan): plan for plan in Coverage.objects.filter(patient=patient)}
        self.payers_held = {plan.payer_id for plan in self.plans.values() if not plan.entered_in_error_at}
        self.self_pay = {row.since: row for row in SelfPay.objects.filter(patient=patient)}
        self.payers: dict[tuple[str, str], Payer] = {}
        self.new: list[Any] = []
        self.changed: list[Coverage] = []

    def payer(self, row: PayerRow) -> Payer:
        key = (row.source_id, row.name)
        if key not in self.payers:
            self.payers[key] = _payer(row)
        return self.payers[key]


def _key(plan: Coverage) -> tuple[UUID, str, date | None]:
    return plan.payer_id, plan.member_id, plan.starts_on


def take_coverages(*, patient: Patient, rows: Sequence[CoverageRow], by: User | None) -> list[Taken]:
    """The plans of one patient. No insurance becomes a mark that the patient pays, which nobody has agreed to yet."""
    file = _File(patient)
    taken = [_take(file, row) for row in rows]
    Coverage.objects.bulk_create(row for row in file.new if isinstance(row, Coverage))
    SelfPay.objects.bulk_create(row for row in file.new if isinstance(row, SelfPay))
    for plan in file.changed:
        plan.save(update_fields=["ends_on"])
    return taken


def _take(file: _File, row: CoverageRow) -> Taken:
    what = f"{row.payer.name} {row.member_id}".strip() if row.insured else "No insurance: marked as paying"
    if row.insured and row.secondary:
        what = f"{what}, secondary {row.secondary.name}"
    why = _misfit(row)
    if why:
        return Taken(row.where, Outcome.FAILED, what, why, file.patient.pk)
    outcome, why = _take_plan(file, row, row.payer, row.rank) if row.insured else _take_self_pay(file, row)
    if row.secondary and row.insured:
        second, _ = _take_plan(file, row, row.secondary, min(row.rank + 1, 3), member="")
        outcome = second if outcome == Outcome.UNCHANGED else outcome
    return Taken(row.where, outcome, what, why, file.patient.pk)


def _misfit(row: CoverageRow) -> str:
    if row.starts_on and row.ends_on and row.ends_on < row.starts_on:
        return f"It ends ({row.ends_on}) before it starts ({row.starts_on})."
    if len(row.payer.name) > 120:
        return "The payer’s name is longer than 120 characters."
    for name, most in _LENGTHS.items():
        if len(getattr(row, name)) > most:
            return f"{name.replace('_', ' ').capitalize()} is longer than {most} characters."
    return "" if row.insured or row.starts_on else "Without a first day, “no insurance” says nothing."


def _take_plan(
    file: _File, row: CoverageRow, payer_row: PayerRow, rank: int, member: str | None = None
) -> tuple[str, str]:
    payer = file.payer(payer_row)
    member_id = row.member_id if member is None else member
    if row.starts_on is None and not member_id and payer.pk in file.payers_held:
        return Outcome.UNCHANGED, ""
    made = Coverage(
        patient=file.patient,
        payer=payer,
        rank=rank,
        member_id=member_id,
        group_number=row.group_number,
        plan_name=row.plan_name,
        subscriber_name=row.subscriber_name,
        subscriber_birth_date=row.subscriber_birth_date,
        relation=row.relation,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
    )
    have = file.plans.get(_key(made))
    if have is None:
        file.plans[_key(made)] = made
        file.payers_held.add(payer.pk)
        file.new.append(made)
        return Outcome.CREATED, "" if row.starts_on else "It has no dates; verify it."
    return _fill_end(file, have, row.ends_on)


def _fill_end(file: _File, have: Coverage, ends_on: date | None) -> tuple[str, str]:
    """An end that was missing is filled in; one that staff wrote stays."""
    if have.entered_in_error_at or ends_on is None or have.ends_on == ends_on:
        return Outcome.UNCHANGED, ""
    if have.ends_on is not None:
        return Outcome.UNCHANGED, f"The file says it ends {ends_on}; ours was kept."
    have.ends_on = ends_on
    if have not in file.changed and have not in file.new:
        file.changed.append(have)
    return Outcome.UPDATED, ""


def _take_self_pay(file: _File, row: CoverageRow) -> tuple[str, str]:
    since = row.starts_on
    if since is None or since in file.self_pay:
        return Outcome.UNCHANGED, ""
    if row.ends_on is None and any(one.until is None for one in file.self_pay.values()):
        return Outcome.UNCHANGED, "A self-pay agreement is in force already."
    made = SelfPay(patient=file.patient, since=since, until=row.ends_on, reason=REASON)
    file.self_pay[since] = made
    file.new.append(made)
    return Outcome.CREATED, ""
