"""The first call or form."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic import clock
from clinic.history import audited
from clinic.models import Site
from clinic.records import Record
from patients.models.people import Patient

USER = settings.AUTH_USER_MODEL


@audited
class Inquiry(Record):
    """A first call or form, before there is a patient."""

    class Source(models.TextChoices):
        WEB = "web", "Web form"
        PHONE = "phone", "Phone"

    class State(models.TextChoices):
        NEW = "new", "New"
        CONTACTED = "contacted", "Contacted"
        REGISTERED = "registered", "Registered"
        CLOSED = "closed", "Closed"

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="inquiries")
    source = models.CharField(max_length=5, choices=Source.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    given_name = models.CharField(max_length=80)
    family_name = models.CharField(max_length=80)
    birth_date = models.DateField(null=True, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    message = models.TextField(blank=True, max_length=2000)
    received_at = models.DateTimeField(default=clock.now)
    taken_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(
        Patient,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="inquiries",
    )
    closed_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-received_at"]
        verbose_name_plural = "inquiries"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["site", "state", "-received_at"], name="inquiry_queue")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="inquiry_reachable", condition=~Q(phone="") | ~Q(email="")),
            models.CheckConstraint(
                name="inquiry_registered_has_patient",
                condition=~Q(state="registered") | Q(patient__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.given_name} {self.family_name}"
