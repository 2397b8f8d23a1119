"""The gate of an infusion: what is met, what is missing, and who can mend it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from clinic import access
from clinic.api.declaring import Question
from clinic.api.fields import Known, Typed, one_of
from infusions import lights, readiness
from infusions.models import Infusion


class AskGate(Typed):
    infusion = Known(Infusion)


class GateLight(serializers.Serializer[Any]):
    """One item of the gate: `passed` where it is met, or a provider let what was found pass."""

    key = serializers.CharField()
    state = one_of([lights.OK, lights.WARN, lights.STOP, lights.TODO])
    label = serializers.CharField()  # type: ignore[assignment]
    sentence = serializers.CharField(help_text="What is missing and what to do; empty when nothing is.")
    who = serializers.CharField(help_text="Who can mend it.")
    passed = serializers.BooleanField()
    override = serializers.UUIDField(source="override.pk", default=None, allow_null=True)


def look(request: Request, asked: Mapping[str, Any]) -> list[lights.Light]:
    infusion: Infusion = asked["infusion"]
    access.log_read(request._request, patient_id=infusion.series.patient_id, what="gate")
    return readiness.lights(infusion)


GATE = Question(
    name="infusions/gate",
    method="GET",
    asks=AskGate,
    answers=GateLight,
    many=True,
    does=look,
    words="Every light of one infusion, in the order in which they are worked through.",
)
