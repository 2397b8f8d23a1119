"""Reports read from a replica, and never from one that lags, is gone, or would be written to."""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date

import pytest
from django.db import DEFAULT_DB_ALIAS, InternalError, OperationalError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from psycopg2.extensions import ISOLATION_LEVEL_REPEATABLE_READ
from pytest_django.fixtures import Settings

from clinic import replica
from clinic.composed import ComposedUpdate
from clinic.gathering import Gathering, Given
from clinic.models import Room, Site
from journey.reports import runs
from journey.reports.criteria import Criteria
from tests import build

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "replica"])
READ_ONLY = "-c default_transaction_read_only=on"


@pytest.fixture(scope="module", autouse=True)
def second(django_db_setup: None) -> Iterator[None]:
    """A second connection to the same server under the replica's name, as settings make it."""
    own = connection.settings_dict
    options = own["OPTIONS"] | {"isolation_level": ISOLATION_LEVEL_REPEATABLE_READ, "options": READ_ONLY}
    connections.databases[replica.ALIAS] = own | {"OPTIONS": options, "TEST": own["TEST"] | {"MIRROR": "default"}}
    yield
    del connections[replica.ALIAS], connections.databases[replica.ALIAS]


@pytest.fixture(autouse=True)
def let_go() -> Iterator[None]:
    yield
    connections[replica.ALIAS].close()


@pytest.fixture
def standby(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The second connection meets a server that says of itself that it is a standby, and how far it has come."""
    settings.REPLICA_PATIENCE = 0.05
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE SCHEMA standby;"
            "CREATE TABLE standby.came (far pg_lsn); INSERT INTO standby.came VALUES ('0/0');"
            "CREATE FUNCTION standby.pg_is_in_recovery() RETURNS bool LANGUAGE sql AS 'SELECT true';"
            "CREATE FUNCTION standby.pg_last_wal_replay_lsn() RETURNS pg_lsn LANGUAGE sql"
            " AS 'SELECT far FROM standby.came'"
        )
    options = connections[replica.ALIAS].settings_dict["OPTIONS"]
    monkeypatch.setitem(options, "options", f"{READ_ONLY} -c search_path=standby,pg_catalog,public")
    yield
    connections[replica.ALIAS].close()
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA standby CASCADE")


def where() -> str:
    """From which connection a site is read."""
    return Site.objects.get()._state.db or ""


def test_what_is_read_for_a_report_comes_from_the_replica_and_all_else_does_not() -> None:
    build.site()
    assert (replica.read(where), where()) == ("replica", "default")
    kept = replica.read(Site.objects.get)
    kept.name = "Elsewhere"
    kept.save()
    assert {room._state.db for room in kept.rooms.all()} == {DEFAULT_DB_ALIAS}
    assert Site.objects.get().name == "Elsewhere"
    assert kept._state.db == DEFAULT_DB_ALIAS


def test_lists_gathered_for_a_report_are_of_the_same_snapshot_and_an_update_goes_to_the_database() -> None:
    site = build.site()
    here = Gathering(Site.objects.filter(pk=Given("site")), rooms=Room.objects.filter(site=Given("site")))
    rename = ComposedUpdate(Site.objects.filter(pk=Given("site")), name="Elsewhere")
    with CaptureQueriesContext(connections[replica.ALIAS]) as there:
        found, changed = replica.read(lambda: (here.read(site=site.pk), rename.write(site=site.pk)))
    assert {room._state.db for room in found["rooms"]} == {replica.ALIAS}
    assert any("clinic_room" in query["sql"] for query in there)
    assert (changed, Site.objects.get().name) == (1, "Elsewhere")


def test_a_report_of_outcomes_asks_only_the_replica() -> None:
    site = build.site()
    criteria = Criteria((site,), date(2027, 1, 1), date(2027, 2, 1), "")
    with CaptureQueriesContext(connection) as here, CaptureQueriesContext(connections[replica.ALIAS]) as there:
        runs.at_once(criteria)
    assert [query["sql"] for query in here if "FROM" in query["sql"]] == []
    assert len([query for query in there if "FROM" in query["sql"]]) >= 3


def test_one_reading_is_one_snapshot() -> None:
    build.site()

    def twice() -> tuple[int, int]:
        before = Site.objects.count()
        Site.objects.create(code="later", name="Later", time_zone="UTC")
        return before, Site.objects.count()

    assert replica.read(twice) == (1, 1)
    assert Site.objects.count() == 2


def test_nothing_is_written_through_the_replica() -> None:
    with pytest.raises(InternalError, match="read-only"):
        Site.objects.using(replica.ALIAS).create(code="x", name="X", time_zone="UTC")


def test_one_that_lags_is_left_aside_and_one_that_has_come_far_enough_is_read(
    standby: None, caplog: pytest.LogCaptureFixture
) -> None:
    build.site()
    with caplog.at_level(logging.WARNING, "evenkeel.replica"):
        assert replica.read(where) == "default"
    assert "lags" in caplog.text
    with connection.cursor() as cursor:
        cursor.execute("UPDATE standby.came SET far = pg_current_wal_insert_lsn() + 100000000")
    assert replica.read(where) == "replica"


def test_one_that_is_gone_or_breaks_off_leaves_the_report_whole(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    build.site()
    tries = []

    def broken_off() -> str:
        tries.append(where())
        if len(tries) == 1:
            raise OperationalError("canceling statement due to conflict with recovery")
        return tries[-1]

    assert replica.read(broken_off) == "default"
    assert tries == ["replica", "default"]
    connections[replica.ALIAS].close()
    monkeypatch.setitem(connections[replica.ALIAS].settings_dict, "NAME", "nowhere")
    with caplog.at_level(logging.WARNING, "evenkeel.replica"):
        assert replica.read(where) == "default"
    assert "OperationalError" in caplog.text


def test_within_a_transaction_what_it_wrote_is_seen() -> None:
    with transaction.atomic():
        build.site()
        assert replica.read(where) == "default"


def test_the_variable_names_the_replica() -> None:
    asked = "print(*(DATABASES['replica'][key] for key in ('HOST', 'PORT', 'NAME', 'USER', 'ENGINE')))"
    said = subprocess.run(
        [sys.executable, "-c", f"from clinic.settings import DATABASES\n{asked}"],
        env={**os.environ, "REPLICA_DATABASE_URL": "postgres://reader:word@standby:5433/clinic"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout.split() == ["standby", "5433", "clinic", "reader", "django.db.backends.postgresql"]
