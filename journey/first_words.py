"""What a patient is told when their series is booked: every date in one letter, and how to prepare.

While that letter has not gone out (it is night, or a mail server is away), it follows each move and cancellation: no
date in it is stale when it is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from clinic import clock
from infusions.models import Series
from reminders import ledger
from reminders.ledger import Occasion
from therapy import of_visit
from visits.followers import Change
from visits.models import Appointment

SUBJECT = "series"
DATES, PREPARE, BOOKED = "visits_booked", "instructions", "booked"


def tell(series: Series, booked: Sequence[Appointment]) -> None:
    """Plan both for now. Called in the transaction that books."""
    starts, now = sorted(visit.starts_at for visit in booked), clock.now()
    said: dict[str, dict[str, str]] = {DATES: _dates(starts), PREPARE: {}}
    ledger.plan_all(
        [Occasion(series.pk, BOOKED, {kind: now}, starts[0], values) for kind, values in said.items()],
        patient=series.patient,
        site=series.site,
        subject_kind=SUBJECT,
    )


def follow_visit(change: Change) -> None:
    """A visit of a series was moved or called off, or that was undone: what still waits to be said says so."""
    series = of_visit.series(change)
    if series is None or not ledger.is_unsaid(SUBJECT, series.pk, DATES):
        return
    visits = Appointment.objects.filter(status__in=Appointment.ALIVE)
    mine = visits.filter(Q(infusion__series=series) | Q(therapy_session__series=series))
    starts = sorted(set(mine.values_list("starts_at", flat=True)))
    if not starts:
        ledger.void(subject_kind=SUBJECT, subject_id=series.pk, why="No visit is left.", kinds=(DATES, PREPARE))
        return
    ledger.restore(subject_kind=SUBJECT, subject_id=series.pk, occurrence=BOOKED, kinds=(DATES, PREPARE))
    ledger.reword(subject_kind=SUBJECT, subject_id=series.pk, kind=DATES, values=_dates(starts), until=starts[0])


def _dates(starts: Sequence[datetime]) -> dict[str, str]:
    return {"dates_at": " ".join(start.isoformat() for start in starts)}
