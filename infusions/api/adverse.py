"""Adverse events and near misses."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework import serializers

from clinic.api.declaring import Collection, Verb
from clinic.api.fields import Known, like, one_of
from clinic.models import User
from infusions import adverse
from infusions.api.rows import ENTERED
from infusions.models import AdverseEvent, Infusion
from patients.models import Patient


def adverse_events(user: User) -> QuerySet[AdverseEvent]:
    return AdverseEvent.objects.filter(site__in=user.site_ids)


ADVERSE = Collection(
    name="adverse-events",
    model=AdverseEvent,
    rows=adverse_events,
    patient="patient_id",
    shows=(
        "id", "patient", "site", "infusion", *ENTERED, "kind", "term", "detail", "grade", "serious", "expected",
        "causality", "action", "outcome", "ended_at", "reviewed_at", "reviewed_by", "review_note",
    ),
    filters={"patient": serializers.UUIDField(required=False), "infusion": serializers.UUIDField(required=False)},
    by={"patient": "patient_id", "infusion": "infusion_id"},
    create=Verb(
        does=adverse.report,
        takes=("observed_at", "detail", "grade", "expected", "client_key"),
        fields={
            "patient": Known(Patient),
            "infusion": Known(Infusion, required=False),
            **like(
                AdverseEvent, ("kind", "term", "serious", "causality", "action", "outcome"), needs=("kind", "term")
            ),
        },
    ),
    verbs={
        "review": Verb(
            does=adverse.review,
            record="event_id",
            takes=("note",),
            fields={"outcome": one_of(AdverseEvent.Outcome)},
        )
    },
)  # fmt: skip
