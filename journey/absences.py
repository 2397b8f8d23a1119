"""A colleague called in: they are away, their groups are somebody's task, and a repair is asked for their visits."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import NamedTuple

from django.db import transaction

from clinic.errors import Refused
from clinic.models import Site, User
from clinic.place import rota
from visits import repair, stranded, tasks
from visits.models import Repair


class Noted(NamedTuple):
    """What follows: the groups that no repair moves, and the repair; None where nobody has lost a visit."""

    has_groups: bool
    repair: Repair | None


@transaction.atomic
def note(
    *,
    site: Site,
    person: User,
    first_day: date,
    last_day: date,
    by: User,
    gone_from: time | None = None,
    back_at: time | None = None,
    reason: str = "",
) -> Noted:
    """Note that somebody is away, and put a repair in line. Raises NotFound, NotPermitted, Invalid."""
    rota.note_away(
        user_id=person.pk, site_id=site.pk, first_day=first_day, last_day=last_day, gone_from=gone_from,
        back_at=back_at, reason=reason, by=by,
    )  # fmt: skip
    has_groups = bool(stranded.groups(site, first_day, last_day, person=person))
    if has_groups:  # which no repair moves
        repair.look_after(site=site, first_day=first_day, last_day=last_day, by=by)
    return Noted(has_groups, _repair(site, person, first_day, last_day, by))


def _repair(site: Site, person: User, first_day: date, last_day: date, by: User) -> Repair | None:
    until = min(last_day, first_day + timedelta(days=stranded.LONGEST_DAYS - 1))
    try:
        return repair.ask(
            site=site, person=person, first_day=first_day, last_day=until, by=by, on_commit=tasks.hand_over_repair
        )
    except Refused:
        return None
