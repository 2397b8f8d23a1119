"""What a patient does not want to be sent."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from clinic import clock
from clinic.history import audited
from clinic.records import Record
from patients.models import ContactConsent, Patient


@audited
class OptOut(Record):
    """The patient said stop. All automated messages of the channel are held back while it is in force."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="opt_outs")
    channel = models.CharField(max_length=5, choices=ContactConsent.Channel.choices)
    words = models.CharField(max_length=160)
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["patient", "channel"],
                condition=Q(until__isnull=True),
                name="opt_out_one_in_force",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}: {self.words}"
