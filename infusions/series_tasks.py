"""Follow-ups about a series: whose patient and site they are follows from it, the rest from the catalogue."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from clinic.models import User
from infusions.models import Series
from reminders import followups
from reminders.followups import Key
from reminders.models import FollowUp

SUBJECT = "series"
IN_ORDER = "The series is in order again."


def ask(
    series: Series,
    kind: str,
    title: str,
    *,
    due_at: datetime,
    link: str,
    owner: User | None = None,
    escalates_at: datetime | None = None,
) -> FollowUp:
    """Open the task, or answer the open one. `title` may say {} for the patient's name."""
    return followups.open_task(
        kind=kind,
        site=series.site,
        patient=series.patient,
        title=title.format(series.patient.name),
        subject_kind=SUBJECT,
        subject_id=series.pk,
        due_at=due_at,
        link=link,
        owner=owner,
        escalates_at=escalates_at,
    )


def keep(
    series: Series, kind: str, wanted: bool, title: str, *, due_at: datetime, link: str, occurrence: str, by: User
) -> None:
    """One open task while it is wanted, none when it is not; what a person ended is not asked again for the same."""
    followups.keep(
        Key(kind, SUBJECT, series.pk, occurrence), wanted, site=series.site, patient=series.patient, title=title,
        due_at=due_at, link=link, because=IN_ORDER, by=by,
    )  # fmt: skip


def end(series: Series, kinds: Iterable[str], outcome: str, by: User | None = None) -> None:
    """What these tasks asked for is done, or no longer wanted."""
    outcomes = dict.fromkeys(kinds, outcome)
    followups.close_all(subject_kind=SUBJECT, subject_id=series.pk, outcomes=outcomes, by=by)
