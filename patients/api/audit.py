"""Who looked at whose record."""

from __future__ import annotations

from rest_framework import serializers

from clinic.api.declaring import Collection
from clinic.api.fields import Moment
from clinic.models import ReadEvent
from patients.access import scoped

AUDIT = Collection(
    name="audit",
    model=ReadEvent,
    rows=lambda user: ReadEvent.objects.filter(patient_id__in=scoped(user).values("pk")),  # whoever it was that read
    has_record=False,
    shows=("id", "at", "user", "patient_id", "what", "route", "request_id", "reason", "address"),
    filters={
        "patient": serializers.UUIDField(required=False),
        "user": serializers.UUIDField(required=False),
        "since": Moment(required=False),
        "until": Moment(required=False),
    },
    by={"patient": "patient_id", "user": "user_id", "since": "at__gte", "until": "at__lt"},
)

COLLECTIONS: tuple[Collection, ...] = (AUDIT,)
