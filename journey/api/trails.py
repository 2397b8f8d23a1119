"""What was read and what was written: of one record, and by one person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from clinic import access, clock
from clinic.api.declaring import Question
from clinic.api.fields import Known, Moment, Typed
from clinic.errors import Invalid
from clinic.models import User
from journey import trail, trail_words
from patients.access import scoped
from patients.models import Patient

LONGEST = timedelta(days=32)
SOON = timedelta(minutes=1)  # what is written in this very moment is asked for too


class OfPatient(Typed):
    patient = Known(Patient)
    before = Moment(required=False, help_text="The `before` of the page that came before this one.")


class OfPerson(Typed):
    user = Known(User)
    since = Moment()
    until = Moment()


class Line(serializers.Serializer[Any]):
    """One thing that one person did at one moment: what it was, and never what was written."""

    at = serializers.DateTimeField()
    user = serializers.UUIDField(allow_null=True)
    patient = serializers.UUIDField(allow_null=True)
    did = serializers.CharField()
    why = serializers.CharField(allow_blank=True)
    address = serializers.CharField(allow_null=True)
    request_id = serializers.CharField(allow_blank=True)


class Page(serializers.Serializer[Any]):
    lines = Line(many=True)
    before = serializers.DateTimeField(allow_null=True, help_text="Where the next, older page begins.")


def _told(lines: Sequence[trail.Line], patients: Mapping[Any, Patient]) -> list[dict[str, Any]]:
    """The lines, without the patients whom the reader may not see, and why they were opened."""
    rows = [(line, trail_words.tell(line, patients=patients)) for line in lines]
    return [
        {
            "at": line.at,
            "user": line.user_id,
            "patient": None if told.elsewhere else line.patient_id,
            "did": told.did,
            "why": told.why,
            "address": line.address or None,
            "request_id": line.request_id,
        }
        for line, told in rows
    ]


def _of_patient(request: Request, typed: Mapping[str, Any]) -> dict[str, Any]:
    patient: Patient = typed["patient"]
    access.log_read(request._request, patient_id=patient.pk, what="who looked")
    lines, older = trail.of_patient(patient, before=typed.get("before") or clock.now() + SOON)
    return {"lines": _told(lines, {patient.pk: patient}), "before": older}


def _of_person(request: Request, typed: Mapping[str, Any]) -> dict[str, Any]:
    since, until = typed["since"], typed["until"]
    if not timedelta(0) < until - since <= LONGEST:
        raise Invalid({"until": "Choose an end at most a month after the beginning."})
    lines = trail.of_person(typed["user"], since=since, until=until)
    seen = scoped(request.user).in_bulk({line.patient_id for line in lines if line.patient_id})  # type: ignore[arg-type]
    if seen:
        access.log_reads(request._request, patient_ids=seen, what="who looked, of a member of staff")
    return {"lines": _told(lines, seen), "before": None}


TRAILS: tuple[Question, ...] = (
    Question(
        name="audit/of-patient",
        method="GET",
        asks=OfPatient,
        answers=Page,
        does=_of_patient,
        words="Who opened and who changed a record, newest first.",
    ),
    Question(
        name="audit/of-person",
        method="GET",
        asks=OfPerson,
        answers=Page,
        does=_of_person,
        words=f"What one person opened and wrote between two moments, newest first, at most {5 * trail.PAGE} lines.",
    ),
)
