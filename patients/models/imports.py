"""A run of the import, row by row."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from clinic import clock
from clinic.history import audited
from clinic.models import Site
from clinic.records import Record
from patients.models.people import Patient

USER = settings.AUTH_USER_MODEL


@audited
class ImportJob(Record):
    """One run of the import, with what became of each row."""

    class Format(models.TextChoices):
        SYNTHEA = "synthea-csv", "Synthea CSV folder (as a zip file)"
        CSV = "csv", "CSV with our header"
        FHIR = "fhir", "FHIR R4 bundle"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        REFUSED = "refused", "Refused"

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="import_jobs")
    format = models.CharField(max_length=12, choices=Format.choices)
    file_name = models.CharField(max_length=200)
    content = models.BinaryField(null=True, blank=True, help_text="The uploaded file; emptied when the run ends.")
    dry_run = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    total = models.PositiveIntegerField(default=0)
    handled = models.PositiveIntegerField(default=0)
    refusal = models.CharField(
        max_length=500,
        blank=True,
        help_text="Why the whole file was refused: line and column.",
    )
    started_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-asked_at"]

    def __str__(self) -> str:
        return self.file_name


class ImportRow(models.Model):
    """What became of one row of the file."""

    class Outcome(models.TextChoices):
        CREATED = "created", "Taken, new"
        UPDATED = "updated", "Taken, changed"
        UNCHANGED = "unchanged", "Already here"
        SKIPPED = "skipped", "Skipped"
        FAILED = "failed", "Not taken"

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="rows")
    file = models.CharField(max_length=120)
    line = models.PositiveIntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    what = models.CharField(max_length=200)
    why = models.CharField(max_length=300, blank=True)
    patient = models.ForeignKey(Patient, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["file", "line", "id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["job", "outcome"], name="import_row_by_outcome")]

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.outcome}"
