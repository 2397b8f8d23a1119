"""The upload of a file with patients."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from clinic.forms import CalmForm
from patients.imports.source import MAX_UPLOAD, MEGABYTE
from patients.models import ImportJob


class ImportForm(CalmForm, forms.Form):
    picks = ("format",)
    required_sentences: ClassVar[dict[str, str]] = {
        "format": "Choose what kind of file this is.",
        "upload": "Choose the file to import.",
    }

    format = forms.ChoiceField(
        label="What is it?",
        choices=[
            (ImportJob.Format.SYNTHEA, "Synthea folder, zipped"),
            (ImportJob.Format.CSV, "CSV with our header"),
            (ImportJob.Format.FHIR, "FHIR R4 bundle"),
        ],
        initial=ImportJob.Format.CSV,
    )
    upload = forms.FileField(
        label="File",
        help_text=f"CSV, JSON, or a zip of several; up to {MAX_UPLOAD // MEGABYTE}\u00a0MB.",
        max_length=200,
    )
    dry_run = forms.BooleanField(
        label="Only try it",
        required=False,
        help_text="Says what would be taken, and keeps none of it.",
    )

    def clean_upload(self) -> Any:
        upload = self.cleaned_data["upload"]
        if upload.size > MAX_UPLOAD:
            raise forms.ValidationError(f"This file is larger than {MAX_UPLOAD // MEGABYTE} MB. Import it in parts.")
        return upload
