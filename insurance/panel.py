"""One check beside the queue: who pays today, both legs side by side, who was asked, cards, papers and history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from clinic.models import User
from clinic.policy import Action, can
from insurance import accepted, authorizations, benefits, lapses, money_words, papers
from insurance.benefits import Limit
from insurance.estimate_words import money
from insurance.models import PayerContact, Verification
from insurance.queue import next_step
from insurance.shown import dress
from patients import cards
from patients.models import Patient

SHOWN = 20
Leg = Verification.Leg


@dataclass(frozen=True)
class Line:
    """One benefit, as each leg has it; None where the payer said nothing."""

    label: str
    medical: str | None
    behavioral: str | None


def read(check: Verification, *, by: User) -> dict[str, Any]:
    """What the panel and the page of a check show. Nothing that is missing keeps it from being shown."""
    patient, site = check.patient, check.patient.site
    legs, answered = both_legs(check), last_answers(check)
    plan = check.coverage
    present = cards.present(patient)
    return {
        "check": dress(check, site),
        "patient": patient,
        "site": site,
        "plan": plan,
        "accepted": accepted.chips(site, [plan]).get(plan.pk) if plan else None,
        "answers": [(leg.label, money_words.answer(patient, site.today(), leg)) for leg in Leg],
        "legs": [(leg, dress(legs[leg], site) if leg in legs else None) for leg in Leg],
        "lines": side_by_side(answered.get(Leg.MEDICAL), answered.get(Leg.BEHAVIORAL)),
        "answered": [(leg, answered.get(leg)) for leg in Leg] if answered else [],
        "lapse": lapses.of(patient),
        "contacts": contacts(check),
        "cards": [(side, present.get(side)) for side in cards.Side],
        "papers": list(papers.on_file(patient)[:SHOWN]),
        "history": history(check),
        "approved": _approved(patient),
        "is_open": check.state in Verification.OPEN,
        "may_verify": can(by, Action.VERIFY_BENEFITS, site),
        "next_step": next_step(check),
    }


def both_legs(check: Verification) -> dict[str, Verification]:
    """The newest check of each leg of the same plan; of the check's own leg, the check itself."""
    rows = Verification.objects.filter(patient=check.patient_id, coverage=check.coverage_id)
    newest = rows.order_by("leg", "-opened_at", "-id").distinct("leg").select_related("coverage__payer", "owner")
    return {row.leg: row for row in newest} | {check.leg: check}


def last_answers(check: Verification) -> dict[str, Verification]:
    """The newest answer about each leg of the same plan: while a new one is asked for, this is what is known."""
    rows = Verification.objects.filter(patient=check.patient_id, coverage=check.coverage_id, checked_at__isnull=False)
    newest = rows.order_by("leg", "-checked_at", "-id").distinct("leg").prefetch_related("benefits")
    return {row.leg: row for row in newest} | ({check.leg: check} if check.checked_at else {})


def side_by_side(medical: Verification | None, behavioral: Verification | None) -> list[Line]:
    """What the payer said of each leg; a line that neither has is left out."""
    one, other = _said(medical), _said(behavioral)
    lines = [Line(label, one.get(label), other.get(label)) for label in (one or other)]
    return [line for line in lines if line.medical or line.behavioral]


def _said(check: Verification | None) -> dict[str, str | None]:
    """The benefits of one check in words, by label, in the order in which they are read."""
    if check is None:
        return {}
    said = benefits.of(check)
    return {
        "Network": _yes_no(said.in_network, "In network", "Out of network"),
        "Copay": None if said.copay is None else money(said.copay),
        "Patient’s share": None if said.coinsurance is None else f"{said.coinsurance.normalize():f}\u00a0%",
        "Deductible": _limit(said.deductible),
        "Family deductible": _limit(said.deductible_family),
        "Out-of-pocket limit": _limit(said.out_of_pocket),
        "Family out-of-pocket limit": _limit(said.out_of_pocket_family),
        "Approval beforehand": _yes_no(said.authorization_required, "Required", "Not required"),
        "Referral": _yes_no(check.referral_required, "Required", "Not required"),
        "Telehealth": _yes_no(check.telehealth_covered, "Covered", "Not covered"),
        "Visits a year": _visits(check),
        "Plan year": _plan_year(said.plan_begins, said.plan_ends),
        "Excluded": check.exclusions or None,
        "Other insurance": check.other_insurance or None,
        "Note": check.note or None,
    }


def _yes_no(said: bool | None, yes: str, no: str) -> str | None:
    return None if said is None else yes if said else no


def _limit(limit: Limit) -> str | None:
    if limit.whole is None:
        return None if limit.met is None else f"{money(limit.met)} met"
    return money(limit.whole) if limit.left is None else f"{money(limit.whole)}, {money(limit.left)} left"


def _visits(check: Verification) -> str | None:
    if check.visit_limit is None:
        return None
    return f"{check.visit_limit}" if check.visits_used is None else f"{check.visits_used} of {check.visit_limit} used"


def _plan_year(begins: date | None, ends: date | None) -> str | None:
    shown = [f"{word} {day.day}\u00a0{day:%b}\u00a0{day.year}" for word, day in (("from", begins), ("to", ends)) if day]
    words = " ".join(shown)
    return words[:1].upper() + words[1:] or None


def contacts(check: Verification) -> Sequence[PayerContact]:
    """Who was asked about this plan and when, of both legs, the newest first."""
    same = Q(verification=check) | Q(verification__patient=check.patient_id, verification__coverage=check.coverage_id)
    return list(PayerContact.objects.filter(same).select_related("entered_by", "verification")[:SHOWN])


@dataclass(frozen=True)
class Moment:
    """One thing that became of a check."""

    at: datetime
    words: str
    by: str


def history(check: Verification) -> list[Moment]:
    """What became of a check, the newest first: its state, its owner, its day. Two queries."""
    events: Any = getattr(check, "pgh_events")  # noqa: B009 - django-pghistory adds it, its types do not say so
    rows = list(events.order_by("pgh_id").values("pgh_created_at", "pgh_context", "state", "owner_id", "due_on")[:100])
    names = _names(rows)
    found, before = [], None
    for row in rows:
        words = _what(before, row, names)
        if words:
            found.append(Moment(row["pgh_created_at"], words, names.get(_actor(row), "")))
        before = row
    return found[::-1][:SHOWN]


def _actor(row: dict[str, Any]) -> str:
    return str((row["pgh_context"] or {}).get("user") or "")


def _names(rows: Sequence[dict[str, Any]]) -> dict[str, str]:
    wanted = {_actor(row) for row in rows} | {str(row["owner_id"]) for row in rows if row["owner_id"]}
    people = User.objects.filter(pk__in=wanted - {""})
    return {str(person.pk): str(person) for person in people}


def _what(before: dict[str, Any] | None, row: dict[str, Any], names: dict[str, str]) -> str:
    """What is another in this row than in the one before; "" where it is nothing that people ask about."""
    if before is None:
        return "Put on the queue"
    found = []
    if row["state"] != before["state"]:
        found.append(str(Verification.State(row["state"]).label))
    if row["owner_id"] != before["owner_id"] and row["owner_id"]:
        found.append(f"given to {names.get(str(row['owner_id']), 'somebody')}")
    if row["due_on"] != before["due_on"] and row["due_on"]:
        found.append(f"due {row['due_on'].day}\u00a0{row['due_on']:%b}")
    return ", ".join(found)


def _approved(patient: Patient) -> list[tuple[Any, int, int]]:
    """The authorizations on file, each with the units that are used, and those that are booked."""
    rows = authorizations.on_file(patient)
    taken = authorizations.used_by([patient.pk])[patient.pk] if rows else []
    free = authorizations.units_left(rows, [one.on for one in taken])
    unused = authorizations.units_left(rows, [one.on for one in taken if one.given])
    return [(row, row.units - left, left - after) for row, left, after in zip(rows, unused, free, strict=True)]
