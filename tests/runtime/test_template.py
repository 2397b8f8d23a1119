"""The migrated database that is kept between test sessions."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from clinic.runtime import template


def test_fingerprint_changes_with_every_migration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template, "PROJECT", tmp_path)
    for name in ("clinic/migrations/0001_initial.py", "clinic/history.py", "requirements.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("first")
    seen = {template.fingerprint()}
    (tmp_path / "clinic/migrations/0001_initial.py").write_text("second")
    seen.add(template.fingerprint())
    (tmp_path / "clinic/migrations/0001_initial.py").rename(tmp_path / "clinic/migrations/0002_more.py")
    seen.add(template.fingerprint())
    (tmp_path / "requirements.txt").write_text("second")
    seen.add(template.fingerprint())
    assert len(seen) == 4


def test_only_the_last_few_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template, "cache", lambda: tmp_path)
    for number in range(template.KEPT + 2):
        (tmp_path / f"kept{number}").mkdir()
        (tmp_path / f"kept{number}.lock").touch()
    template.forget_old()
    assert len([path for path in tmp_path.iterdir() if path.is_dir()]) == template.KEPT
    assert len(list(tmp_path.glob("*.lock"))) == template.KEPT


@pytest.mark.django_db
def test_database_of_the_tests_is_migrated_and_has_its_triggers() -> None:
    call_command("migrate", check_unapplied=True, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'pgtrigger%'")
        assert cursor.fetchone()[0] > 50
