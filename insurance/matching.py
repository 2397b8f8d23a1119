"""Whose a 271 answer is: by our trace number, or by member id, birth date and name, which only proposes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from clinic.models import User
from insurance.models import Coverage, EligibilityInquiry
from insurance.x12.answer import Answer
from patients import names
from patients.models import Patient
from patients.rows import locked_in_order


def inquiries(answers: Iterable[Answer]) -> dict[str, EligibilityInquiry]:
    """The inquiries that these answers come back to, by trace number, locked after their patients. Three queries."""
    keys = {key for answer in answers for key in (*answer.traces, answer.reference) if key}
    mine = EligibilityInquiry.objects.filter(trace__in=keys)
    locked_in_order(mine.values_list("coverage__patient_id", flat=True))
    rows = mine.select_for_update(of=("self",)).order_by("pk")
    return {row.trace: row for row in rows.select_related("coverage__patient__site", "coverage__payer", "asked_by")}


def likely(answers: Sequence[Answer], by: User | None) -> dict[str, Coverage]:
    """By answer: the plan of the only patient with its member id, birth date and name. One query.

    A person finds only patients of their own sites; the clearing house's files are looked up everywhere.
    """
    birth_dates = {day for answer in answers if (day := answer.patient.birth_date)}
    plans = Coverage.objects.filter(patient__birth_date__in=birth_dates, entered_in_error_at__isnull=True)
    if by:
        plans = plans.filter(patient__site__in=by.site_ids)
    by_day: dict[date, list[Coverage]] = {}
    for plan in plans.select_related("patient__site", "payer").order_by("rank", "id"):
        by_day.setdefault(plan.patient.birth_date, []).append(plan)
    found = {}
    for answer in answers:
        if answer.patient.birth_date:
            fitting = [plan for plan in by_day.get(answer.patient.birth_date, []) if _fits(answer, plan)]
            if len({plan.patient_id for plan in fitting}) == 1:
                today = fitting[0].patient.site.today()
                found[answer.digest] = next((plan for plan in fitting if plan.holds_on(today)), fitting[0])
    return found


def _fits(answer: Answer, plan: Coverage) -> bool:
    mine = _number(plan.member_id)
    return bool(mine) and mine == _number(answer.member_id) and not another_person(answer, plan.patient)


def _number(text: str) -> str:
    return "".join(sign for sign in text.upper() if sign.isalnum())


def another_person(answer: Answer, patient: Patient) -> str:
    """Why the answer seems to speak of somebody else than this patient; "" when it does not."""
    said = answer.patient
    given = {patient.given_name, patient.preferred_name, patient.middle_name}
    differs = ""
    if said.birth_date and said.birth_date != patient.birth_date:
        differs = "birth date"
    elif said.given_name and not any(_alike(said.given_name, one) for one in given if one):
        differs = "given name"
    elif said.family_name and not said.birth_date and not _alike(said.family_name, patient.family_name):
        differs = "family name"
    if not differs:
        return ""
    return f"The trace number is ours, but the {differs} is not this patient’s. Compare, then confirm or put aside."


def _alike(one: str, other: str) -> bool:
    """The same name, an initial or the beginning of it, or one that sounds the same."""
    left, right = names.fold(one).replace(" ", ""), names.fold(other).replace(" ", "")
    if not left or not right:
        return True
    return left.startswith(right) or right.startswith(left) or names.sound(left) == names.sound(right)


def why_nobody(answer: Answer) -> str:
    """Why an answer that carries no number of ours stays unmatched."""
    if not answer.patient.name and not answer.member_id:
        return "It carries no number of ours and names no patient: the payer answered before it looked at one."
    return "It carries no number of ours, and nobody here has its member id, birth date and name together."
