import re
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from clinic import sealing
from clinic.models import HistorySeal, ReadEvent


class Command(BaseCommand):
    """Run as the owner of the tables, after each migration.

    The application itself works under this role: it owns nothing, so it can't change a table, switch off a trigger
    or empty the history; history, read log and seals it may only add to.
    """

    help = "Give the application's database role what it needs and no more."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("role")

    def handle(self, *args: Any, role: str = "", **options: Any) -> None:
        if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", role):
            raise CommandError("A role’s name has lower-case letters, digits and underscores only.")
        history = [table for _, table in sealing.audited_tables()]
        history += [ReadEvent._meta.db_table, HistorySeal._meta.db_table]
        usual = set(connection.introspection.table_names()) - set(history) - {"django_migrations"}
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}")
            for table in sorted(usual):
                cursor.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO {role}')
            for table in sorted(history):
                cursor.execute(f'GRANT SELECT, INSERT ON "{table}" TO {role}')
            cursor.execute(f"GRANT SELECT ON django_migrations TO {role}")
            cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}")
        self.stdout.write(f"{role}: {len(usual)} tables to work on, {len(history)} to add to.")
