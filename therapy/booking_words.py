"""What a patient is told when the session that closes a series is not booked: the morning after the last infusion.

It follows the task that asks staff to book it (therapy.booking_tasks): while that is open and the series is over, the
patient is asked too (protocol 7.2, integration due; protocol 5, 72 hours with a grace of 7 days).
"""

from __future__ import annotations

from datetime import time, timedelta

from clinic import settings_versions
from clinic.models import Site
from infusions.models import Series
from reminders import ledger
from reminders.models import FollowUp, Message

KIND, TASK = "integration_due", "integration_unbooked"
MORNING = time(10)


def look(site: Site) -> None:
    """Once a round: ask those whose task is open, and take back what was not said of others."""
    wanting = FollowUp.objects.filter(site=site, kind=TASK, state=FollowUp.State.OPEN).values("subject_id")
    for series in Series.objects.filter(pk__in=wanting, state=Series.State.COMPLETED).select_related("patient", "site"):
        _ask(series)
    waiting = Message.objects.filter(site=site, kind=KIND, state=Message.State.PLANNED)
    for series_id in waiting.exclude(subject_id__in=wanting).values_list("subject_id", flat=True):
        ledger.void(subject_kind="series", subject_id=series_id, why="It is booked, or over.", kinds=(KIND,))


def _ask(series: Series) -> None:
    site = series.site
    if series.ended_at is None:
        return
    ended = site.local(series.ended_at).date()
    grace = settings_versions.current(site).integration_grace_days
    ledger.keep(
        kind=KIND,
        patient=series.patient,
        site=site,
        subject_kind="series",
        subject_id=series.pk,
        occurrence="over",
        due_at=site.moment(ended + timedelta(days=1), MORNING),
        expires_at=site.moment(ended + timedelta(days=grace), MORNING),
        why="It is asked once.",
    )
