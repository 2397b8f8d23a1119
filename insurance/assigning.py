"""Giving several checks at once to one person; what was closed or taken meanwhile is left alone, and named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from clinic.errors import Invalid
from clinic.models import User
from clinic.policy import Action, can
from insurance.models import Verification
from patients.rows import locked_in_order

MOST = 100


@dataclass(frozen=True)
class Assigned:
    """What was given, and a sentence for each check that was not."""

    given: int
    left: tuple[str, ...]


@transaction.atomic
def assign(*, seen: Mapping[UUID, UUID | None], to: User, by: User) -> Assigned:
    """Give these checks to a colleague, or to oneself. `seen` says whose each was when the list was shown.

    A check that is closed by now, or that somebody else has taken since, stays as it is. Raises Invalid.
    """
    if not seen:
        raise Invalid({"checks": "Choose at least one check."})
    if len(seen) > MOST:
        raise Invalid({"checks": f"Choose {MOST} checks or fewer."})
    mine = Verification.objects.filter(pk__in=seen, patient__site__in=by.site_ids)
    locked_in_order(mine.values_list("patient_id", flat=True))
    rows = (
        Verification.objects.select_for_update(of=("self",))
        .select_related("patient__site", "owner")
        .filter(pk__in=seen, patient__site__in=by.site_ids)
        .order_by("pk")
    )
    given, left = [], []
    for check in rows:
        why = _why_not(check, seen[check.pk], to, by)
        if why:
            left.append(f"{check.patient.name}, {check.get_leg_display().lower()}: {why}")
        elif check.owner_id != to.pk:
            check.owner = to
            given.append(check)
    for check in given:
        check.save(update_fields=["owner"])
    return Assigned(len(given), tuple(left))


def _why_not(check: Verification, seen_owner: UUID | None, to: User, by: User) -> str:
    site = check.patient.site
    if not can(by, Action.VERIFY_BENEFITS, site):
        return f"you don’t verify benefits at {site}."
    if check.state not in Verification.OPEN:
        return f"closed meanwhile, {check.get_state_display().lower()}."
    if check.owner_id != seen_owner and check.owner_id != to.pk:
        return f"{check.owner or 'nobody'} has it meanwhile."
    if not can(to, Action.VERIFY_BENEFITS, site):
        return f"{to} may not verify benefits at {site}."
    return ""
