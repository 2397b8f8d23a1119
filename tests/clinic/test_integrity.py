"""What single constraints can't say is checked by one command, which finds what was tampered with."""

from collections.abc import Callable, Iterator
from datetime import date
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.utils import DatabaseError

from clinic import sealing
from clinic.history import acting
from clinic.models import Closure, HistorySeal, ReadEvent, Site, User
from clinic.policy import Role
from tests import build
from tests.access.test_canaries import ROOMS


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


def columns_of(table: str, key: str) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s ORDER BY 1", [table]
        )
        return [(name, kind) for name, kind in cursor.fetchall() if name != key]


# How a column of each type is changed by as little as it can be.
MORE = 'coalesce("{0}", 0) + 1'
CHANGED = {
    "text": "\"{0}\" || '.'", "character varying": "left(\"{0}\", 1) || '.'", "boolean": "NOT \"{0}\"",
    "timestamp with time zone": "coalesce(\"{0}\", now()) + interval '1 microsecond'", "integer": MORE,
    "smallint": MORE, "bigint": MORE, "numeric": MORE, "uuid": "gen_random_uuid()", "jsonb": "'[0]'::jsonb",
    "time without time zone": "'03:33'",
    "date": "coalesce(\"{0}\", now()::date) + 1", "inet": "'10.9.8.7'::inet", "ARRAY": "ARRAY['other']",
}  # fmt: skip


def mutations(table: str, key: str) -> Iterator[str]:
    """The least that can be done to a table: to each column of some row, to a row, to the order of two."""
    row = f'"{key}" = (SELECT "{key}" FROM "{table}" ORDER BY md5("{key}"::text || \'{{0}}\') LIMIT 1)'
    for name, kind in columns_of(table, key):
        yield f'UPDATE "{table}" SET "{name}" = {CHANGED[kind].format(name)} WHERE {row.format(name)}'
    yield f'DELETE FROM "{table}" WHERE {row.format("gone")}'
    yield f'UPDATE "{table}" SET "{key}" = -"{key}" WHERE {row.format("first")}'
    names = ", ".join(f'"{name}"' for name, _ in columns_of(table, key))
    yield f'INSERT INTO "{table}" ("{key}", {names}) SELECT 0, {names} FROM "{table}" LIMIT 1'


@pytest.mark.django_db(transaction=True)
def test_each_of_a_hundred_small_changes_is_found() -> None:
    site = build.site()
    nurse, patient = build.user(Role.NURSE, at=site), build.patient(site)
    for number in range(3):
        Site.objects.filter(pk=site.pk).update(phone=f"+1555010000{number}")
        ReadEvent.objects.create(user=nurse, patient_id=patient.pk, what="chart")
    sealing.seal()
    assert sealing.broken_links() == []
    tables = {"clinic_sitehistory": "pgh_id", "clinic_readevent": "id", "clinic_userhistory": "pgh_id",
              "clinic_roomhistory": "pgh_id", "clinic_shifthistory": "pgh_id",
              "patients_patienthistory": "pgh_id"}  # fmt: skip
    done, missed = 0, []
    for table, statement in [(name, each) for name, key in tables.items() for each in mutations(name, key)]:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(statement)
            done += cursor.rowcount
            if not any(line.startswith(table) for line in sealing.broken_links()):
                missed.append(statement)
            transaction.set_rollback(True)
    assert missed == []
    assert done >= 100


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["UPDATE clinic_sitehistory SET name = ''", "DELETE FROM clinic_sitehistory"])
def test_history_can_not_be_rewritten(statement: str) -> None:
    build.site()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


# Tables without a history of their own, and why.
WITHOUT = {
    "clinic.ReadEvent": "a log itself: rows are added and sealed, and never changed",
    "clinic.HistorySeal": "the chain itself",
    "clinic.Heartbeat": "when a part of the house was last heard of; of nobody",
    "clinic.TabletProof": "when somebody last gave a password on a tablet; over after a shift",
    "clinic.KeptAnswer": "what was answered to a key of the API; kept for two days, the effect has its history",
    "patients.ImportRow": "what became of a row of a file; what it wrote has its history",
    "infusions.DeviceReading": "unconfirmed, and forgotten: the row that a nurse accepts has its history",
    "infusions.FlowsheetPack": "an empty form of the day",
    "therapy.NoteDraft": "typed, and not yet a note (ADR 35)",
    "journey.AccessRound": "how far a search has come; of nobody",
    "journey.RecordExportFile": "deleted after an hour, so that no history may keep it; the export itself has one",
    "journey.OutcomeRun": "a report, which repeats what other rows say",
}


@pytest.mark.django_db
def test_every_table_writes_its_history_by_triggers_of_the_database() -> None:
    """Looked at in the database: whatever writes, by whatever way, a trigger is behind it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, t.tgtype FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal AND p.prosrc LIKE '%%INSERT INTO%%pgh_%%'"
        )
        found: dict[str, int] = {}
        for table, kind in cursor.fetchall():
            found[table] = found.get(table, 0) | kind
    ours = [one for one in apps.get_models() if one._meta.app_label in ROOMS and not hasattr(one, "pgh_tracked_model")]
    insert, delete, update = 4, 8, 16
    bare = {one._meta.label for one in ours if found.get(one._meta.db_table, 0) & 28 != insert | delete | update}
    assert bare == set(WITHOUT)


WRITES: dict[str, Callable[[Closure], object]] = {
    "create": lambda one: Closure.objects.create(
        site=one.site, first_day=one.first_day, last_day=one.last_day, reason="2"
    ),
    "save": lambda one: one.save(),
    "update": lambda one: Closure.objects.filter(pk=one.pk).update(reason="2"),
    "bulk_create": lambda one: Closure.objects.bulk_create(
        [Closure(site=one.site, first_day=one.first_day, last_day=one.last_day, reason="2")]
    ),
    "bulk_update": lambda one: Closure.objects.bulk_update([one], ["reason"]),
    "raw": lambda one: connection.cursor().execute("UPDATE clinic_closure SET reason = '2'"),
    "delete": lambda one: one.delete(),
}


@pytest.mark.django_db
@pytest.mark.parametrize("way", WRITES)
def test_every_way_of_writing_leaves_who_and_from_which_request(way: str, nurse: User, site: Site) -> None:
    one = Closure.objects.create(site=site, first_day=date(2027, 7, 5), last_day=date(2027, 7, 5), reason="1")
    one.reason = "2"
    with acting(nurse.pk, source="web", request_id="request-of-this-write"):
        WRITES[way](one)
    (event,) = Closure.pgh_event_model.objects.filter(pgh_context__request="request-of-this-write")  # type: ignore[attr-defined]
    label = {"create": "insert", "bulk_create": "insert", "delete": "delete"}.get(way, "update")
    assert (event.pgh_context["user"], event.pgh_label) == (str(nurse.pk), label)


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
