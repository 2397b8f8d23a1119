"""Looking at how records were opened: emergencies, what was unusual, and marks on whole records."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from clinic.api.declaring import Collection, Verb
from clinic.api.fields import Known, one_of
from clinic.models import User
from journey import access_watch, emergency, record_marks
from journey.models import EmergencyAccess, RecordMark, UnusualAccess, Verdict
from patients.models import Patient

REVIEWED = ("reviewed_at", "reviewed_by", "verdict", "words")
VERDICT = {"verdict": one_of(Verdict), "words": serializers.CharField(max_length=300)}
OPEN = {"reviewed": serializers.BooleanField(required=False)}


def _by_review(rows: QuerySet[Any], value: bool, user: User) -> QuerySet[Any]:
    return rows.filter(reviewed_at__isnull=not value)


def emergencies(user: User) -> QuerySet[EmergencyAccess]:
    return EmergencyAccess.objects.filter(site__in=user.site_ids)


def unusual(user: User) -> QuerySet[UnusualAccess]:
    return UnusualAccess.objects.filter(site__in=user.site_ids)


def marks(user: User) -> QuerySet[RecordMark]:
    return RecordMark.objects.filter(patient__site__in=user.site_ids)


def _review(*, row: UnusualAccess, verdict: str, words: str, by: User) -> int:
    """Say what an access was. Raises NotFound, NotPermitted, Invalid, Refused for one's own or one judged already."""
    return access_watch.review(access_ids=[row.pk], verdict=verdict, words=words, by=by)


EMERGENCIES = Collection(
    name="emergencies",
    model=EmergencyAccess,
    rows=emergencies,
    patient="patient_id",
    shows=("id", "patient", "site", "opened_by", "reason", "opened_at", "ends_at", "closed_at", *REVIEWED),
    filters=OPEN,
    by={"reviewed": _by_review},
    verbs={"review": Verb(does=emergency.review, record="access_id", fields=VERDICT)},
)
UNUSUAL = Collection(
    name="unusual-accesses",
    model=UnusualAccess,
    rows=unusual,
    patient="patient_id",
    shows=("id", "kind", "site", "user", "patient", "day", "first_at", "last_at", "reads", *REVIEWED),
    filters={**OPEN, "kind": one_of(UnusualAccess.Kind, required=False)},
    by={"reviewed": _by_review},
    verbs={"review": Verb(does=_review, record="row", fields=VERDICT)},
)
MARKS = Collection(
    name="record-marks",
    model=RecordMark,
    rows=marks,
    patient="patient_id",
    shows=("id", "patient", "kind", "reason", "set_at", "set_by", "ended_at", "ended_by", "ended_because"),
    filters={"patient": serializers.UUIDField(required=False), "kind": one_of(RecordMark.Kind, required=False)},
    by={"patient": "patient_id"},
    create=Verb(
        does=record_marks.set_mark,
        takes=("reason",),
        fields={"patient": Known(Patient, as_id=True, source="patient_id"), "kind": one_of(RecordMark.Kind)},
    ),
    verbs={"end": Verb(does=record_marks.end_mark, record="mark_id", takes=("because",))},
)
