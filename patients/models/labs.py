"""Results of the work-up: laboratory, urine, pregnancy test, ECG."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from clinic.history import audited
from clinic.records import Entered, Record, Retractable
from patients.models.people import Patient


@audited
class LabResult(Record, Entered, Retractable):
    """One result (FHIR Observation): what was found on which day, and who told it. `observed_at` is the sampling."""

    class Test(models.TextChoices):
        CMP = "cmp", "Metabolic panel with liver values"
        TSH = "tsh", "TSH"
        UA = "ua", "Urinalysis"
        UDS = "uds", "Urine drug screen"
        HCG = "hcg", "Pregnancy test"
        ECG = "ecg", "ECG"

    class Finding(models.TextChoices):
        NORMAL = "normal", "Normal"
        ABNORMAL = "abnormal", "Not normal"
        NEGATIVE = "negative", "Negative"
        POSITIVE = "positive", "Positive"

    class Source(models.TextChoices):
        HERE = "here", "Done here"
        LAB = "lab", "Laboratory"
        RECORD = "record", "Outside record"
        IMPORT = "import", "Imported record"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="lab_results")
    test = models.CharField(max_length=4, choices=Test.choices)
    loinc = models.CharField("LOINC", max_length=10, blank=True)
    finding = models.CharField(max_length=8, choices=Finding.choices)
    detail = models.CharField("values, or what was not normal", max_length=200, blank=True)
    source = models.CharField(max_length=6, choices=Source.choices)

    WITH_SIGN: ClassVar[frozenset[str]] = frozenset({"uds", "hcg"})
    """Tests that are negative or positive; the others are normal or not."""

    class Meta(Retractable.Meta):
        ordering: ClassVar[list[str]] = ["-observed_at", "-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["patient", "test", "-observed_at"], name="lab_by_patient")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Retractable.Meta.constraints,
            models.CheckConstraint(
                name="lab_finding_fits_test",
                condition=Q(test__in=["uds", "hcg"], finding__in=["negative", "positive"])
                | Q(test__in=["cmp", "tsh", "ua", "ecg"], finding__in=["normal", "abnormal"]),
            ),
            models.CheckConstraint(name="lab_abnormal_has_detail", condition=~Q(finding="abnormal") | ~Q(detail="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_test_display()}: {str(self.get_finding_display()).lower()}"
