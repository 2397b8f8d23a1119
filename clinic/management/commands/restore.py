"""`manage.py restore`: a backup into a fresh database, compared with what was backed up; `--drill` only tries it."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic.backups import restoring, rotation
from clinic.runtime.problems import Trouble


class Command(BaseCommand):
    help = "Restore a backup into a fresh database and compare it with what was backed up."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", default="", help="The backup; else the newest of BACKUP_DIRECTORY.")
        parser.add_argument("--into", default="evenkeel_restored", help="The name of the database to make.")
        parser.add_argument("--drill", action="store_true", help="Only try it: the database is dropped afterwards.")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"]) if options["file"] else self._newest()
        into = f"evenkeel_drill_{os.getpid()}" if options["drill"] else options["into"]
        try:
            restored = restoring.restore(path, into=into)
        except (Trouble, ValueError, OSError) as trouble:
            if options["drill"]:
                restoring.drop(into)
            raise CommandError(str(trouble)) from trouble
        if options["drill"]:
            restoring.drop(into)
        self.stdout.write(f"{path.name}, made {restored.made_at}: {restored.tables} tables, {restored.rows:,} rows.")
        if restored.wrong:
            raise CommandError("\n".join(["What came back is not what was backed up:", *restored.wrong]))
        self.stdout.write(self.style.SUCCESS("Rows, checksums and the chain of the history are the same."))
        if not options["drill"]:
            self.stdout.write(
                f"Next: name “{into}” in DATABASE_URL, then run migrate, grant_app_role, verify_integrity."
            )

    def _newest(self) -> Path:
        found = rotation.backups(Path(settings.BACKUP_DIRECTORY)) if settings.BACKUP_DIRECTORY else []
        if not found:
            raise CommandError("Say which backup; there is none in BACKUP_DIRECTORY.")
        return found[0]
