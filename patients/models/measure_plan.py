"""Which questionnaire is due when, and the answers of one that is still being filled in."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from clinic import clock
from clinic.history import audited
from clinic.records import Record, ordered, together
from patients.models.links import PatientLink
from patients.models.measures import MeasureResponse
from patients.models.people import Patient


@audited
class MeasureDue(Record):
    """One questionnaire that a plan asks for, in its time. Whoever plans names the source and a key within it."""

    class State(models.TextChoices):
        OPEN = "open", "Due"
        DONE = "done", "Done"
        MISSED = "missed", "Missed"
        VOID = "void", "No longer wanted"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="measures_due")
    source = models.CharField(max_length=80, help_text="Who plans it, as “infusions”.")
    key = models.CharField(max_length=120, help_text="What it is for, once within the source.")
    instrument = models.CharField(max_length=8, choices=MeasureResponse.Instrument.choices)
    timepoint = models.CharField(max_length=14, choices=MeasureResponse.Timepoint.choices)
    due_from = models.DateTimeField()
    due_until = models.DateTimeField()
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN)
    response = models.ForeignKey(
        MeasureResponse, null=True, blank=True, on_delete=models.PROTECT, related_name="answers_due"
    )
    made_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["due_from", "id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["patient", "due_from"], condition=Q(state="open"), name="measure_due_open"),
            models.Index(fields=["due_until"], condition=Q(state="open"), name="measure_due_late"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            ordered("measure_due_window", "due_from", "due_until"),
            models.UniqueConstraint(
                fields=["patient", "source", "key"], condition=Q(state="open"), name="measure_due_once"
            ),
            models.CheckConstraint(
                name="measure_due_done_has_response",
                condition=Q(state="done", response__isnull=False) | (~Q(state="done") & Q(response__isnull=True)),
            ),
            models.CheckConstraint(
                name="measure_due_closed_at",
                condition=Q(state="open", closed_at__isnull=True) | (~Q(state="open") & Q(closed_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_instrument_display()}, {self.get_timepoint_display().lower()}"

    @property
    def is_due(self) -> bool:
        """Its time has come, and nobody has answered it."""
        return self.state == self.State.OPEN and self.due_from <= clock.now()

    @property
    def is_late(self) -> bool:
        return self.is_due and self.due_until < clock.now()


@audited
class MeasureDraft(Record):
    """A questionnaire that a patient is filling in by link: each answer is kept as it is given."""

    link = models.ForeignKey(PatientLink, on_delete=models.PROTECT, related_name="drafts")
    instrument = models.CharField(max_length=8, choices=MeasureResponse.Instrument.choices)
    timepoint = models.CharField(max_length=14, choices=MeasureResponse.Timepoint.choices)
    version = models.CharField(max_length=20)
    language = models.CharField(max_length=5)
    answers = ArrayField(models.PositiveSmallIntegerField(null=True), help_text="Empty where not answered yet.")
    started_at = models.DateTimeField(default=clock.now)
    saved_at = models.DateTimeField(default=clock.now)
    response = models.OneToOneField(
        MeasureResponse, null=True, blank=True, on_delete=models.PROTECT, related_name="draft"
    )
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["started_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            together("measure_draft_finished", "response", "finished_at"),
            models.UniqueConstraint(
                fields=["link", "instrument"], condition=Q(finished_at__isnull=True), name="measure_draft_once"
            ),
            models.CheckConstraint(
                name="measure_draft_answers_fit",
                condition=Q(instrument="phq9", answers__len=9)
                | Q(instrument="gad7", answers__len=7)
                | Q(instrument="cssrs", answers__len=6)
                | Q(instrument="asq", answers__len=5)
                | Q(instrument="pcl5", answers__len=20),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_instrument_display()}, being filled in"
