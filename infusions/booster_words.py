"""What a patient is told about boosters: that it is time to book the next one (protocol 7.2, booster due, T-14 d)."""

from __future__ import annotations

from datetime import date, time, timedelta

from clinic import clock
from infusions.models import Series
from reminders import ledger

KIND = "booster_due"
DAYS_BEFORE = 14
MORNING = time(10)


def keep(loading: Series, due: date | None) -> None:
    """Called as things stand: with the day on which the next booster is due, or None when none is to be booked."""
    if due is None:
        ledger.void(subject_kind="series", subject_id=loading.pk, why="None is to be booked.", kinds=(KIND,))
        return
    site = loading.site
    tomorrow = site.local(clock.now()).date() + timedelta(days=1)
    ledger.keep(
        kind=KIND,
        patient=loading.patient,
        site=site,
        subject_kind="series",
        subject_id=loading.pk,
        occurrence=due.isoformat(),
        due_at=site.moment(max(due - timedelta(days=DAYS_BEFORE), tomorrow), MORNING),
        expires_at=site.moment(max(due, tomorrow + timedelta(days=1)), MORNING),
        why="The day has changed.",
    )
