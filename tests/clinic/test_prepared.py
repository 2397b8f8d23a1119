"""Statements that are prepared at the database: the same answers, whatever happened to the connection before."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pghistory
import pytest
from django.db import DataError, NotSupportedError, OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from psycopg2.errors import InvalidSqlStatementName

from clinic import clock
from clinic.composed import Composed, ComposedUpdate, ComposedValues
from clinic.gathering import Among, Gathering, Given
from clinic.models import Room, Site
from clinic.prepared import Statement

pytestmark = pytest.mark.django_db


def known(text):
    """What this connection has prepared of statements with such a text: (planned for its values, for all)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT custom_plans, generic_plans FROM pg_prepared_statements WHERE strpos(statement, %s) > 0"
            " AND name LIKE 'kept%%'",
            [text],
        )
        return cursor.fetchall()


def ask(statement, **values):
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.values(**values))
        return cursor.fetchall()


def test_a_key_is_looked_up_by_one_plan_from_the_first_time_on(site):
    rooms = [Room.objects.create(site=site, name=f"Nook {number}", kind="infusion") for number in range(7)]
    fixed = f"not {uuid4()}"  # no statement of another test names it
    composed = Composed(Room.objects.filter(pk=Given("room")).exclude(name=fixed).order_by(), prepared=True)
    assert [composed.first(room=room.pk) for room in rooms] == rooms
    assert composed.first(room=uuid4()) is None
    [(for_its_values, for_all)] = known(f"'{fixed}'")  # what is fixed stands in the text
    assert (for_its_values, for_all) == (0, 8)


def test_what_is_not_asked_for_by_a_key_is_not_prepared(site):
    text = f"of {uuid4()}"
    list(Composed(Site.objects.filter(name=text)).read())
    assert ComposedValues(Site.objects.filter(name=text).values_list("pk")).read() == []
    assert Gathering(Site.objects.filter(pk=Given("site")), rooms=Room.objects.filter(name=text)).read(site=site.pk)
    assert known(text) == []


def test_a_value_that_is_missing_is_another_statement(site):
    statement = Statement("SELECT coalesce(%(named)s, 'nobody')")
    assert ask(statement, named="José") == [("José",)]
    assert ask(statement, named=None) == [("nobody",)]
    moment = Statement("SELECT %(now)s - interval '1 day'")
    now = clock.now()
    assert ask(moment, now=now) == [(now - timedelta(days=1),)]
    assert ask(moment, now=None) == [(None,)]


def test_a_percent_sign_stays_what_it_is(site):
    statement = Statement("SELECT '100 %%' || %(sure)s, %(name)s LIKE 'O''%%'", {"sure": " 50 %"})
    for name, is_so in (("O'Neil", True), ("O%sNeil", False), ("O'%(sure)s", True)):
        assert ask(statement, name=name) == [("100 % 50 %", is_so)]


def test_the_log_counts_one_statement_and_has_all_of_it(site):
    composed = Composed(Site.objects.filter(pk=Given("site")), prepared=True)
    for _ in range(2):  # prepared, and then known
        with CaptureQueriesContext(connection) as asked:
            assert composed.first(site=site.pk) == site
        assert len(asked) == 1
        assert asked[0]["sql"].startswith('SELECT "clinic_site"."id"')
        assert str(site.pk) in asked[0]["sql"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert connection.ops.last_executed_query(cursor, "", None) == "SELECT 1"


def test_a_statement_that_failed_at_first_is_sent_again():
    statement = Statement("SELECT 1 / %(by)s::int")
    for by, wanted in ((0, None), (0, None), (1, [(1,)]), (0, None), (1, [(1,)])):
        if wanted is None:
            with pytest.raises(DataError), transaction.atomic():
                ask(statement, by=by)
        else:
            assert ask(statement, by=by) == wanted


def test_a_rollback_leaves_it_prepared_and_a_new_connection_begins_anew(site, transactional_db):
    composed = Composed(Site.objects.filter(pk=Given("site"), code=site.code), prepared=True)
    with transaction.atomic():
        composed.first(site=site.pk)
        transaction.set_rollback(True)
    assert composed.first(site=site.pk) == site
    assert known(f"'{site.code}'") == [(0, 2)]
    connection.close()
    assert composed.first(site=site.pk) == site
    assert known(f"'{site.code}'") == [(0, 1)]


def test_a_prepared_update_is_written_with_who_did_it(site, nurse):
    rooms = [Room.objects.create(site=site, name=f"Nook {number}", kind="infusion") for number in range(3)]
    update = ComposedUpdate(Room.objects.filter(Among("pk", "rooms")), nickname="Fern")
    with pghistory.context(user=nurse.pk, source="test"):
        assert update.write(rooms=[rooms[0].pk]) == 1
        assert update.write(rooms=[room.pk for room in rooms[1:]]) == 2
    assert update.write(rooms=[]) == 0
    written = Room.pgh_event_model.objects.filter(nickname="Fern").values_list("pgh_context", flat=True)
    assert [context["user"] for context in written] == [str(nurse.pk)] * 3


def test_no_statement_is_answered_by_what_another_connection_prepared(site):
    """As behind a pooler that hands a connection to another client in between."""
    mine, theirs = Statement("SELECT 'mine', %(site)s::uuid"), Statement("SELECT 'theirs', %(site)s::uuid")
    assert ask(mine, site=site.pk) == [("mine", site.pk)]
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(theirs.text, theirs.values(site=site.pk))
            other.connection.prepared = dict(connection.connection.prepared)
            cursor.execute(mine.text, mine.values(site=site.pk))  # prepared anew, as no transaction has failed
            assert cursor.fetchall() == [("mine", site.pk)]
            other.connection.prepared = dict(connection.connection.prepared)
            other.set_autocommit(False)
            with pytest.raises(OperationalError) as caught:
                cursor.execute(mine.text, mine.values(site=site.pk))
    finally:
        other.close()
    assert isinstance(caught.value.__cause__, InvalidSqlStatementName)


def test_a_column_of_another_type_than_before_is_prepared_anew():
    statement = Statement("SELECT word FROM widened WHERE word = %(word)s")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE widened ON COMMIT DROP AS SELECT 'fern'::varchar(4) AS word")
        assert ask(statement, word="fern") == [("fern",)]
        cursor.execute("ALTER TABLE widened ALTER COLUMN word TYPE text")
    with pytest.raises(NotSupportedError), transaction.atomic():
        ask(statement, word="fern")
    assert ask(statement, word="fern") == [("fern",)]


@pytest.mark.parametrize("given", [Decimal("3.5"), 3.5])
def test_a_number_is_not_rounded_to_the_kind_of_its_place(given):
    assert ask(Statement("SELECT 4 = %(given)s, 3 * %(given)s"), given=given) == [(False, Decimal("10.5"))]
