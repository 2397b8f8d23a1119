from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from clinic import crypto, rotation


class Command(BaseCommand):
    """Put a new key first into FIELD_KEYS or PRIVATE_NOTE_KEYS, restart, run this as the owner of the tables.

    It may be stopped at any time and run again: what is done is done. Afterwards the old key can go from the ring, once
    forms that patients hold open and rows that wait in browsers are older than a day.
    """

    help = "Seal anew, with the newest key, every encrypted column that an older key of the ring sealed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=rotation.BATCH, help="Rows a transaction.")

    def handle(self, *args: Any, batch: int = rotation.BATCH, **options: Any) -> None:
        if batch < 1:
            raise CommandError("--batch must be 1 or more.")
        self._check_owner()
        shut = 0
        for column in rotation.columns:
            told = rotation.Told()
            for told in rotation.rotate(column, batch=batch):
                self.stdout.write(f"{column.name}: {told.done} sealed anew", ending="\r")
                self.stdout.flush()
            key = crypto.newest_key(column.ring)
            self.stdout.write(f"{column.name}: {told.done} sealed anew with “{key}”, {told.shut} can’t be opened")
            shut += told.shut
        if shut:
            raise CommandError(f"{shut} rows can’t be opened by any key of the ring. Put the key back, and run again.")

    def _check_owner(self) -> None:
        """Row security hides psychotherapy notes from the application's role; to it nothing would seem left to do."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND row_security_active(oid)")
            hidden = [name for (name,) in cursor.fetchall()]
        if hidden:
            raise CommandError(f"Run this as the owner of the tables: {', '.join(hidden)} is hidden from this role.")
