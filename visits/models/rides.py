"""Who takes the patient home after a visit, as the patient told it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from clinic import clock
from clinic.history import audited
from clinic.records import Record
from patients.models import Contact, PatientLink
from visits.models.appointments import Appointment

USER = settings.AUTH_USER_MODEL


@audited
class Ride(Record):
    """The adult who comes for the patient after one visit; without a contact: nobody yet, the clinic is to call."""

    appointment = models.OneToOneField(Appointment, on_delete=models.PROTECT, related_name="ride")
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField(default=clock.now)
    told_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", help_text="The patient, or staff.")
    link = models.ForeignKey(
        PatientLink, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="Told by this link."
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["told_at", "id"]

    def __str__(self) -> str:
        return self.contact.name if self.contact else "Nobody yet"
