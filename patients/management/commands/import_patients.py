"""`manage.py import_patients PATH --format synthea-csv|csv|fhir`; without PATH, the uploads that wait in line."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clinic.errors import DomainError
from clinic.models import Site, User
from patients.imports import jobs
from patients.imports.rows import Outcome, Taken
from patients.models import ImportJob

SHOWN = 200


class Command(BaseCommand):
    help = "Import patients. Repeatable: a second run of the same files changes nothing. Format: docs/import.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", nargs="?", type=Path, help="a file, a folder or a zip; none: do what waits in line")
        parser.add_argument("--format", choices=[str(form) for form in ImportJob.Format.values])
        parser.add_argument("--site", help="the site's code; may be left out where there is only one")
        parser.add_argument("--by", help="the email of the person in whose name it is done")
        parser.add_argument("--dry-run", action="store_true", help="say what would be taken, and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path | None = options["path"]
        if path is None:
            self.stdout.write(f"{jobs.run_waiting()} waiting imports carried out.")
            return
        if not options["format"]:
            raise CommandError("Say what it is: --format synthea-csv, --format csv or --format fhir.")
        site, by = self._site(options["site"]), self._user(options["by"])
        try:
            if options["dry_run"]:
                self._tell_dry(jobs.try_path(site=site, format=options["format"], path=path, by=by))
            else:
                self._tell(jobs.run_path(site=site, format=options["format"], path=path, by=by))
        except DomainError as error:
            raise CommandError(error.sentence) from None

    def _site(self, code: str | None) -> Site:
        sites = {site.code: site for site in Site.objects.filter(is_active=True)}
        if code is None and len(sites) == 1:
            return next(iter(sites.values()))
        if code not in sites:
            known = ", ".join(sorted(sites)) or "none yet"
            raise CommandError(f"Name the site with --site. Its code is one of: {known}.")
        return sites[code]

    def _user(self, email: str | None) -> User | None:
        user = User.objects.filter(email__iexact=email or "", is_active=True).first()
        if email and user is None:
            raise CommandError(f"Nobody here has the email {email}.")
        return user

    def _tell(self, job: ImportJob) -> None:
        if job.state == ImportJob.State.REFUSED:
            raise CommandError(f"Refused, and nothing was changed. {job.refusal}")
        rows = job.rows.values_list("file", "outcome")
        self._table(Counter((file, outcome) for file, outcome in rows))
        told = sorted(job.rows.exclude(why="").exclude(outcome=Outcome.UNCHANGED), key=lambda row: _rank(row.outcome))
        self._reasons([(row.file, row.line, row.what, row.why) for row in told[:SHOWN]], len(told))

    def _tell_dry(self, taken: list[Taken]) -> None:
        self.stdout.write("Dry run: this is what would happen. Nothing was written.")
        self._table(jobs.counted(taken))
        told = sorted(
            (row for row in taken if row.why and row.outcome != Outcome.UNCHANGED), key=lambda row: _rank(row.outcome)
        )
        self._reasons([(row.where.file, row.where.line, row.what, row.why) for row in told[:SHOWN]], len(told))

    def _table(self, counts: jobs.Counts) -> None:
        for file, ends in jobs.summary(counts):
            words = ", ".join(f"{number} {label.lower()}" for label, number in ends)
            self.stdout.write(f"{file}: {words}")
        totals = {outcome: sum(n for (_, end), n in counts.items() if end == outcome) for outcome in Outcome.values}
        words = ", ".join(f"{number} {outcome}" for outcome, number in totals.items())
        self.stdout.write(f"Together: {words}.")

    def _reasons(self, rows: list[tuple[str, int, str, str]], total: int) -> None:
        for file, line, what, why in rows:
            self.stdout.write(f"  {file}:{line} {what}: {why}")
        if total > len(rows):
            self.stdout.write(f"  … and {total - len(rows)} more.")


def _rank(outcome: str) -> int:
    """What was not taken is told first."""
    return [Outcome.FAILED, Outcome.SKIPPED, Outcome.UPDATED, Outcome.CREATED].index(Outcome(outcome))
