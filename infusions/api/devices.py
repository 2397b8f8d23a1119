"""Monitors and pumps of the rooms. A new one's token stands in the answer that makes it, and nowhere else."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework import serializers

from clinic.api.declaring import Collection, Verb
from clinic.models import User
from infusions import devices
from infusions.models import Device


def known(user: User) -> QuerySet[Device]:
    return Device.objects.filter(room__site__in=user.site_ids)


DEVICES = Collection(
    name="devices",
    model=Device,
    rows=known,
    shows=("id", "room", "name", "registered_at", "registered_by", "revoked_at", "revoked_by"),
    filters={"room": serializers.UUIDField(required=False)},
    by={"room": "room_id"},
    create=Verb(does=devices.register, takes=("room", "name"), secret=True, proof="infusions:devices"),
    verbs={"revoke": Verb(does=devices.revoke, record="device_id")},
)
