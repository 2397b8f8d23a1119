"""`manage.py bench`: measure with busy calendars and print a table. What it makes is rolled back."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from clinic.bench import every_case, measure


class Command(BaseCommand):
    help = "Measure the slow things with much data; everything it makes is rolled back."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only", default="", help="Run only the cases whose name contains this.")

    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:  # a database migrated a moment ago is not yet kept by autovacuum
            cursor.execute("VACUUM ANALYZE")
        row = "{:<58}{:>6}{:>10}{:>10}{:>10}{:>10}{:>9}"
        self.stdout.write(row.format("case", "runs", "p50 ms", "p95 ms", "max ms", "p95 CPU", "target"))
        missed = []
        for case in every_case():
            if options["only"] not in case.name:
                continue
            measured = measure(case)
            cells = [f"{value:.1f}" for value in (measured.percentile(0.5), measured.percentile(0.95))]
            mark = f"{case.target_ms:g}" + ("" if measured.is_met else " !")
            cells += [f"{max(measured.times_ms):.1f}", f"{measured.cpu_percentile(0.95):.1f}"]
            self.stdout.write(row.format(case.name, case.runs, *cells, mark))
            if not measured.is_met:
                missed.append(case.name)
        if missed:
            raise CommandError(f"Slower than the target: {', '.join(missed)}.")
