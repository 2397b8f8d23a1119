"""A backup is worth what a restore proves: counts, checksums, the chain, and that nobody reads it without the key."""

from __future__ import annotations

import base64
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from pytest_django.fixtures import Settings

from clinic import clock, heartbeats, sealing
from clinic.backups import container, inventory, restoring, rotation, taking
from clinic.backups.inventory import Inventory, Table
from clinic.models import Heartbeat, Site
from tests import build

KEY = base64.b64encode(b"k" * 32).decode()
RING = {"b1": b"k" * 32}


def sealed(content: bytes, ring: dict[str, bytes] = RING) -> bytes:
    out = io.BytesIO()
    writer = container.Writer(out, ring)
    for start in range(0, len(content), 700_000):
        writer.write(content[start : start + 700_000])
    writer.close()
    return out.getvalue()


def opened(file: bytes, ring: dict[str, bytes] = RING) -> bytes:
    return b"".join(container.pieces(io.BytesIO(file), ring))


@pytest.mark.parametrize("size", [0, 1, container.PIECE - 1, container.PIECE, container.PIECE + 1, 3 * container.PIECE])
def test_what_goes_in_comes_out(size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    assert opened(sealed(content[:size])) == content[:size]


def test_the_file_shows_nothing_and_no_two_are_the_same() -> None:
    content = b"Zephyrine Quillfeather " * 1000
    assert b"Quillfeather" not in sealed(content)
    assert sealed(content)[200:400] != sealed(content)[200:400]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda file: file[:-1],
        lambda file: file[: file.index(b"\n") + 1 + container.PIECE + 16],
        lambda file: file[:-30] + bytes([file[-30] ^ 1]) + file[-29:],
        lambda file: file.replace(b" b1 ", b" b2 ", 1),
        lambda file: b"PGDMP" + file,
        lambda file: b"",
    ],
    ids=["cut off", "a piece left out", "one bit", "another key named", "another file", "empty"],
)
def test_a_file_that_is_not_whole_is_an_error(spoil: object) -> None:
    with pytest.raises(container.Unreadable):
        opened(spoil(sealed(b"x" * 3 * container.PIECE)), {**RING, "b2": b"z" * 32})  # type: ignore[operator]


def test_old_keys_open_and_the_newest_seals() -> None:
    both = {"b2": b"z" * 32, **RING}
    assert opened(sealed(b"old"), both) == b"old"
    with pytest.raises(container.Unreadable, match="key “b2”"):
        opened(sealed(b"new", both))


def test_a_weak_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        container.keys("b1:" + base64.b64encode(b"short").decode())


def test_all_of_a_week_then_one_a_week_then_one_a_month() -> None:
    now = datetime(2027, 6, 15, 3, tzinfo=UTC)
    paths = [Path(rotation.name_of(now - timedelta(days=day))) for day in range(500)]
    removed = rotation.to_remove(paths, now)
    kept = [rotation.made_at(path) for path in paths if path not in removed]
    ages = [(now - made).days for made in kept if made]
    assert ages[:8] == list(range(8))
    assert 3 <= len([age for age in ages if 7 < age <= 35]) <= 5
    assert 10 <= len([age for age in ages if 35 < age <= 372]) <= 12
    assert max(ages) <= 372
    assert rotation.to_remove([paths[-1]], now) == []


def test_every_difference_is_named() -> None:
    was = Inventory({"a": Table(1, "5"), "b": Table(2, "6"), "c": Table(1, "1")}, {"clinic": "0001"}, {"a": "x"})
    now = Inventory({"a": Table(1, "4"), "b": Table(1, "6")}, {"clinic": "0002"}, {"a": "y"})
    assert [line.partition(":")[0] for line in inventory.differences(was, now)][:3] == ["a", "b", "c"]
    assert len(inventory.differences(was, now)) == 5
    assert inventory.differences(was, was) == []


@pytest.fixture
def configured(settings: Settings, tmp_path: Path) -> Path:
    settings.BACKUP_KEYS, settings.BACKUP_DIRECTORY = f"b1:{KEY}", str(tmp_path)
    return tmp_path


@pytest.mark.django_db(transaction=True)
def test_the_drill(configured: Path) -> None:
    """Back up, restore into a fresh database, compare, take it away again."""
    site = build.site()
    build.patient(site, family_name="Quillfeather")
    Site.objects.filter(pk=site.pk).update(phone="+15550100001")
    assert sealing.seal() > 0
    said = io.StringIO()
    call_command("backup", stdout=said)
    (path,) = rotation.backups(configured)
    assert (path.stat().st_mode & 0o777, list(configured.glob("*.part"))) == (0o600, [])
    assert b"Quillfeather" not in path.read_bytes()
    assert heartbeats.Heartbeat.objects.get(name="backup")
    call_command("restore", "--drill", stdout=said)
    assert "Rows, checksums and the chain of the history are the same." in said.getvalue()
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'evenkeel_drill%'")
        assert cursor.fetchall() == []


@pytest.mark.django_db(transaction=True)
def test_what_is_not_as_it_was_backed_up_is_named() -> None:
    build.site()
    sealing.seal()
    with transaction.atomic():
        was = inventory.take(connection)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE clinic_sitehistory DISABLE TRIGGER USER")
        cursor.execute("UPDATE clinic_sitehistory SET name = 'Elsewhere'")
        cursor.execute("ALTER TABLE clinic_sitehistory ENABLE TRIGGER USER")
    wrong = restoring._compare(connection.settings_dict["NAME"], was)
    assert [line.partition(":")[0] for line in wrong] == ["clinic_sitehistory"] * 2


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_there_is_never_written_over(configured: Path) -> None:
    path = configured / "any.backup"
    held = inventory.Inventory({}, {}, {})
    with path.open("wb") as file:
        writer = container.Writer(file, RING)
        writer.write(taking._front(held, clock.now()))
        writer.close()
    with pytest.raises(restoring.Trouble, match="already"):
        restoring.restore(path, into=connection.settings_dict["NAME"])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("hours", "says"), [(None, "none was taken yet"), (26, None), (27, "the last one is 27 h old")]
)
def test_a_backup_that_is_too_old_turns_health_red(
    client: Client, site: Site, configured: Path, hours: int | None, says: str | None
) -> None:
    now = build.moment(site, "2027-02-02", "12:00")
    with clock.at(now):
        for name in heartbeats.NAMES:
            heartbeats.beat(name)
        if hours is not None:
            Heartbeat.objects.create(name="backup", at=now - timedelta(hours=hours))
        parts = client.get("/health/ready").json()["parts"]
    assert parts["backup"] == (says or "ok")


@pytest.mark.django_db
def test_without_keys_nothing_is_written(tmp_path: Path, settings: Settings) -> None:
    settings.BACKUP_KEYS = ""
    with pytest.raises(CommandError, match="BACKUP_KEYS"):
        call_command("backup", "--to", str(tmp_path))
    assert list(tmp_path.iterdir()) == []
