"""How somebody is the day after, as they answered themselves or told a nurse on the phone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers

from clinic.api.declaring import Collection, Verb
from clinic.api.fields import Moment, Whole, Words, one_of
from clinic.models import User
from infusions import checkins
from infusions.checkin_rules import ASKED, LONGEST, TOPS
from infusions.models import CheckIn


def answers(user: User) -> QuerySet[CheckIn]:
    return CheckIn.objects.filter(infusion__series__site__in=user.site_ids).select_related("infusion__series")


def _call(*, checkin_id: UUID, by: User, **typed: Any) -> CheckIn:
    """What a nurse heard on the phone: the same questions. Raises NotFound, NotPermitted, Refused, Invalid."""
    return checkins.record_call(checkin_id=checkin_id, typed=typed, by=by)


CHECKINS = Collection(
    name="checkins",
    model=CheckIn,
    rows=answers,
    patient="infusion.series.patient_id",
    shows=(
        "id", "infusion", "state", "due_at", "silent_at", "closes_at", *ASKED, "effects_words", "answered_at",
        "answered_by", "alert", "version",
    ),
    filters={
        "infusion": serializers.UUIDField(required=False),
        "patient": serializers.UUIDField(required=False),
        "state": one_of(CheckIn.State, required=False),
        "due_before": Moment(required=False),
    },
    by={"infusion": "infusion_id", "patient": "infusion__series__patient_id", "due_before": "due_at__lt"},
    verbs={
        "call": Verb(
            does=_call,
            record="checkin_id",
            fields={
                "mood": Whole(min_value=0, max_value=TOPS["mood"], required=False),
                "effects": serializers.ListField(child=one_of(CheckIn.Effect), max_length=10, required=False),
                "effects_words": Words(max_length=LONGEST, required=False),
                "bother": one_of(CheckIn.Bother, required=False),
                "sleep": one_of(CheckIn.Sleep, required=False),
                "bladder": serializers.BooleanField(required=False),
                "thoughts": one_of(CheckIn.Thoughts, required=False),
            },
        )
    },
)  # fmt: skip
