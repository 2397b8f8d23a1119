"""What is known of a patient’s health and earlier treatment."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from clinic.history import audited
from clinic.records import Record, Retractable, within
from patients.models.people import Patient


class Coded(models.Model):
    """A row of the history with its code, where one is known."""

    system = models.CharField(max_length=80, blank=True)
    code = models.CharField(max_length=40, blank=True)
    display = models.CharField(max_length=255)
    source = models.CharField(max_length=20, default="staff", help_text="staff, patient, record or import")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.display


@audited
class Condition(Record, Coded, Retractable):
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="conditions")
    onset = models.DateField(null=True, blank=True)
    abatement = models.DateField(null=True, blank=True)

    class Meta(Retractable.Meta):
        ordering: ClassVar[list[str]] = ["-onset", "display"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["patient", "-onset"], name="condition_by_patient")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Retractable.Meta.constraints,
            models.UniqueConstraint(
                fields=["patient", "system", "code", "display", "onset"],
                nulls_distinct=False,
                name="condition_once",
            ),
        ]


@audited
class Medication(Record, Coded, Retractable):
    """A medicine the patient takes or took (FHIR MedicationStatement)."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="medications")
    dose = models.CharField(max_length=120, blank=True)
    started = models.DateField(null=True, blank=True)
    stopped = models.DateField(null=True, blank=True)

    class Meta(Retractable.Meta):
        ordering: ClassVar[list[str]] = ["-started", "display"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["patient", "-started"], name="medication_by_patient")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Retractable.Meta.constraints,
            models.UniqueConstraint(
                fields=["patient", "system", "code", "display", "started"],
                nulls_distinct=False,
                name="medication_once",
            ),
        ]


@audited
class Allergy(Record, Coded, Retractable):
    class Severity(models.TextChoices):
        MILD = "mild", "Mild"
        MODERATE = "moderate", "Moderate"
        SEVERE = "severe", "Severe"
        UNKNOWN = "", "Not recorded"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="allergies")
    reaction = models.CharField(max_length=200, blank=True)
    severity = models.CharField(max_length=8, blank=True, choices=Severity.choices)
    noted_on = models.DateField(null=True, blank=True)

    class Meta(Retractable.Meta):
        ordering: ClassVar[list[str]] = ["display"]
        verbose_name_plural = "allergies"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Retractable.Meta.constraints,
            models.UniqueConstraint(fields=["patient", "system", "code", "display"], name="allergy_once"),
        ]


@audited
class TreatmentTrial(Record, Retractable):
    """A treatment tried before: what makes a depression treatment-resistant (ATHF-SF in short)."""

    class Outcome(models.TextChoices):
        NONE = "none", "No change"
        UNDER_25 = "under_25", "Less than 25 % better"
        UNDER_50 = "under_50", "25 to 49 % better"
        RESPONSE = "response", "50 % better or more"
        REMISSION = "remission", "Remission"
        INTOLERANT = "intolerant", "Not tolerated"

    class Adherence(models.TextChoices):
        GOOD = "good", "As prescribed"
        PARTIAL = "partial", "Mostly"
        POOR = "poor", "Less than half of the time"
        UNKNOWN = "", "Not known"

    class Source(models.TextChoices):
        STAFF = "staff", "Asked at the visit"
        PATIENT = "patient", "Patient, in writing"
        PHARMACY = "pharmacy", "Pharmacy"
        RECORD = "record", "Medical record"
        IMPORT = "import", "Imported record"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="trials")
    treatment = models.CharField(max_length=120)
    treatment_class = models.CharField("class", max_length=60, blank=True)
    dose = models.CharField("highest dose", max_length=60, blank=True)
    weeks_at_adequate_dose = models.PositiveSmallIntegerField("weeks at an adequate dose")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    this_episode = models.BooleanField("in the present episode", default=True)
    started = models.DateField(null=True, blank=True)
    stopped = models.DateField(null=True, blank=True)
    adherence = models.CharField(max_length=7, blank=True, choices=Adherence.choices)
    source = models.CharField(max_length=8, choices=Source.choices, default=Source.STAFF)

    FAILED: ClassVar[frozenset[str]] = frozenset({"none", "under_25", "under_50"})

    class Meta(Retractable.Meta):
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Retractable.Meta.constraints,
            within("trial_weeks_sane", "weeks_at_adequate_dose", 0, 1040),
            models.CheckConstraint(
                name="trial_stops_after_start",
                condition=Q(started__isnull=True) | Q(stopped__isnull=True) | Q(stopped__gte=F("started")),
            ),
        ]

    def __str__(self) -> str:
        return self.treatment
