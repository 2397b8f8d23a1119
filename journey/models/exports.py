"""A patient's record as one file: who asked for it, how far it is, and the file until its hour is over."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic import clock
from clinic.history import audited
from clinic.records import Record
from patients.models import Patient

USER = settings.AUTH_USER_MODEL


def _key() -> str:
    return secrets.token_urlsafe(24)


@audited
class RecordExport(Record):
    """That a record left the house as a file. This stays; the file does not."""

    class Format(models.TextChoices):
        FHIR = "fhir", "FHIR R4, for another system"
        PDF = "pdf", "PDF, to read and print"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        MAKING = "making", "Being made"
        DONE = "done", "Ready"
        FAILED = "failed", "Broke off"

    KEPT: ClassVar[timedelta] = timedelta(hours=1)

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="exports")
    format = models.CharField(max_length=4, choices=Format.choices)
    reason = models.CharField("what it is for", max_length=200)
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    handled = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField(default=clock.now)
    asked_by = models.ForeignKey(
        USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="Empty for a command."
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    fetched_at = models.DateTimeField(null=True, blank=True, help_text="When its file was downloaded last.")

    class Meta:
        ordering: ClassVar[list[str]] = ["-asked_at", "-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["asked_at"], condition=Q(state__in=["waiting", "making"]), name="record_export_open"),
            models.Index(fields=["patient", "-asked_at"], name="record_export_by_patient"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="record_export_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="record_export_ended_at",
                condition=Q(state__in=["done", "failed"], ended_at__isnull=False)
                | Q(state__in=["waiting", "making"], ended_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_format_display()}, {str(self.get_state_display()).lower()}"

    @property
    def is_under_way(self) -> bool:
        return self.state in {self.State.WAITING, self.State.MAKING}


class RecordExportFile(Record):
    """The file itself, by a key that nobody guesses. It is deleted when its hour is over, so no history keeps it."""

    export = models.OneToOneField(RecordExport, on_delete=models.PROTECT, related_name="file")
    key = models.CharField(max_length=40, unique=True, default=_key, editable=False)
    content = models.BinaryField()
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"File of {self.export}"

    @property
    def is_open(self) -> bool:
        return self.expires_at > clock.now()
