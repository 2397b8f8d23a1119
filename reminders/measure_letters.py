"""A message when questionnaires come due that the patient answers at home (Table A, phq9_cadence_post).

What is asked before an infusion is asked at the visit, and needs no message. One goes out for what comes due together;
a link that was made since, by whom ever, is enough. What was answered before it went out is not asked any more.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from clinic import clock
from patients.giving import PURPOSE
from patients.instruments import SCORES_ONLY
from patients.models import MeasureDue, MeasureResponse, Patient, PatientLink
from reminders import ledger, preferences
from reminders.models import Message

AT_HOME = (MeasureResponse.Timepoint.POST_SERIES, MeasureResponse.Timepoint.FOLLOW_UP)
AT_ONCE = 100
ASKED = timedelta(days=10)  # as long as an answer counts: three days to answer, and a week that is late
KIND, SUBJECT = "questions_due", "patient"


def write_due() -> int:
    """Tell each patient whose questionnaires came due, where they agreed to messages. Answers how many."""
    _take_back_answered()
    due = _waiting(clock.now())
    people = Patient.objects.select_related("site").in_bulk(due)
    ways = preferences.ways_of(people.values())
    told = [pk for pk in due if ways[pk].open][:AT_ONCE]
    for pk in told:
        _write(people[pk], due[pk])
    return len(told)


def _open_at_home() -> QuerySet[MeasureDue]:
    return MeasureDue.objects.filter(state=MeasureDue.State.OPEN, timepoint__in=AT_HOME).exclude(
        instrument__in=SCORES_ONLY
    )


def _waiting(now: datetime) -> dict[UUID, datetime]:
    """Patients with something due at home since the last three days, and nothing said or given since then.

    Whoever waits longest comes first; with the moment from which the newest is due.
    """
    made_since = PatientLink.objects.filter(
        patient=OuterRef("patient"), purpose=PURPOSE, made_at__gte=OuterRef("due_from"), revoked_at=None
    )
    said_since = Message.objects.filter(
        patient=OuterRef("patient"), kind=KIND, planned_at__gte=OuterRef("due_from")
    ).exclude(state=Message.State.VOID)
    rows = _open_at_home().filter(
        ~Exists(made_since),
        ~Exists(said_since),
        due_from__range=(now - timedelta(days=3), now),
        patient__deceased_on=None,
    )
    return dict(rows.order_by("due_from").values_list("patient", "due_from"))


def _write(patient: Patient, newest: datetime) -> None:
    """The occasion is what came due, so that two who look at one moment write one message."""
    now = clock.now()
    ledger.keep(
        kind=KIND,
        patient=patient,
        site=patient.site,
        subject_kind=SUBJECT,
        subject_id=patient.pk,
        occurrence=newest.isoformat(timespec="seconds"),
        due_at=now,
        expires_at=now + ASKED,
        why="More came due.",
    )


@transaction.atomic
def _take_back_answered() -> None:
    open_still = _open_at_home().filter(patient=OuterRef("patient"))
    answered = Message.objects.filter(~Exists(open_still), kind=KIND, state=Message.State.PLANNED)
    for patient_id in answered.values_list("subject_id", flat=True)[:AT_ONCE]:
        ledger.void(subject_kind=SUBJECT, subject_id=patient_id, why="It was answered.", kinds=(KIND,))
