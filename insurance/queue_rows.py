"""What the rows of the queue say, worked out before they are drawn: the template only writes them down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from clinic.models import Site, User
from insurance import accepted
from insurance.accepted import Chip
from insurance.models import Verification
from insurance.queue import next_step
from insurance.shown import dress


@dataclass(frozen=True)
class Row:
    """One check of `Queue.checks`."""

    pk: UUID
    opens_day: bool
    """Whether it is the first of its day, or the first without a visit."""
    day: date | None
    at: datetime | None
    site: Site
    name: str
    about: str
    tick: str
    """What its box says: the check and its owner, as the list showed them. Only what is open can be given."""
    leg: str
    payer: str
    accepted: Chip | None
    state: Chip
    is_late: bool
    owner: str
    next_step: str
    due_on: date | None
    last_contact: datetime | None


def written(checks: Iterable[Any], *, user: User, sites: Iterable[Site]) -> Iterator[Row]:
    """The rows of one page. Whoever sees several sites is told which is which."""
    known = {site.pk: site for site in sites}
    last: date | str | None = ""
    for check in checks:
        site = check.patient.site = known.get(check.patient.site_id) or check.patient.site
        day = site.local(check.next_visit_at).date() if check.next_visit_at else None
        yield _row(dress(check, site), site, day, opens_day=day != last, user=user, tell_site=len(known) > 1)
        last = day


def _row(check: Any, site: Site, day: date | None, *, opens_day: bool, user: User, tell_site: bool) -> Row:
    patient, is_open = check.patient, check.state in Verification.OPEN
    about = check.next_visit_kind.capitalize() or patient.mrn
    step = "" if check.asked_anew else next_step(check)
    said = accepted.chip(check.said_of_plan)
    return Row(
        pk=check.pk,
        opens_day=opens_day,
        day=day,
        at=check.next_visit_at,
        site=site,
        name=patient.name,
        about=f"{about}, {site}" if tell_site else about,
        tick=f"{check.pk}/{check.owner_id or ''}" if is_open else "",
        leg=Verification.Leg(check.leg).label,
        payer=check.coverage.payer.name if check.coverage else "",
        accepted=said if said and said[0] != "ok" else None,
        state=(check.meaning, check.says),
        is_late=check.is_late,
        owner="you" if check.owner_id == user.pk else check.owner.full_name if check.owner else "",
        next_step=step,
        due_on=check.due_on if step and is_open else None,
        last_contact=check.last_contact,
    )
