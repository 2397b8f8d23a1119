"""The protocol as a site uses it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from clinic import clock
from clinic.history import audited
from clinic.models.people import User
from clinic.models.places import Site
from clinic.protocol import ProtocolValues
from clinic.records import Record, together


@audited
class ProtocolSettings(Record, ProtocolValues):
    """Table A of the protocol as one site uses it. A change is a new version; old versions stay as they were."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="protocol_versions")
    version = models.PositiveIntegerField()
    made_at = models.DateTimeField(default=clock.now, editable=False)
    made_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["-version"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["site", "version"], name="protocol_version_once"),
            together("protocol_signature_whole", "signed_at", "signed_by"),
            *ProtocolValues.sane("protocol"),
        ]

    def __str__(self) -> str:
        return f"{self.site}, protocol version {self.version}"
