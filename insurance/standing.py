"""Whether it is settled who pays for a visit on a day, in a sentence that anybody at the clinic may read.

It says nothing clinical, so front desk and nurses may see it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from clinic.gathering import Given
from insurance.models import Coverage, SelfPay, Verification
from patients.models import Patient

State = Verification.State
Leg = Verification.Leg
AGAIN = "Verify again"


@dataclass(frozen=True)
class Standing:
    """`meaning` is the shape and color to show it with: ok, warn, stop, info or none."""

    settled: bool
    label: str
    sentence: str
    meaning: str = "warn"

    @property
    def more(self) -> str:
        """The sentence, where it says more than the label."""
        return "" if self.sentence.rstrip(".") == self.label else self.sentence


@dataclass(frozen=True)
class Paper:
    """All that is on file for one patient; checks newest first."""

    coverages: list[Coverage]
    self_pay: list[SelfPay]
    checks: list[Verification]


def standing(patient: Patient, on: date, leg: str = Leg.MEDICAL) -> Standing:
    """Who pays for a visit of `patient` on the day `on`, and whether that is settled."""
    return standings([patient], on, leg)[patient.pk]


def standings(patients: Iterable[Patient], on: date, leg: str = Leg.MEDICAL) -> dict[UUID, Standing]:
    """`standing` of many, in three queries however many there are (patients read with their site)."""
    wanted = {patient.pk: patient for patient in patients}
    found = papers(wanted.keys(), leg)
    return {pk: judge(found[pk], on, patient) for pk, patient in wanted.items()}


def shown_day(day: date, on: date) -> str:
    """“9 Feb”, with the year where it is another than that of the visit."""
    short = f"{day.day}\u00a0{day:%b}"
    return short if day.year == on.year else f"{short}\u00a0{day.year}"


# `papers` of one patient about the medical leg, for a page that gathers it with more (clinic.gathering).
ON_FILE: dict[str, QuerySet[Any]] = {
    "coverages": Coverage.objects.filter(patient=Given("patient"), entered_in_error_at__isnull=True),
    "self_pay": SelfPay.objects.filter(patient=Given("patient")),
    "checks": Verification.objects.filter(patient=Given("patient"), leg=Leg.MEDICAL).order_by("-opened_at", "-id"),
}


def papers(pks: Iterable[UUID], leg: str) -> dict[UUID, Paper]:
    """All that is on file for these patients about one leg, in three queries."""
    keys = list(pks)
    return sorted_out(
        keys,
        coverages=Coverage.objects.filter(patient_id__in=keys, entered_in_error_at__isnull=True),
        self_pay=SelfPay.objects.filter(patient_id__in=keys),
        checks=Verification.objects.filter(patient_id__in=keys, leg=leg).order_by("-opened_at", "-id"),
    )


def sorted_out(
    patients: Iterable[UUID],
    *,
    coverages: Iterable[Coverage],
    self_pay: Iterable[SelfPay],
    checks: Iterable[Verification],
) -> dict[UUID, Paper]:
    """Who has which of these papers; checks come newest first."""
    found = {pk: Paper([], [], []) for pk in patients}
    for coverage in coverages:
        found[coverage.patient_id].coverages.append(coverage)
    for agreed in self_pay:
        found[agreed.patient_id].self_pay.append(agreed)
    for check in checks:
        found[check.patient_id].checks.append(check)
    return found


def judge(paper: Paper, on: date, patient: Patient) -> Standing:
    """Who pays for a visit on the day, as these papers say."""
    agreed = next((row for row in paper.self_pay if row.holds_on(on) and row.agreed_at), None)
    if agreed:
        return _self_pay(agreed, on, patient)
    holding = [coverage for coverage in paper.coverages if coverage.holds_on(on)]
    if not holding:
        return _uncovered(paper, on)
    by_coverage = {coverage.pk: coverage for coverage in holding}
    answer = _answer([check for check in paper.checks if _speaks_of(check, by_coverage)], by_coverage, on, patient)
    if answer is not None:
        said = _of_check(answer, on)
        if said.settled:
            return said
    open_check = next((check for check in paper.checks if check.state in Verification.OPEN), None)
    if open_check:
        return _of_check(open_check, on)
    if answer is not None:
        return _of_check(answer, on)
    return Standing(False, "Not verified", "Coverage is on file; its benefits have not been verified.")


def _speaks_of(check: Verification, holding: dict[UUID, Coverage]) -> bool:
    return check.state not in Verification.OPEN and (check.coverage_id is None or check.coverage_id in holding)


def _answer(
    checks: list[Verification], holding: dict[UUID, Coverage], on: date, patient: Patient
) -> Verification | None:
    """The newest answer that counts for the day.

    A plan found inactive later still covers the days up to its last one: for those the answer before counts (J5).
    """
    counting = [check for check in checks if not _ended_after(check, holding, on)]
    for check in counting:
        if check.state != State.EXPIRED or _held_on(check, on, patient):
            return check
    return counting[0] if counting else None


def _ended_after(check: Verification, holding: dict[UUID, Coverage], on: date) -> bool:
    coverage = holding.get(check.coverage_id) if check.coverage_id else None
    ends_on = coverage.ends_on if coverage else None
    return check.state == State.INACTIVE and ends_on is not None and ends_on >= on


def _held_on(check: Verification, on: date, patient: Patient) -> bool:
    """Whether an answer that is expired by now was in force on the day."""
    if check.checked_at is None or check.valid_until is None:
        return False
    return patient.site.local(check.checked_at).date() <= on <= check.valid_until


def _self_pay(agreed: SelfPay, on: date, patient: Patient) -> Standing:
    since = f"Self-pay since {shown_day(agreed.since, on)}"
    if agreed.estimate_given_on:
        return Standing(True, "Self-pay", f"{since}, estimate given {shown_day(agreed.estimate_given_on, on)}.", "info")
    if agreed.gfe_due is None:
        return Standing(True, "Self-pay", f"{since}.", "info")
    if agreed.gfe_due < patient.site.today():
        late = f"{since}, estimate was due by {shown_day(agreed.gfe_due, on)}."
        return Standing(True, "Self-pay, estimate late", late, "warn")
    return Standing(True, "Self-pay", f"{since}, estimate due by {shown_day(agreed.gfe_due, on)}.", "info")


def _uncovered(paper: Paper, on: date) -> Standing:
    """No plan holds on the day, and nobody agreed to pay."""
    ended = max((row.ends_on for row in paper.coverages if row.ends_on and row.ends_on < on), default=None)
    starts = min((row.starts_on for row in paper.coverages if row.starts_on and row.starts_on > on), default=None)
    if any(row.holds_on(on) for row in paper.self_pay):
        return Standing(
            False, "No insurance", "No insurance on record. Self-pay has not been agreed with the patient yet."
        )
    if starts:
        return Standing(False, "Coverage not begun", f"Coverage starts {shown_day(starts, on)}.", "stop")
    if ended:
        label = f"Coverage ended {shown_day(ended, on)}"
        return Standing(False, label, f"{label}.", "stop")
    return Standing(False, "No coverage", "No coverage is on file, and self-pay has not been agreed.")


def _of_check(check: Verification, on: date) -> Standing:
    if check.state in {State.ACTIVE, State.EXPIRED} and check.valid_until:
        until = shown_day(check.valid_until, on)
        if check.valid_until >= on:
            return Standing(True, f"Verified until {until}", f"Verified until {until}.", "ok")
        return Standing(False, AGAIN, f"Verified until {until} only. Verify the benefits again.")
    label, sentence, meaning = _WORDS[State(check.state)]
    return Standing(False, label, sentence, meaning)


_WORDS: dict[State, tuple[str, str, str]] = {
    State.NOT_STARTED: ("Not verified", "A check of benefits is planned, not started.", "none"),
    State.IN_PROGRESS: ("Waiting on payer", "The check of benefits is under way.", "warn"),
    State.NEEDS_INFO: ("Needs information", "The payer needs information before it answers.", "warn"),
    State.ERROR: ("Check failed", "The last check failed. Try again.", "warn"),
    State.INACTIVE: ("Coverage inactive", "The payer says the coverage is inactive.", "stop"),
    State.NOT_COVERED: ("Not covered", "The plan does not cover this. Agree on self-pay, or add another plan.", "stop"),
    State.SELF_PAY: ("Self-pay ended", "The self-pay agreement has ended. Verify the coverage again.", "warn"),
    State.ACTIVE: ("Verified", "Verified, without an end on record.", "warn"),
    State.EXPIRED: (AGAIN, "The last answer no longer holds. Verify the benefits again.", "warn"),
}
