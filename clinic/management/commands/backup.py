"""`manage.py backup`: an encrypted backup into a directory; files that need not be kept any longer are removed."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic import clock
from clinic.backups import rotation, taking
from clinic.runtime.problems import Trouble


class Command(BaseCommand):
    help = "Write an encrypted backup of the whole database. Run it as the owner of the tables."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", default="", help="The directory; else BACKUP_DIRECTORY.")

    def handle(self, *args: Any, **options: Any) -> None:
        directory = options["to"] or settings.BACKUP_DIRECTORY
        if not directory:
            raise CommandError("Say where to: --to DIRECTORY, or BACKUP_DIRECTORY.")
        try:
            taken = taking.take(Path(directory))
        except (Trouble, ValueError) as trouble:
            raise CommandError(str(trouble)) from trouble
        old = rotation.to_remove(rotation.backups(Path(directory)), clock.now())
        for path in old:
            path.unlink()
        self.stdout.write(f"{taken.path}: {taken.tables} tables, {taken.rows:,} rows, {taken.size:,} bytes.")
        self.stdout.write(f"{len(old)} older backups removed.")
