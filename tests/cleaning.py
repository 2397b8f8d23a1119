"""How the database is emptied after a test that committed.

Django's flush truncates some two hundred tables and then makes permissions and content types anew: more than a second
a test. Nearly all of those tables are empty, and the rest hold a few rows.
"""

from functools import cache

from django.core.management import call_command
from django.db import connection, transaction

# What migrate itself writes, and no test changes.
KEPT = {"django_migrations", "django_content_type", "auth_permission"}

MAY_SKIP_TRIGGERS = "SELECT has_parameter_privilege('session_replication_role', 'SET')"
# The lock waits for whoever still writes, a request of a browser that has gone, say.
DELETE = "SET LOCAL session_replication_role = replica; LOCK TABLE {tables} IN SHARE MODE; {deletions}"


def empty() -> None:
    """Delete every row that a test can have written, whatever triggers forbid it."""
    if not may_skip_triggers():
        call_command("flush", verbosity=0, interactive=False)
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement())


@cache
def may_skip_triggers() -> bool:
    """The owner of the embedded server may; that of a server which the environment names may lack the right."""
    with connection.cursor() as cursor:
        cursor.execute(MAY_SKIP_TRIGGERS)
        return bool(cursor.fetchone()[0])


@cache
def statement() -> str:
    tables = [name for name in connection.introspection.django_table_names(only_existing=True) if name not in KEPT]
    names = [connection.ops.quote_name(name) for name in sorted(tables)]
    return DELETE.format(tables=", ".join(names), deletions="; ".join(f"DELETE FROM {name}" for name in names))
