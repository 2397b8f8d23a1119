"""`manage.py export_patient MRN --format fhir|pdf`: the whole record of one patient as a file of this machine."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clinic import history
from clinic.models import User
from journey.fhir import exports
from journey.models import RecordExport
from patients.models import Patient


class Command(BaseCommand):
    help = "Write the record of a patient to a file that only you can read. That it was done is kept (docs/fhir.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("mrn")
        parser.add_argument("--format", required=True, choices=[str(form) for form in RecordExport.Format.values])
        parser.add_argument("--to", type=Path, help="the file; without it record-MRN.json or .pdf in this directory")
        parser.add_argument("--by", help="the email of the person in whose name it is done")

    def handle(self, *args: Any, **options: Any) -> None:
        form = options["format"]
        patient = Patient.objects.select_related("site").filter(mrn=options["mrn"]).first()
        if patient is None:
            raise CommandError(f"Nobody here has the number {options['mrn']}.")
        by = self._user(options["by"])
        path = options["to"] or Path(f"record-{patient.mrn}.{exports.SUFFIX[form]}")
        if path.exists():
            raise CommandError(f"{path} is there already. Name another file with --to.")
        with history.acting(by.pk if by else None, source="export"):
            content = exports.at_console(patient=patient, format=form, by=by)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        self.stdout.write(f"{path}: {len(content):,} bytes. Keep it safe, and delete it after use.")

    def _user(self, email: str | None) -> User | None:
        user = User.objects.filter(email__iexact=email or "", is_active=True).first()
        if email and user is None:
            raise CommandError(f"Nobody here has the email {email}.")
        return user
