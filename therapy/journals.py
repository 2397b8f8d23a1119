"""The patient's journal between sessions: for the therapist and the provider, never for the front desk.

Words of self-harm call for somebody at once, by the alert that any such answer opens (protocol 4.2).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic import clock
from clinic.errors import NotFound
from clinic.models import User
from clinic.policy import Action, Role, require
from infusions.models import Series
from patients import alerts
from patients.links import Told
from patients.models import Patient, PatientLink, SafetyAlert
from reminders import followups, inbound_rules
from therapy import integration_plans
from therapy.models import JournalEntry, TherapySession

LONGEST, MOST_A_DAY = 6000, 30
TASK, SUBJECT = "journal_read", "series"
READ_WITHIN = timedelta(days=1)


@dataclass(frozen=True)
class Kept:
    """What was written. `is_urgent`: the page with 988 comes before anything else."""

    entry: JournalEntry
    is_urgent: bool


@transaction.atomic
def write(*, link: PatientLink, text: str, form_key: UUID) -> Kept:
    """Keep what the patient wrote; the same form again keeps nothing more. Raises NotFound, Told."""
    patient = integration_plans.holder(link)
    if known := JournalEntry.objects.filter(form_key=form_key, patient=patient).first():
        return Kept(known, known.alert_id is not None)
    plan = integration_plans.own(link)
    if plan is None:
        raise NotFound
    words = fitting(text)
    today = clock.now() - timedelta(days=1)
    if JournalEntry.objects.filter(patient=patient, written_at__gt=today).count() >= MOST_A_DAY:
        raise Told(_("You have written a great deal today. Please go on tomorrow, or call us."))
    alert = raised(patient, urgent=inbound_rules.read(words).urgent)
    entry = JournalEntry.objects.create(
        patient=patient,
        series=plan.series,
        link=link,
        text=words,
        written_at=clock.now(),
        form_key=form_key,
        alert=alert,
    )
    ask_to_read(plan.series, TASK, f"Read what {patient.name} wrote", plan.signed_by)
    return Kept(entry, alert is not None)


def fitting(text: str) -> str:
    """The words as they were meant; a NUL, which no database keeps, is none. Raises Told for none, and for too many."""
    words = text.replace("\r\n", "\n").replace("\0", "").strip()
    if not words:
        raise Told(_("Please write something first."))
    if len(words) > LONGEST:
        raise Told(_("This is too long. Please send it in two parts."))
    return words


def raised(patient: Patient, *, urgent: bool) -> SafetyAlert | None:
    """The alert that words of self-harm open, as those of a text do (reminders.inbound)."""
    return alerts.open_early(patient, is_high=False) if urgent else None


def ask_to_read(series: Series, kind: str, title: str, therapist: User | None) -> None:
    """One open task for all that is new; whoever gave the plan reads it, else whoever held the last session."""
    session = TherapySession.objects.filter(series=series).select_related("therapist").order_by("-id").first()
    followups.open_task(
        kind=kind,
        site=series.site,
        patient=series.patient,
        title=title,
        subject_kind=SUBJECT,
        subject_id=series.pk,
        owner_role=Role.THERAPIST,
        owner=therapist or (session.therapist if session else None),
        due_at=clock.now() + READ_WITHIN,
        link=reverse("therapy:plan", args=[series.pk]),
    )


def of_series(series_id: UUID) -> QuerySet[JournalEntry]:
    return JournalEntry.objects.filter(series=series_id).select_related("read_by", "alert")


@transaction.atomic
def read(*, series_id: UUID, seen: Collection[UUID], by: User) -> int:
    """Those of the new ones that were seen are read, by whom and when; with the last of them the task ends.

    What came in while somebody read stays new. Answers how many. Raises NotFound, NotPermitted.
    """
    series = reader(series_id, by)
    return mark_read(JournalEntry.objects.filter(series=series), seen, TASK, series, by)


def mark_read(rows: QuerySet[Any], seen: Collection[UUID], task: str, series: Series, by: User) -> int:
    """Of these written words the seen ones are read now; the task ends with the last."""
    new = rows.filter(read_at=None).select_for_update(of=("self",)).order_by("pk")
    pks = list(new.filter(pk__in=seen).values_list("pk", flat=True))
    rows.model.objects.filter(pk__in=pks).update(read_at=clock.now(), read_by=by)
    if not rows.filter(read_at=None).exists():
        followups.close_for(subject_kind=SUBJECT, subject_id=series.pk, kind=task, outcome="It was read.", by=by)
    return len(pks)


def reader(series_id: UUID, by: User) -> Series:
    """The series for who may read what was written. Raises NotFound, NotPermitted."""
    series = Series.objects.select_related("site", "patient").filter(pk=series_id, site__in=by.site_ids).first()
    if series is None:
        raise NotFound
    require(by, Action.READ_JOURNAL, at=series.site)
    return series
