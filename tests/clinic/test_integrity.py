"""What single constraints can't say is checked by one command, which finds what was tampered with."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.utils import DatabaseError

from clinic import sealing
from clinic.models import HistorySeal, Site
from tests import build


def verified() -> str:
    out = StringIO()
    call_command("verify_integrity", stdout=out)
    return out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_sealed_history_verifies_and_says_what_was_checked() -> None:
    build.site()
    assert sealing.seal() > 0
    assert sealing.seal() == 0
    assert "ok      The history’s chain of seals is whole" in verified()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "tamper",
    [
        "UPDATE clinic_sitehistory SET name = 'Elsewhere'",
        "DELETE FROM clinic_sitehistory WHERE pgh_id = (SELECT max(pgh_id) FROM clinic_sitehistory)",
    ],
)
def test_one_changed_history_row_is_found(tamper: str) -> None:
    site = build.site()
    Site.objects.filter(pk=site.pk).update(phone="+15550100001")
    sealing.seal()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE clinic_sitehistory DISABLE TRIGGER USER")
        cursor.execute(tamper)
        cursor.execute("ALTER TABLE clinic_sitehistory ENABLE TRIGGER USER")
    with pytest.raises(CommandError, match="checks failed"):
        verified()


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["UPDATE clinic_sitehistory SET name = ''", "DELETE FROM clinic_sitehistory"])
def test_history_can_not_be_rewritten(statement: str) -> None:
    build.site()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
@pytest.mark.parametrize("write", ["update", "raw"])
def test_every_way_of_writing_leaves_history(write: str) -> None:
    site = build.site()
    if write == "update":
        Site.objects.filter(pk=site.pk).update(phone="+15550100009")
    else:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE clinic_site SET phone = '+15550100009'")
    assert site.pgh_events.filter(phone="+15550100009").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE clinic_sitehistory SET name = ''",
        "DELETE FROM clinic_sitehistory",
        "TRUNCATE clinic_sitehistory",
        "TRUNCATE clinic_readevent",
        "DELETE FROM clinic_readevent",
        "UPDATE clinic_historyseal SET digest = ''",
        "ALTER TABLE clinic_site DISABLE TRIGGER USER",
        "SET session_replication_role = replica",
        "DROP TABLE clinic_sitehistory",
    ],
)
def test_app_role_can_not_touch_what_is_written(statement: str) -> None:
    build.site()
    with connection.cursor() as cursor:
        cursor.execute("DROP ROLE IF EXISTS test_app_role")
        cursor.execute("CREATE ROLE test_app_role")
    try:
        call_command("grant_app_role", "test_app_role", stdout=StringIO())
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE test_app_role")
            with pytest.raises(DatabaseError, match=r"permission|must be owner"), transaction.atomic():
                cursor.execute(statement)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP OWNED BY test_app_role")
            cursor.execute("DROP ROLE test_app_role")


@pytest.mark.django_db(transaction=True)
def test_app_role_can_work() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP ROLE IF EXISTS test_app_role")
        cursor.execute("CREATE ROLE test_app_role")
    try:
        call_command("grant_app_role", "test_app_role", stdout=StringIO())
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE test_app_role")
            assert build.site("Hill Road").pgh_events.count() == 1
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP OWNED BY test_app_role")
            cursor.execute("DROP ROLE test_app_role")
    assert HistorySeal.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_column_that_a_migration_adds_leaves_older_seals_whole() -> None:
    site = build.site()
    sealing.seal()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE clinic_sitehistory ADD COLUMN motto text NOT NULL DEFAULT 'calm'")
    try:
        Site.objects.filter(pk=site.pk).update(phone="+15550100002")
        sealing.seal()
        assert sealing.broken_links() == []
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE clinic_sitehistory DROP COLUMN motto")
    assert sealing.broken_links() == ["clinic_sitehistory: the column motto was sealed and is gone"]
