"""Conditions of an eligibility: written with the evaluation, met one by one afterwards. An open one blocks the gate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from clinic import clock
from clinic.errors import Invalid, NotFound, NotPermitted, Refused
from clinic.models import Site, User
from clinic.policy import Action, Role, require
from patients.models import Evaluation, EvaluationCondition

MOST = 8
ROLES: Sequence[Role] = (Role.NURSE, Role.PROVIDER, Role.THERAPIST)
FITS = {"text": 200, "how": 300}

after_met: list[Callable[[EvaluationCondition], None]] = []
"""Rooms further right are told of each condition that is met, in its transaction."""


@dataclass(frozen=True)
class Wanted:
    """One condition as it is typed: what, whose (a role, or a person by id), until when."""

    text: str
    whose: str
    due_on: date | None


def owners(site: Site) -> Mapping[str, str]:
    """Who may own a condition: those who read charts, as roles or by name. Keys as `Wanted.whose` has them."""
    people = (
        User.objects.filter(is_active=True, memberships__site=site, memberships__role__in=[*map(str, ROLES)])
        .distinct()
        .order_by("full_name")
    )
    return {role.value: f"{role.label}s" for role in ROLES} | {str(one.pk): one.signs_as for one in people}


def whose(condition: EvaluationCondition) -> str:
    """The owner as `Wanted.whose` has it."""
    return str(condition.owner_id) if condition.owner_id else condition.owner_role


def keep(evaluation: Evaluation, wanted: Sequence[Wanted]) -> None:
    """Make the conditions of an unsigned evaluation those that were typed. Raises Invalid."""
    rows = [each for each in wanted if each.text.strip()]
    if len(rows) > MOST:
        raise Invalid({"conditions": f"{len(rows)} conditions are too many; {MOST} fit. Join some."})
    if any(len(each.text.strip()) > FITS["text"] for each in rows):
        raise Invalid({"conditions": f"A condition has at most {FITS['text']} characters. Shorten it."})
    have = {row.position: row for row in evaluation.conditions.all()}
    for position, each in enumerate(rows):
        row = have.pop(position, None) or EvaluationCondition(evaluation=evaluation, position=position)
        role, owner = _owner(each.whose, evaluation.patient.site)
        new = (each.text.strip(), role, owner.pk if owner else None, each.due_on)
        if (row.text, row.owner_role, row.owner_id, row.due_on) != new:
            row.text, row.owner_role, row.owner_id, row.due_on = new
            row.save()
    for row in have.values():
        row.delete()


def _owner(whose: str, site: Site) -> tuple[str, User | None]:
    if whose in {role.value for role in ROLES}:
        return whose, None
    try:
        person = User.objects.filter(is_active=True, pk=UUID(whose)).first()
    except ValueError:
        person = None
    held = person.roles_at(site) if person else set()
    role = next((role for role in (Role.PROVIDER, Role.NURSE, Role.THERAPIST) if role in held), None)
    if role is None:
        raise Invalid({"conditions": "Choose who sees to it: a role, or somebody who reads charts here."})
    return role.value, person


def wrong_with(evaluation: Evaluation, today: date) -> str:
    """What keeps the conditions from being signed; "" when nothing does."""
    rows = list(evaluation.conditions.all())
    if not rows:
        return "Write what has to be met, by whom and until when."
    if any(row.due_on is None for row in rows):
        return "Every condition needs a day until which it is met."
    if any(row.due_on and row.due_on < today for row in rows):
        return "A condition can’t be due in the past."
    return ""


@transaction.atomic
def met(*, condition_id: UUID, how: str, by: User) -> EvaluationCondition:
    """Say that a condition is met, and how. Its owner does, or a provider. Raises NotFound, NotPermitted, Invalid."""
    row = (
        EvaluationCondition.objects.select_for_update(of=("self",))
        .select_related("evaluation__patient__site", "owner")
        .filter(pk=condition_id, evaluation__patient__site_id__in=by.site_ids)
        .first()
    )
    if row is None:
        raise NotFound
    site = row.evaluation.patient.site
    require(by, Action.MEET_CONDITION, at=site)
    if not may_meet(row, by):
        raise NotPermitted(f"This condition is for {row.whose}. Ask them, or a provider.")
    if row.evaluation.signed_at is None:
        raise Refused("The evaluation is not signed yet; its conditions can still be changed.")
    if row.met_at is not None:
        raise Refused("This condition is met already.")
    words = how.strip()
    if not words:
        raise Invalid({"how": "Write how it was met: what was found, who cleared it."})
    if len(words) > FITS["how"]:
        raise Invalid({"how": f"This is {len(words)} characters long; {FITS['how']} fit. Shorten it."})
    row.met_at, row.met_by, row.met_how = clock.now(), by, words
    row.save(update_fields=["met_at", "met_by", "met_how"])
    for tell in after_met:
        tell(row)
    return row


def may_meet(condition: EvaluationCondition, user: User) -> bool:
    roles = user.roles_at(condition.evaluation.patient.site)
    if Role.PROVIDER in roles or condition.owner_id == user.pk:
        return True
    return condition.owner_id is None and Role(condition.owner_role) in roles
